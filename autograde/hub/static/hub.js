// Everything on these pages works without this file; it adds a button that copies a command.
for (const box of document.querySelectorAll(".command")) {
  if (!navigator.clipboard) break;
  const zh = document.documentElement.lang.startsWith("zh");
  const button = document.createElement("button");
  const label = zh ? "复制" : "Copy";
  button.type = "button";
  button.className = "copy small second";
  button.textContent = label;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code").textContent);
    button.textContent = zh ? "已复制" : "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  box.append(button);
}
