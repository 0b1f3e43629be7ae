"""All steps with curl, which offers HTTP/2 with every request (``--http2``)."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from typing import Any

from steps import FOLDER, HIDDEN_URL, OLD_URL, TASK, URL, digest, run

large = random.Random(5).randbytes(500_000)
files = {"notes.txt": b"from curl\n", "model.safetensors": large}
API = f"{TASK['endpoint']}/api"


def curl(*words: str, data: bytes | None = None, token: str = TASK["token"]) -> bytes:
    command = ["curl", "--silent", "--show-error", "--fail-with-body", "--http2", "--max-time", "60"]
    command += ["--header", f"Authorization: Bearer {token}"] if token else []
    command += ["--data-binary", "@-"] if data is not None else []
    done = subprocess.run([*command, *words], input=data, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.returncode}: {done.stderr.decode()} {done.stdout[:500]!r}")
    return done.stdout


def post(url: str, body: Any, *words: str) -> Any:
    answer = curl("--header", "Content-Type: application/json", *words, url, data=json.dumps(body).encode())
    return json.loads(answer) if answer else None


def status(*words: str, token: str = TASK["token"]) -> str:
    try:
        return curl("--output", "/dev/null", "--write-out", "%{http_code}", *words, token=token).decode()
    except RuntimeError as error:
        return str(error)


def log_in() -> None:
    assert json.loads(curl(f"{API}/whoami-v2"))["name"] == TASK["user"]


def create() -> None:
    made = post(f"{API}/repos/create", {"name": TASK["name"].split("/")[1]})
    assert made["url"] == URL
    post(f"{API}/repos/create", {"name": TASK["name"].split("/")[1] + "-gone"})


def commit(*lines: dict[str, Any]) -> None:
    body = "\n".join(json.dumps(line) for line in ({"key": "header", "value": {"summary": "from curl"}}, *lines))
    kind = ["--header", "Content-Type: application/x-ndjson"]
    curl(*kind, f"{API}/models/{TASK['name']}/commit/main", data=body.encode())


def upload() -> None:
    content = base64.b64encode(files["notes.txt"]).decode()
    commit({"key": "file", "value": {"path": "notes.txt", "content": content, "encoding": "base64"}})


def upload_large() -> None:
    oid = digest(large)
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": len(large)}]}
    (item,) = post(f"{URL}.git/info/lfs/objects/batch", batch)["objects"]
    curl("--request", "PUT", item["actions"]["upload"]["href"], data=large, token="")
    post(item["actions"]["verify"]["href"], {"oid": oid, "size": len(large)})
    value = {"path": "model.safetensors", "algo": "sha256", "oid": oid, "size": len(large)}
    commit({"key": "lfsFile", "value": value})


def listing() -> None:
    entries = json.loads(curl(f"{API}/models/{TASK['name']}/tree/main"))
    assert {entry["path"] for entry in entries} >= set(files)


def download() -> None:
    target, tags = FOLDER / "large.part", FOLDER / "etag"
    address = f"{URL}/resolve/main/model.safetensors"
    target.write_bytes(large[:100_000])
    curl("--continue-at", "-", "--output", str(target), "--location", address)
    assert target.read_bytes() == large
    curl("--etag-save", str(tags), "--output", str(FOLDER / "whole"), address)
    assert status("--etag-compare", str(tags), address) == "304"
    assert curl("--range", "10-19", address) == large[10:20]


def renamed() -> None:
    for path, wanted in TASK["old_files"].items():
        assert digest(curl("--location", f"{OLD_URL}/resolve/main/{path}")) == wanted


def delete() -> None:
    commit({"key": "deletedFile", "value": {"path": ".gitattributes"}})
    name = TASK["name"].split("/")[1] + "-gone"
    curl(
        "--request", "DELETE", "--header", "Content-Type: application/json", f"{API}/repos/delete",
        data=json.dumps({"name": name}).encode(),
    )  # fmt: skip


def refusals() -> None:
    assert "404" in status(f"{HIDDEN_URL}/resolve/main/secret.txt")
    assert "401" in status(f"{HIDDEN_URL}/resolve/main/secret.txt", token="")
    assert "401" in status(f"{API}/whoami-v2", token="hf_wrong")


steps = {
    "log in": log_in, "create": create, "upload": upload, "large": upload_large, "list": listing, "download": download,
    "renamed": renamed, "delete": delete, "refused": refusals,
}  # fmt: skip
run(steps, files)
