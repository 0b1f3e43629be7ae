// Keeps a part of a page up to date while the page is visible. The Hub renders the HTML; without this file the page
// stays as it was loaded.
for (const region of document.querySelectorAll("[data-follow]")) follow(region);

function follow(region) {
  const status = document.getElementById(region.dataset.said);
  let version = "", state = stateOf(region), failures = 0, paused = false, timer = 0;

  async function update() {
    clearTimeout(timer);
    // Send no requests while the page is hidden.
    if (paused || document.hidden) return;
    try {
      const answer = await fetch(region.dataset.follow, { headers: { "If-None-Match": version }, cache: "no-store" });
      // The user logged out or the page was deleted: stop, and leave the content as it is.
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
    timer = setTimeout(update, 1000 * Math.min(every * 2 ** failures, 30));
  }

  function show(html) {
    const before = new Map([...region.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row.dataset.at]));
    const focus = region.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    region.innerHTML = html;
    for (const row of region.querySelectorAll("[data-row]")) {
      if (before.get(row.dataset.row) !== row.dataset.at) row.classList.add("changed");
    }
    // Keep the keyboard focus on the same link.
    const same = focus && [...region.querySelectorAll("a")].find((link) => link.getAttribute("href") === focus);
    if (same) same.focus({ preventScroll: true });
    const sentence = region.querySelector("[data-say]")?.textContent.trim() || "";
    if (status && status.textContent !== sentence) status.textContent = sentence;
  }

  if (region.dataset.pause) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small second";
    button.textContent = region.dataset.pause;
    button.addEventListener("click", () => {
      paused = !paused;
      button.textContent = paused ? region.dataset.goOn : region.dataset.pause;
      if (!paused) update();
    });
    document.getElementById(region.dataset.controls).append(button);
  }
  document.addEventListener("visibilitychange", update);
  timer = setTimeout(update, 1000);
}

function stateOf(region) {
  return region.querySelector("[data-state]")?.dataset.state || "";
}

function isSelected(region) {
  const selection = getSelection();
  return selection && !selection.isCollapsed && region.contains(selection.anchorNode);
}

// Other parts of the page changed too: load the page again and replace them.
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
