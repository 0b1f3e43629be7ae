// Everything on these pages works without this file; it adds a button that copies a command.
const words = document.documentElement.dataset;
for (const box of document.querySelectorAll(".command")) addCopyButton(box);
// follow.js puts newer parts into a page.
document.addEventListener("refreshed", (event) => {
  for (const box of event.target.querySelectorAll(".command")) addCopyButton(box);
});

function addCopyButton(box) {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy small second";
  button.textContent = words.copy;
  // Two buttons of one name tell a listener nothing: each is described by what it copies.
  button.setAttribute("aria-label", `${words.copy}: ${box.querySelector("pre").getAttribute("aria-label")}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code").textContent);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 2000);
  });
  box.append(button);
}
