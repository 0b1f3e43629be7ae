"""@huggingface/hub and transformers.js in a real browser, on a page whose origin is another port than the Hub's."""

from __future__ import annotations

import base64
import functools
import http.server
import json
import os
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from steps import FOLDER, TASK, run

PACKAGES = Path(os.environ["CLIENT_PACKAGES"])

#: The modules of the page, and those that they import.
MODULES = {
    "@huggingface/hub": "dist/browser/index.mjs",
    "@huggingface/transformers": "dist/transformers.min.js",
    "@huggingface/xetchunk-wasm": "dist/esm/index.js",
    "@huggingface/blake3-jit": "",
    "gearhash-jit": "",
}

WORDS = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "good", "day"]
TOKENIZER = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
}
files = {
    "config.json": json.dumps({"model_type": "bert", "hidden_size": 8, "vocab_size": 7}).encode(),
    "tokenizer.json": json.dumps(TOKENIZER).encode(),
    "tokenizer_config.json": json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}).encode(),
    "model.safetensors": random.Random(7).randbytes(500_000),
    "other.bin": random.Random(8).randbytes(300_000),
}

#: Prepares the page: variables and functions that the steps below share.
PREPARE = """async (task) => {
    window.hub = await import("@huggingface/hub");
    window.transformers = await import("@huggingface/transformers");
    Object.assign(transformers.env, {
        remoteHost: task.endpoint + "/", allowLocalModels: false, useBrowserCache: false, useWasmCache: false,
    });
    const content = (path) => Uint8Array.from(atob(task.files[path]), (letter) => letter.charCodeAt(0));
    window.blob = (path) => ({path, content: new Blob([content(path)])});
    window.common = {hubUrl: task.endpoint, accessToken: task.token};
    window.task = task;
    window.equal = (found, wanted) => {
        const [one, other] = [found, wanted].map((value) => JSON.stringify(value));
        if (one !== other) throw new Error(`${one} instead of ${other}`);
    };
    window.gathered = async (iterator) => {
        const all = [];
        for await (const item of iterator) all.push(item);
        return all;
    };
    window.digest = async (found) => {
        const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await found.arrayBuffer()));
        return [...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    };
}"""

STEPS = {
    "log in": "equal((await hub.whoAmI(common)).name, task.user)",
    "create": """
        await hub.createRepo({...common, repo: task.name, license: "mit"});
        await hub.createRepo({...common, repo: task.name + "-gone"});""",
    "upload": """
        const small = ["config.json", "tokenizer.json", "tokenizer_config.json"];
        await hub.uploadFiles({...common, repo: task.name, files: small.map(blob)});""",
    "large": """
        await hub.uploadFile({...common, repo: task.name, file: blob("model.safetensors"), useXet: true});
        await hub.uploadFile({...common, repo: task.name, file: blob("other.bin"), useXet: false});""",
    "list": """
        const names = (await gathered(hub.listFiles({...common, repo: task.name}))).map((file) => file.path);
        equal(Object.keys(task.files).filter((path) => !names.includes(path)), []);""",
    "download": """
        for (const path of Object.keys(task.files)) {
            const found = await hub.downloadFile({hubUrl: task.endpoint, repo: task.name, path});
            equal(await digest(found), await digest(blob(path).content));
        }
        equal((await transformers.AutoConfig.from_pretrained(task.name)).hidden_size, 8);
        equal((await transformers.AutoTokenizer.from_pretrained(task.name)).encode("good day"), [5, 6]);""",
    "renamed": """
        for (const [path, wanted] of Object.entries(task.old_files)) {
            equal(await digest(await hub.downloadFile({...common, repo: task.old, path})), wanted);
        }""",
    "delete": """
        await hub.deleteRepo({...common, repo: task.name + "-gone"});
        equal(await hub.repoExists({...common, repo: task.name + "-gone"}), false);""",
    "refused": """
        for (const call of [
            () => transformers.AutoConfig.from_pretrained(task.hidden),
            () => hub.modelInfo({...common, name: task.hidden}),
            () => hub.whoAmI({...common, accessToken: "hf_wrong"}),
        ]) {
            let answered = true;
            try { await call(); } catch { answered = false; }
            if (answered) throw new Error(`not refused: ${call}`);
        }""",
}


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves the page and the packages, without a log."""

    def log_message(self, *words: Any) -> None:
        """Print nothing."""


def page_text() -> str:
    """Return a page that finds each package's module by its name."""
    found = {}
    for name, entry in MODULES.items():
        described = json.loads((PACKAGES / name / "package.json").read_text(encoding="utf-8"))
        exported = described.get("exports", {}).get(".", {})
        main = exported.get("import", exported.get("default", described.get("module", described.get("main"))))
        main = main["default"] if isinstance(main, dict) else main
        found[name] = f"/node_modules/{name}/{entry or main.removeprefix('./')}"
    return f"""<!doctype html><meta charset="utf-8"><title>A page of another origin than the Hub's</title>
<script type="importmap">{json.dumps({"imports": found})}</script>"""


def step(page: Page, script: str) -> Callable[[], None]:
    """Return a step that runs a script in the page."""
    return lambda: page.evaluate(f"async () => {{{script}}}")


folder = FOLDER / "site"
folder.mkdir()
(folder / "node_modules").symlink_to(PACKAGES)
(folder / "index.html").write_text(page_text(), encoding="utf-8")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site, directory=str(folder)))
threading.Thread(target=server.serve_forever, daemon=True).start()
with sync_playwright() as started:
    browser = started.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    encoded = {path: base64.b64encode(content).decode() for path, content in files.items()}
    page.evaluate(PREPARE, TASK | {"files": encoded})
    run({name: step(page, script) for name, script in STEPS.items()}, files)
    browser.close()
server.shutdown()
