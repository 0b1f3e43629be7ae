// Keeps a part of a page up to date while somebody looks at it. The Hub makes the HTML; without this file the page
// shows how things were when it was loaded.
for (const region of document.querySelectorAll("[data-follow]")) follow(region);

function follow(region) {
  const said = document.getElementById(region.dataset.said);
  let version = "", state = stateOf(region), failures = 0, paused = false, timer = 0;

  async function look() {
    clearTimeout(timer);
    // Nobody looks: nothing is asked until the page is seen again.
    if (paused || document.hidden) return;
    try {
      const answer = await fetch(region.dataset.follow, { headers: { "If-None-Match": version }, cache: "no-store" });
      // Logged out, or the page is gone: what is shown stays.
      if (answer.status >= 400 && answer.status < 500) return;
      if (answer.status >= 500) throw new Error(answer.status);
      failures = 0;
      if (answer.status === 200 && !isSelected(region)) {
        show(await answer.text());
        version = answer.headers.get("ETag") || "";
        if (state !== stateOf(region)) {
          state = stateOf(region);
          await refresh();
        }
      }
    } catch {
      failures += 1;
    }
    const every = Number(region.querySelector("[data-every]")?.dataset.every || 3);
    timer = setTimeout(look, 1000 * Math.min(every * 2 ** failures, 30));
  }

  function show(html) {
    const before = new Map([...region.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row.dataset.at]));
    const focus = region.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    region.innerHTML = html;
    for (const row of region.querySelectorAll("[data-row]")) {
      if (before.get(row.dataset.row) !== row.dataset.at) row.classList.add("changed");
    }
    // Whoever is on a link with the keyboard stays there.
    const same = focus && [...region.querySelectorAll("a")].find((link) => link.getAttribute("href") === focus);
    if (same) same.focus({ preventScroll: true });
    const sentence = region.querySelector("[data-say]")?.textContent.trim() || "";
    if (said && said.textContent !== sentence) said.textContent = sentence;
  }

  if (region.dataset.pause) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small second";
    button.textContent = region.dataset.pause;
    button.addEventListener("click", () => {
      paused = !paused;
      button.textContent = paused ? region.dataset.goOn : region.dataset.pause;
      if (!paused) look();
    });
    document.getElementById(region.dataset.controls).append(button);
  }
  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, 1000);
}

function stateOf(region) {
  return region.querySelector("[data-state]")?.dataset.state || "";
}

function isSelected(region) {
  const selection = getSelection();
  return selection && !selection.isCollapsed && region.contains(selection.anchorNode);
}

// What stands around the region changed too: take those parts from the page as it is now.
async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = now.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh) continue;
    part.replaceChildren(...fresh.childNodes);
    part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
  }
}
