// All steps with @huggingface/hub.
import { equal, digest, load, noise, refused, run, task } from "./steps.mjs";

const hub = await load("@huggingface/hub");
const common = { hubUrl: task.endpoint, accessToken: task.token };
const repo = task.name;
const large = noise(3_000_000);
const files = {
  "notes.txt": Buffer.from("a small file\n"),
  "names with blanks/长.txt": Buffer.from("长\n"),
  "model.safetensors": large,
  "sub/other.bin": large.subarray(0, 200_000),
};
const blob = (path) => ({ path, content: new Blob([files[path]]) });
const bytes = async (found) => Buffer.from(await found.arrayBuffer());

async function gathered(iterator) {
  const found = [];
  for await (const item of iterator) found.push(item);
  return found;
}

await run(
  {
    "log in": async () => equal((await hub.whoAmI(common)).name, task.user),
    create: async () => {
      const made = await hub.createRepo({ ...common, repo, license: "mit", files: [blob("notes.txt")] });
      equal(made.repoUrl, `${task.endpoint}/${repo}`);
      await hub.createRepo({ ...common, repo: `${repo}-gone`, visibility: "private" });
      equal((await hub.modelInfo({ ...common, name: `${repo}-gone` })).private, true);
    },
    upload: () => hub.uploadFile({ ...common, repo, file: blob("names with blanks/长.txt"), commitTitle: "a file" }),
    large: async () => {
      await hub.uploadFiles({ ...common, repo, files: [blob("model.safetensors")], useXet: true });
      await hub.uploadFiles({ ...common, repo, files: [blob("sub/other.bin")], useXet: false });
    },
    list: async () => {
      const names = (await gathered(hub.listFiles({ ...common, repo, recursive: true }))).map((file) => file.path);
      for (const path of Object.keys(files)) if (!names.includes(path)) throw new Error(`${path} is not listed`);
      const models = await gathered(hub.listModels({ ...common, search: { owner: task.user } }));
      if (!models.some((model) => model.name === repo)) throw new Error("the model is not listed");
      const info = await hub.modelInfo({ ...common, name: repo, additionalFields: ["sha", "siblings"] });
      equal(info.sha.length, 40);
      equal(await hub.repoExists({ ...common, repo }), true);
      equal(await hub.fileExists({ ...common, repo, path: "notes.txt" }), true);
      equal((await hub.pathsInfo({ ...common, repo, paths: ["model.safetensors"] }))[0].lfs.size, large.length);
      equal((await gathered(hub.listCommits({ ...common, repo }))).length > 2, true);
      equal(await hub.countCommits({ ...common, repo }) > 2, true);
      await hub.createBranch({ ...common, repo, branch: "side" });
      await hub.deleteBranch({ ...common, repo, branch: "side" });
    },
    download: async () => {
      for (const [path, content] of Object.entries(files)) {
        for (const xet of [true, false]) {
          const found = await hub.downloadFile({ ...common, repo, path, xet });
          equal(digest(await bytes(found)), digest(content), path);
        }
      }
      const folder = await hub.snapshotDownload({ ...common, repo, cacheDir: `${task.folder}/cache` });
      const { readFileSync } = await import("node:fs");
      equal(digest(readFileSync(`${folder}/sub/other.bin`)), digest(files["sub/other.bin"]));
    },
    renamed: async () => {
      for (const [path, wanted] of Object.entries(task.old_files)) {
        equal(digest(await bytes(await hub.downloadFile({ ...common, repo: task.old, path }))), wanted, path);
      }
    },
    delete: async () => {
      await hub.deleteFile({ ...common, repo, path: "README.md" });
      equal(await hub.fileExists({ ...common, repo, path: "README.md" }), false);
      await hub.deleteRepo({ ...common, repo: `${repo}-gone` });
      equal(await hub.repoExists({ ...common, repo: `${repo}-gone` }), false);
    },
    refused: async () => {
      equal(await hub.repoExists({ ...common, repo: task.hidden }), false);
      await refused(() => hub.modelInfo({ ...common, name: task.hidden }), "hidden");
      await refused(() => hub.whoAmI({ ...common, accessToken: "hf_wrong" }), "wrong token");
      await refused(() => hub.uploadFile({ ...common, repo: task.gated_other, file: blob("notes.txt") }), "other's");
    },
  },
  files,
);
