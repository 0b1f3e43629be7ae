// Shared code of the JavaScript programs: the task, loading packages, and the loop over the steps.
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
import path from "node:path";

export const task = JSON.parse(process.env.CLIENT_TASK);

/** Import a package from the folder that npm installed it into. */
export async function load(name, entry) {
  const folder = path.join(process.env.CLIENT_PACKAGES, name);
  const described = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const exported = described.exports?.["."];
  const main = entry ?? exported?.import?.default ?? exported?.import ?? exported?.default ?? described.module ?? described.main;
  return import(pathToFileURL(path.join(folder, typeof main === "string" ? main : "index.js")));
}

export const digest = (content) => createHash("sha256").update(content).digest("hex");

export function equal(found, wanted, what = "") {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  }
}

export async function refused(action, what = "") {
  try {
    await action();
  } catch {
    return;
  }
  throw new Error(`not refused ${what}`);
}

/** Bytes that look random and are the same in every run. */
export function noise(size) {
  const bytes = Buffer.alloc(size);
  for (let state = 7, i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export async function run(steps, files = {}) {
  for (const [step, action] of Object.entries(steps)) {
    let outcome = { step, ok: true };
    try {
      await action();
    } catch (error) {
      outcome = { step, ok: false, why: `${error?.stack ?? error}` };
    }
    process.stdout.write(JSON.stringify(outcome) + "\n");
  }
  const uploaded = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, digest(content)]));
  process.stdout.write(JSON.stringify({ uploaded }) + "\n");
}
