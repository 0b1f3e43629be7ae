// The steps that isomorphic-git supports: clone, commit, push, fetch by a former name, and refusals.
import fs from "node:fs";
import path from "node:path";
import { digest, equal, load, refused, run, task } from "./steps.mjs";

const git = (await load("isomorphic-git", "index.cjs")).default;
const http = (await load("isomorphic-git", "http/node/index.cjs")).default;
const url = `${task.endpoint}/${task.name}`;
const login = (password) => () => ({ username: task.user, password });
const onAuth = login(task.token);
const dir = path.join(task.folder, "clone");
const author = { name: task.user, email: `${task.user}@example.org` };
const files = { "notes.txt": Buffer.from("from isomorphic-git\n"), "sub/长.txt": Buffer.from("长\n") };

// isomorphic-git repeats a rejected request until it is cancelled.
const once = (password) => ({ onAuth: login(password), onAuthFailure: () => ({ cancel: true }) });

await run(
  {
    create: async () => {
      const made = await fetch(`${task.endpoint}/api/repos/create`, {
        method: "POST", body: JSON.stringify({ name: task.name.split("/")[1] }),
        headers: { Authorization: `Bearer ${task.token}`, "Content-Type": "application/json" },
      });
      equal(made.status, 200);
    },
    upload: async () => {
      await git.clone({ fs, http, dir, url, onAuth });
      for (const [name, content] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
        fs.writeFileSync(path.join(dir, name), content);
        await git.add({ fs, dir, filepath: name });
      }
      await git.commit({ fs, dir, message: "from isomorphic-git", author });
      equal((await git.push({ fs, http, dir, url, onAuth })).ok, true);
    },
    list: async () => {
      const refs = await git.listServerRefs({ http, url, onAuth, prefix: "refs/heads/" });
      equal(refs.map((ref) => ref.ref), ["refs/heads/main"]);
    },
    download: async () => {
      const copy = path.join(task.folder, "copy");
      await git.clone({ fs, http, dir: copy, url, depth: 1 });
      equal(digest(fs.readFileSync(path.join(copy, "sub/长.txt"))), digest(files["sub/长.txt"]));
    },
    renamed: async () => {
      const copy = path.join(task.folder, "old");
      await git.clone({ fs, http, dir: copy, url: `${task.endpoint}/${task.old}`, onAuth });
      equal(digest(fs.readFileSync(path.join(copy, "config.json"))), task.old_files["config.json"]);
    },
    delete: async () => {
      await git.push({ fs, http, dir, url, onAuth, ref: "main", remoteRef: "refs/heads/side" });
      await git.push({ fs, http, dir, url, onAuth, remoteRef: "refs/heads/side", delete: true });
      const refs = await git.listServerRefs({ http, url, prefix: "refs/heads/" });
      equal(refs.map((ref) => ref.ref), ["refs/heads/main"]);
    },
    refused: async () => {
      const hidden = { fs, http, dir: path.join(task.folder, "no"), url: `${task.endpoint}/${task.hidden}` };
      await refused(() => git.clone({ ...hidden, ...once(task.token) }), "hidden");
      await refused(() => git.push({ fs, http, dir, url, ...once("hf_wrong") }), "wrong token");
      const theirs = `${task.endpoint}/${task.gated_other}`;
      await refused(() => git.push({ fs, http, dir, url: theirs, ...once(task.token), force: true }), "other's");
    },
  },
  files,
);
