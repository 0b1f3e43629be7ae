"""All steps with one release of ``huggingface_hub``; runs with every release since 0.17, so it uses old names only."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import huggingface_hub
from huggingface_hub import HfApi, hf_hub_download, snapshot_download

try:
    from huggingface_hub.errors import RepositoryNotFoundError
except ImportError:  # before 0.24
    from huggingface_hub.utils import RepositoryNotFoundError

TASK = json.loads(os.environ["CLIENT_TASK"])
NAME, OLD, HIDDEN, FOLDER = TASK["name"], TASK["old"], TASK["hidden"], Path(TASK["folder"])
api = HfApi(token=TASK["token"])
large = random.Random(TASK["name"]).randbytes(3_000_000)
files = {
    "notes.txt": b"a small file\n",
    "names with blanks/\u957f.txt": "长\n".encode(),
    "model.safetensors": large,
    "sub/other.bin": large[:200_000],
    "streamed.bin": large[:70_000],
}


def log_in() -> None:
    huggingface_hub.login(TASK["token"], add_to_git_credential=False)
    assert HfApi().whoami()["name"] == TASK["user"]


def create() -> None:
    api.create_repo(NAME)
    api.create_repo(NAME, exist_ok=True)
    api.create_repo(NAME + "-gone", private=True)
    assert api.model_info(NAME + "-gone").private


def upload() -> None:
    api.upload_file(path_or_fileobj=files["notes.txt"], path_in_repo="notes.txt", repo_id=NAME)
    folder = FOLDER / "folder" / "names with blanks"
    folder.mkdir(parents=True)
    (folder / "\u957f.txt").write_bytes(files["names with blanks/\u957f.txt"])
    (folder.parent / "README.md").write_text("---\nlicense: mit\n---\n# A card\n", encoding="utf-8")
    api.upload_folder(folder_path=str(folder.parent), repo_id=NAME, commit_message="a folder")


def upload_large() -> None:
    folder = FOLDER / "large"
    (folder / "sub").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(large)
    (folder / "sub" / "other.bin").write_bytes(files["sub/other.bin"])
    api.upload_folder(folder_path=str(folder), repo_id=NAME)
    api.upload_file(path_or_fileobj=io.BytesIO(files["streamed.bin"]), path_in_repo="streamed.bin", repo_id=NAME)


def listing() -> None:
    assert set(files) <= set(api.list_repo_files(NAME))
    siblings = {s.rfilename: s for s in api.model_info(NAME, files_metadata=True).siblings or []}
    assert siblings["model.safetensors"].size == len(large)
    assert NAME in [getattr(m, "id", None) or m.modelId for m in api.list_models(author=TASK["user"])]
    assert len(api.list_repo_commits(NAME)) >= 4
    api.create_branch(NAME, branch="side")
    api.create_tag(NAME, tag="v1")
    refs = api.list_repo_refs(NAME)
    assert {b.name for b in refs.branches} == {"main", "side"}
    assert [t.name for t in refs.tags] == ["v1"]
    for tags in ("get_model_tags", "get_dataset_tags"):
        getattr(api, tags, dict)()
    if hasattr(api, "list_accepted_access_requests"):
        (request,) = api.list_accepted_access_requests(TASK["gated"])
        assert request.username == TASK["requester"]


def download() -> None:
    folder = Path(snapshot_download(NAME, cache_dir=str(FOLDER / "cache")))
    for path, content in files.items():
        assert (folder / path).read_bytes() == content, path
    path = hf_hub_download(NAME, "sub/other.bin", revision="v1", cache_dir=str(FOLDER / "cache-2"))
    assert Path(path).read_bytes() == files["sub/other.bin"]


def renamed() -> None:
    for path, digest in TASK["old_files"].items():
        found = hf_hub_download(OLD, path, cache_dir=str(FOLDER / "cache-3"))
        assert hashlib.sha256(Path(found).read_bytes()).hexdigest() == digest, path
    folder = Path(snapshot_download(OLD, cache_dir=str(FOLDER / "cache-4")))
    for path, digest in TASK["old_files"].items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest, path


def delete() -> None:
    api.delete_file("README.md", NAME)
    assert "README.md" not in api.list_repo_files(NAME)
    api.delete_repo(NAME + "-gone")
    refused_with(RepositoryNotFoundError, lambda: api.model_info(NAME + "-gone"))


def refused_with(kind: type[Exception], action: Callable[[], object]) -> None:
    try:
        action()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


def refused() -> None:
    refused_with(RepositoryNotFoundError, lambda: api.model_info(HIDDEN))
    refused_with(RepositoryNotFoundError, lambda: hf_hub_download(HIDDEN, "secret.txt", token=TASK["token"]))
    refused_with(Exception, lambda: HfApi(token="hf_wrong").whoami())
    refused_with(
        Exception, lambda: api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=TASK["gated_other"])
    )


STEPS = {
    "log in": log_in, "create": create, "upload": upload, "large": upload_large, "list": listing,
    "download": download, "renamed": renamed, "delete": delete, "refused": refused,
}  # fmt: skip


def main() -> None:
    """Run every step and print a JSON line for each."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    for name, step in STEPS.items():
        outcome: dict[str, object] = {"step": name, "ok": True}
        try:
            step()
        except Exception:
            outcome |= {"ok": False, "why": traceback.format_exc()}
        print(json.dumps(outcome), file=answers, flush=True)
    uploaded = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    print(json.dumps({"uploaded": uploaded}), file=answers, flush=True)


main()
