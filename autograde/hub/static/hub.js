// Everything on these pages works without this file; it adds a button that copies a command.
const words = document.documentElement.dataset;
for (const box of document.querySelectorAll(".command")) addCopyButton(box);
// follow.js puts newer parts into a page.
document.addEventListener("refreshed", (event) => {
  for (const box of event.target.querySelectorAll(".command")) addCopyButton(box);
});

function addCopyButton(box) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy small second";
  // Two buttons of one name tell a listener nothing: each is described by what it copies.
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
  // Browsers give the clipboard to pages of this machine and of https. A local network reaches its Hub by http and a name: there
  // the text is marked and copied as a person would, and stays marked.
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  }
  getSelection().selectAllChildren(code);
  return document.execCommand("copy");
}
