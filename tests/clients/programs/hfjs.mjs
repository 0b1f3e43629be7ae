// The steps that hfjs, the command line of @huggingface/hub, supports.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { equal, noise, refused, run, task } from "./steps.mjs";

const program = path.join(process.env.CLIENT_PACKAGES, "@huggingface/hub/dist/cli.js");
const env = { ...process.env, HF_TOKEN: task.token, HF_ENDPOINT: task.endpoint, HUB_URL: task.endpoint, NO_COLOR: "1" };
const hfjs = (...words) => execFileSync(process.execPath, [program, ...words], { env, encoding: "utf8", stdio: "pipe" });
const files = { "a.txt": Buffer.from("a\n"), "sub/model.safetensors": noise(400_000) };
const ask = async (where) =>
  fetch(`${task.endpoint}${where}`, { headers: { Authorization: `Bearer ${task.token}` } }).then((answer) => answer.json());

await run(
  {
    create: async () => {
      const made = await fetch(`${task.endpoint}/api/repos/create`, {
        method: "POST", body: JSON.stringify({ name: task.name.split("/")[1] }),
        headers: { Authorization: `Bearer ${task.token}`, "Content-Type": "application/json" },
      });
      equal(made.status, 200);
    },
    large: () => {
      const folder = path.join(task.folder, "folder");
      mkdirSync(path.join(folder, "sub"), { recursive: true });
      for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
      hfjs("upload", task.name, folder, "--quiet");
    },
    list: async () => {
      hfjs("branch", "create", task.name, "side");
      equal((await ask(`/api/models/${task.name}/refs`)).branches.map((branch) => branch.name).sort(), ["main", "side"]);
    },
    delete: async () => {
      hfjs("branch", "delete", task.name, "side");
      equal((await ask(`/api/models/${task.name}/refs`)).branches.map((branch) => branch.name), ["main"]);
    },
    refused: () => refused(async () => hfjs("upload", task.gated_other, path.join(task.folder, "folder"), "--quiet")),
  },
  files,
);
