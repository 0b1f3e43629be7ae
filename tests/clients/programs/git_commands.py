"""git with git-lfs, through GitPython if it is installed, and with the HTTP version in ``GIT_HTTP_VERSION``."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from urllib.parse import urlsplit

from steps import FOLDER, HIDDEN_URL, OLD_URL, TASK, THEIR_URL, URL, create, digest, refused, run

try:
    import git as gitpython
except ImportError:
    gitpython = None

files = {"notes.txt": b"from git\n", "sub/\u957f.txt": "长\n".encode()}
clone = FOLDER / "clone"
OPTIONS = ["-c", "credential.helper="]
version = os.environ.get("GIT_HTTP_VERSION")
if version:
    OPTIONS += ["-c", f"http.version={version}"]
    # git-lfs does not support HTTP/2 without TLS, with any server.
    os.environ["GIT_LFS_SKIP_SMUDGE"] = "1"
else:
    files["model.safetensors"] = random.Random(3).randbytes(400_000)


def with_login(url: str, token: str = TASK["token"]) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{TASK['user']}:{token}@{parts.netloc}").geturl()


def git(*words: str, cwd: str = "") -> str:
    folder = cwd or str(FOLDER)
    if gitpython is not None and not version:
        return str(gitpython.Git(folder).execute(["git", *OPTIONS, *words]))
    done = subprocess.run(
        ["git", *OPTIONS, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=90
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def commit(*paths: str) -> None:
    for path in paths:
        (clone / path).parent.mkdir(exist_ok=True)
        (clone / path).write_bytes(files[path])
    git("add", ".", cwd=str(clone))
    git("commit", "--quiet", "--message", "from git", cwd=str(clone))
    git("push", "--quiet", "origin", "main", cwd=str(clone))


def upload() -> None:
    git("clone", "--quiet", with_login(URL), str(clone))
    git("lfs", "install", "--local", cwd=str(clone))
    commit("notes.txt", "sub/\u957f.txt")


def listing() -> None:
    assert "refs/heads/main" in git("ls-remote", URL)


def download() -> None:
    git("clone", "--quiet", "--depth", "1", URL, "copy")
    if not version:
        git("lfs", "pull", cwd=str(FOLDER / "copy"))
    for path, content in files.items():
        assert (FOLDER / "copy" / path).read_bytes() == content, path


def renamed() -> None:
    git("clone", "--quiet", OLD_URL, "old")
    for path, wanted in TASK["old_files"].items():
        if version and path == "weights.bin":
            continue
        assert digest((FOLDER / "old" / path).read_bytes()) == wanted, path


def delete() -> None:
    git("push", "--quiet", "origin", "main:side", cwd=str(clone))
    git("push", "--quiet", "origin", "--delete", "side", cwd=str(clone))


def refusals() -> None:
    tries: list[tuple[str, Callable[[], object]]] = [
        ("hidden", lambda: git("clone", with_login(HIDDEN_URL), "no")),
        ("token", lambda: git("push", "--force", with_login(URL, "hf_wrong"), "main", cwd=str(clone))),
        ("other's repository", lambda: git("push", "--force", with_login(THEIR_URL), "main", cwd=str(clone))),
    ]
    for what, action in tries:
        refused(action, what)


steps = {
    "create": create, "upload": upload, "large": lambda: commit("model.safetensors"), "list": listing,
    "download": download, "renamed": renamed, "delete": delete, "refused": refusals,
}  # fmt: skip
if version:
    del steps["large"]
run(steps, files)
