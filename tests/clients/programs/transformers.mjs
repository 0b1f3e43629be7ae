// transformers.js loads configuration, tokenizer and a processor file from the Hub; a hidden repository is rejected.
import { equal, load, refused, run, task } from "./steps.mjs";

const transformers = await load("@huggingface/transformers", "dist/transformers.node.mjs");
transformers.env.remoteHost = `${task.endpoint}/`;
transformers.env.allowLocalModels = false;
transformers.env.cacheDir = `${task.folder}/cache`;

const words = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "good", "day"];
const tokenizer = {
  version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer: null,
  pre_tokenizer: { type: "Whitespace" }, post_processor: null, decoder: null,
  model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, i) => [word, i])), unk_token: "[UNK]" },
};
const files = {
  "config.json": JSON.stringify({ model_type: "bert", hidden_size: 8, vocab_size: 7 }),
  "tokenizer.json": JSON.stringify(tokenizer),
  "tokenizer_config.json": JSON.stringify({ tokenizer_class: "PreTrainedTokenizerFast", unk_token: "[UNK]" }),
};
const send = (method, where, body, type) =>
  fetch(`${task.endpoint}${where}`, {
    method, body, headers: { Authorization: `Bearer ${task.token}`, "Content-Type": type ?? "application/json" },
  });

await run(
  {
    create: async () => {
      equal((await send("POST", "/api/repos/create", JSON.stringify({ name: task.name.split("/")[1] }))).status, 200);
      const lines = [{ key: "header", value: { summary: "a tokenizer" } }];
      for (const [name, content] of Object.entries(files)) lines.push({ key: "file", value: { path: name, content } });
      const body = lines.map((line) => JSON.stringify(line)).join("\n");
      equal((await send("POST", `/api/models/${task.name}/commit/main`, body, "application/x-ndjson")).status, 200);
    },
    download: async () => {
      const config = await transformers.AutoConfig.from_pretrained(task.name);
      equal(config.hidden_size, 8);
      const loaded = await transformers.AutoTokenizer.from_pretrained(task.name);
      equal(loaded.encode("good day"), [5, 6]);
    },
    renamed: async () => {
      await send("POST", "/api/repos/move", JSON.stringify({ fromRepo: task.name, toRepo: `${task.name}-2` }));
      transformers.env.cacheDir = `${task.folder}/cache-2`;
      equal((await transformers.AutoConfig.from_pretrained(task.name)).hidden_size, 8);
      await send("POST", "/api/repos/move", JSON.stringify({ fromRepo: `${task.name}-2`, toRepo: task.name }));
    },
    refused: () => refused(() => transformers.AutoConfig.from_pretrained(task.hidden)),
  },
  files,
);
