// Everything on these pages works without this file; it adds a button that copies a command.
const words = document.documentElement.dataset;
for (const box of document.querySelectorAll(".command")) addCopyButton(box);
// follow.js replaces parts of the page.
document.addEventListener("refreshed", (event) => {
  for (const box of event.target.querySelectorAll(".command")) addCopyButton(box);
});

function addCopyButton(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy small second";
  // Each button's label says what it copies, because screen readers list buttons without their surroundings.
  const name = `${words.copy}: ${box.querySelector("pre").getAttribute("aria-label")}`;
  button.textContent = words.copy;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", async () => {
    if (!(await copied(box.querySelector("code")))) return;
    button.textContent = words.copied;
    button.setAttribute("aria-label", words.copied);
    setTimeout(() => {
      button.textContent = words.copy;
      button.setAttribute("aria-label", name);
    }, 2000);
  });
  box.append(button);
}

async function copied(code) {
  // Browsers offer navigator.clipboard only on localhost and https. On a local network, the Hub is reached by http: there,
  // select the text and run the copy command; it stays selected.
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  }
  getSelection().selectAllChildren(code);
  return document.execCommand("copy");
}
