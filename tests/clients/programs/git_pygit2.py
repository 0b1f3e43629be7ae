"""The steps that pygit2 (libgit2) supports."""

from __future__ import annotations

from pathlib import Path

import pygit2
from steps import FOLDER, HIDDEN_URL, OLD_URL, TASK, THEIR_URL, URL, create, digest, refused, run

files = {"notes.txt": b"from pygit2\n", "sub/\u957f.txt": "长\n".encode()}
clone = FOLDER / "clone"


class Login(pygit2.RemoteCallbacks):
    """Answers with a token, and gives up after the second request: libgit2 repeats it until then."""

    def __init__(self, token: str = TASK["token"]) -> None:
        super().__init__()
        self.token, self.requests = token, 0

    def credentials(self, url: str, user: str | None, allowed: int) -> pygit2.UserPass:
        self.requests += 1
        if self.requests > 2:
            raise pygit2.GitError("refused")
        return pygit2.UserPass(TASK["user"], self.token)


def upload() -> None:
    repository = pygit2.clone_repository(URL, str(clone), callbacks=Login())
    for path, content in files.items():
        (clone / path).parent.mkdir(exist_ok=True)
        (clone / path).write_bytes(content)
        repository.index.add(path)
    repository.index.write()
    author = pygit2.Signature(TASK["user"], "person@example.org")
    head = repository.head.target
    repository.create_commit("HEAD", author, author, "from pygit2", repository.index.write_tree(), [head])
    repository.remotes["origin"].push(["refs/heads/main"], callbacks=Login())


def listing() -> None:
    heads = pygit2.Repository(str(clone)).remotes["origin"].list_heads(callbacks=Login())
    assert "refs/heads/main" in [head.name if hasattr(head, "name") else head["name"] for head in heads]


def download() -> None:
    pygit2.clone_repository(URL, str(FOLDER / "copy"), depth=1)
    assert (FOLDER / "copy/sub/\u957f.txt").read_bytes() == files["sub/\u957f.txt"]


def renamed() -> None:
    pygit2.clone_repository(OLD_URL, str(FOLDER / "old"))
    assert digest(Path(FOLDER, "old/config.json").read_bytes()) == TASK["old_files"]["config.json"]


def delete() -> None:
    origin = pygit2.Repository(str(clone)).remotes["origin"]
    origin.push(["refs/heads/main:refs/heads/side"], callbacks=Login())
    origin.push([":refs/heads/side"], callbacks=Login())


def refusals() -> None:
    refused(lambda: pygit2.clone_repository(HIDDEN_URL, str(FOLDER / "no"), callbacks=Login()), "hidden")
    repository = pygit2.Repository(str(clone))
    refused(lambda: repository.remotes["origin"].push(["+refs/heads/main"], callbacks=Login("hf_wrong")), "token")
    theirs = repository.remotes.create("theirs", THEIR_URL)
    refused(lambda: theirs.push(["+refs/heads/main"], callbacks=Login()), "other's repository")


steps = {
    "create": create, "upload": upload, "list": listing, "download": download, "renamed": renamed, "delete": delete,
    "refused": refusals,
}  # fmt: skip
run(steps, files)
