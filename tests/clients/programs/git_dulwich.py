"""The steps that dulwich (git in pure Python) supports."""

from __future__ import annotations

from dulwich import porcelain
from steps import FOLDER, HIDDEN_URL, OLD_URL, TASK, THEIR_URL, URL, create, digest, refused, run

files = {"notes.txt": b"from dulwich\n", "sub/\u957f.txt": "长\n".encode()}
clone = FOLDER / "clone"
login = {"username": TASK["user"], "password": TASK["token"]}


def upload() -> None:
    porcelain.clone(URL, str(clone), **login).close()
    for path, content in files.items():
        (clone / path).parent.mkdir(exist_ok=True)
        (clone / path).write_bytes(content)
    porcelain.add(str(clone), [str(clone / path) for path in files])
    author = f"{TASK['user']} <person@example.org>".encode()
    porcelain.commit(str(clone), message=b"from dulwich", author=author, committer=author)
    porcelain.push(str(clone), URL, "refs/heads/main", **login)


def listing() -> None:
    found = porcelain.ls_remote(URL, **login)
    assert b"refs/heads/main" in (found.refs if hasattr(found, "refs") else found)


def download() -> None:
    porcelain.clone(URL, str(FOLDER / "copy"), depth=1).close()
    assert (FOLDER / "copy/sub/\u957f.txt").read_bytes() == files["sub/\u957f.txt"]


def renamed() -> None:
    porcelain.clone(OLD_URL, str(FOLDER / "old")).close()
    assert digest((FOLDER / "old/config.json").read_bytes()) == TASK["old_files"]["config.json"]


def delete() -> None:
    porcelain.push(str(clone), URL, "refs/heads/main:refs/heads/side", **login)
    porcelain.push(str(clone), URL, ":refs/heads/side", **login)


def refusals() -> None:
    refused(lambda: porcelain.clone(HIDDEN_URL, str(FOLDER / "no"), **login), "hidden")
    wrong = {"username": TASK["user"], "password": "hf_wrong"}
    refused(lambda: porcelain.push(str(clone), URL, "refs/heads/main", **wrong), "wrong token")
    refused(lambda: porcelain.push(str(clone), THEIR_URL, "refs/heads/main", force=True, **login), "other's repository")


steps = {
    "create": create, "upload": upload, "list": listing, "download": download, "renamed": renamed, "delete": delete,
    "refused": refusals,
}  # fmt: skip
run(steps, files)
