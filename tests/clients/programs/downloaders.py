"""Downloads with several connections to one address, or from where another stopped: aria2c, axel and wget.

Scripts that list a repository with curl and download its files with aria2c are common where huggingface.co is slow.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steps import FOLDER, HIDDEN_URL, OLD_URL, TASK, URL, create, digest, refused, run

large = random.Random(7).randbytes(9_000_000)
files = {"notes.txt": "长\n".encode(), "sub folder/model.safetensors": large}
AUTHORIZATION = f"Authorization: Bearer {TASK['token']}"
ADDRESS = f"{URL}/resolve/main/sub%20folder/model.safetensors"


def ask(method: str, address: str, body: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TASK['token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(
        address, data, headers if address.startswith(TASK["endpoint"]) else {}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def upload() -> None:
    oid = digest(large)
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": len(large)}]}
    (item,) = ask("POST", f"{URL}.git/info/lfs/objects/batch", batch)["objects"]
    ask("PUT", item["actions"]["upload"]["href"], large)
    pointer = {"path": "sub folder/model.safetensors", "algo": "sha256", "oid": oid, "size": len(large)}
    notes = {"path": "notes.txt", "content": "长\n"}
    commit = {"summary": "for downloaders", "files": [notes], "lfsFiles": [pointer]}
    ask("POST", f"{TASK['endpoint']}/api/models/{TASK['name']}/commit/main", commit)


def call(*words: str) -> str:
    done = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout


def aria2(target: str, address: str, *more: str) -> None:
    options = ["--max-connection-per-server=16", "--split=16", "--min-split-size=1M", "--continue", *more]
    call("aria2c", "--quiet", *options, "--out", target, address)


def axel(target: str, address: str) -> None:
    call("axel", "--quiet", "--num-connections=8", "--header", AUTHORIZATION, "--output", target, address)


def wget(target: str, address: str) -> None:
    call("wget", "--quiet", "--continue", "--header", AUTHORIZATION, "--output-document", target, address)


def listing() -> None:
    address = f"{TASK['endpoint']}/api/models/{TASK['name']}"
    listed = json.loads(call("curl", "--silent", "--fail", "--header", AUTHORIZATION, address))
    assert {sibling["rfilename"] for sibling in listed["siblings"]} >= set(files)


def download() -> None:
    ways: dict[str, Callable[[str, str], None]] = {
        "aria2c": lambda target, address: aria2(target, address, "--header", AUTHORIZATION),
        "axel": axel,
        "wget": wget,
    }
    for name, way in ways.items():
        if shutil.which(name) is None:
            continue
        target = f"{name}.part"
        if name == "wget":
            # It asks for the rest of what is there.
            (FOLDER / target).write_bytes(large[:1_234_567])
        way(target, ADDRESS)
        assert (FOLDER / target).read_bytes() == large, name
        way(f"{name}.txt", f"{URL}/resolve/main/notes.txt?download=true")
        assert (FOLDER / f"{name}.txt").read_bytes() == files["notes.txt"], name


def renamed() -> None:
    for path, wanted in TASK["old_files"].items():
        aria2(path, f"{OLD_URL}/resolve/main/{path}")
        assert digest(Path(FOLDER, path).read_bytes()) == wanted, path


def refusals() -> None:
    refused(lambda: aria2("hidden", f"{HIDDEN_URL}/resolve/main/secret.txt"), "hidden")
    refused(lambda: axel("hidden", f"{HIDDEN_URL}/resolve/main/secret.txt"), "somebody else's")


run(
    {
        "create": create,
        "upload": upload,
        "list": listing,
        "download": download,
        "renamed": renamed,
        "refused": refusals,
    },
    files,
)
