"""Determine how far a model has come on its path to the Hub: cloned, copied, added, committed, pushed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from autograde.widgets.path_map import Place, as_html, as_text

#: Files that the Hub adds to a new repository.
_OF_THE_HUB = {".gitattributes", "README.md"}

#: Seconds after which a Hub that does not answer git counts as not there.
_SECONDS = 10


class _Words(TypedDict):
    """What the map's sentence depends on, besides the place."""

    blanks: bool
    misplaced: str
    leftover: str


@dataclass(frozen=True)
class UploadPath:
    """The state of a clone, as git reports it.

    Attributes:
        cloned: whether there is a clone.
        changed: number of files in its folder that differ from the index.
        staged: number of files in the index that differ from the last commit.
        ahead: number of commits that the Hub does not have.
        tracked: whether the index has files that the Hub did not create.
        confirmed: whether the Hub really has the last commit, where git itself knows of nothing that is waiting.
        blanks: whether the map leaves out the names of the git commands that are still to come.
        misplaced: name of a folder in the clone with a model in it, which ``cp -r`` without ``/.`` copied whole.
        leftover: name of such a folder that is still there beside the right copy.
    """

    cloned: bool
    changed: int = 0
    staged: int = 0
    ahead: int = 0
    tracked: bool = False
    confirmed: bool = True
    blanks: bool = False
    misplaced: str = ""
    leftover: str = ""

    @property
    def place(self) -> Place:
        """The first place with waiting files or commits; before the copy, if that has to be done again."""
        if not self.cloned:
            return "nowhere"
        if self.misplaced:
            return "clone"
        if self.changed:
            return "folder"
        if self.staged:
            return "index"
        if self.ahead:
            return "commit"
        if not self.tracked:
            return "clone"
        return "hub" if self.confirmed else "elsewhere"

    @property
    def count(self) -> int:
        """The number of files or commits waiting there."""
        return {"folder": self.changed, "index": self.staged, "commit": self.ahead}.get(self.place, 0)

    def __repr__(self) -> str:
        return as_text(self.place, self.count, **self._words())

    def _repr_html_(self) -> str:
        return as_html(self.place, self.count, **self._words())

    def _words(self) -> _Words:
        return {"blanks": self.blanks, "misplaced": self.misplaced, "leftover": self.leftover}


def clone_state(clone: Path) -> UploadPath:
    """Return the state of the clone in the folder ``clone``; it need not exist."""
    # Otherwise git would use a repository in a parent folder.
    if not (clone / ".git").exists():
        return UploadPath(False)
    status = _git(clone, "status", "--porcelain=v2", "--branch", "--untracked-files=all")
    # "1 .M …" is a changed file, "1 A. …" a staged one, "2 …" a renamed one, "? …" an untracked one.
    codes = [
        line.split(" ")[1] if line[0] in "12u" else ".?" for line in status if line[:2] in ("1 ", "2 ", "u ", "? ")
    ]
    ahead = next((int(line.split()[2]) for line in status if line.startswith("# branch.ab ")), 0)
    misplaced, leftover = _copied_whole(clone)
    found = UploadPath(
        cloned=True,
        changed=sum(code[1] != "." for code in codes),
        staged=sum(code[0] != "." for code in codes),
        ahead=ahead,
        tracked=bool(set(_git(clone, "ls-files")) - _OF_THE_HUB),
        misplaced=misplaced,
        leftover=leftover,
    )
    # git remembers what the Hub had. The repository may have been deleted since, which only the Hub knows.
    return replace(found, confirmed=found.place != "hub" or _on_the_hub(clone))


def _copied_whole(clone: Path) -> tuple[str, str]:
    """Return the name of the folder in the clone that has the model: in place of the top, and besides it."""
    top = clone / "config.json"
    folders = [path for path in sorted(clone.glob("*/config.json")) if path.is_file()]
    if not top.is_file():
        return next((path.parent.name for path in folders), ""), ""
    # A part of a model may have another config.json of its own.
    content = top.read_bytes()
    return "", next((path.parent.name for path in folders if path.read_bytes() == content), "")


def _on_the_hub(clone: Path) -> bool:
    """Return whether the Hub's branch main contains the clone's last commit."""
    newest = [line.split()[0] for line in _git(clone, "ls-remote", "origin", "HEAD", seconds=_SECONDS)]
    if not newest:
        return False
    head = _git(clone, "rev-parse", "HEAD")
    if head != newest and not _git(clone, "cat-file", "-t", newest[0]):
        # Get the Hub's newer commits, and leave the clone's own branches as they are.
        fetch = ("fetch", "--quiet", "--no-write-fetch-head", "origin", newest[0])
        _git(clone, "-c", "remote.origin.fetch=", *fetch, seconds=_SECONDS)
    return _git(clone, "merge-base", "HEAD", newest[0]) == head


def _git(folder: Path, *words: str, seconds: float | None = None) -> list[str]:
    """Return the lines that git prints; none if it fails, or takes longer than ``seconds``."""
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.splitlines()
