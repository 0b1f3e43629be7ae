"""Differences between two commits, file by file, for the pages of commits and pull requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograde.hub.budgets import check
from autograde.hub.core import Hub
from autograde.hub.repos.contents import open_revision
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.gitstore import GitError

#: Git's empty tree, which a first commit is compared with.
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_OPTIONS = ("-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "-M", "-l200")

#: Limits on git's output in bytes: for the lines, and for the list of files.
_LINES = 256 << 10
_FILES = 4 << 20


@dataclass
class FileChange:
    """Change of one file.

    Attributes:
        path: the file's path; for a deleted file, its old path.
        old_path: the path before a rename or copy.
        status: Git's letter: A(dded), D(eleted), M(odified), R(enamed), C(opied), T(ype changed).
        added: number of added lines; None for a binary file.
        removed: number of removed lines; None for a binary file.
        lines: the diff's lines, each starting with ``+``, ``-`` or a blank, and the ``@@`` lines between hunks.
        complete: whether ``lines`` is the complete diff.
    """

    path: str
    old_path: str
    status: str
    added: int | None = 0
    removed: int | None = 0
    lines: list[str] = field(default_factory=list)
    complete: bool = True

    @property
    def binary(self) -> bool:
        """Whether the file is binary, so that there are no lines to show."""
        return self.added is None


def _output(hub: Hub, repository: Repository, arguments: tuple[str, ...], limit: int) -> tuple[bytes, bool]:
    """Return at most ``limit`` bytes of git's output, and whether that is all of it. A diff may be huge."""
    with hub.git.started(repository.id, *arguments) as process:
        assert process.stdout
        output = process.stdout.read(limit + 1)
    check()
    return output[:limit], len(output) <= limit


def _listed(output: bytes) -> list[FileChange]:
    """Parse the output of ``--raw --numstat -z``: the status of every file, then the line counts of every file."""
    fields = output.decode("utf-8", "surrogateescape").split("\0")[:-1]
    found: list[FileChange] = []
    position = counted = 0
    while position < len(fields):
        item = fields[position]
        if item.startswith(":"):
            status = item.rpartition(" ")[2][:1]
            names = fields[position + 1 : position + (3 if status in "RC" else 2)]
            if not names:
                break
            found.append(FileChange(names[-1], names[0], status))
            position += 1 + len(names)
        else:
            added, removed, name = [*item.split("\t", 2), "", ""][:3]
            if counted >= len(found) or not removed:
                break
            change = found[counted]
            change.added = int(added) if added.isdecimal() else None
            change.removed = int(removed) if removed.isdecimal() else None
            counted += 1
            position += 1 if name else 3
    return found


def since_fork(hub: Hub, repository: Repository, base: str, head: str) -> str:
    """Return the range for the changes of a pull request: ``a...b``, or ``a..b`` if the two have no common commit."""
    try:
        hub.git.run(repository.id, "merge-base", base, head)
    except GitError:
        return f"{base}..{head}"
    return f"{base}...{head}"


def _require_listable(hub: Hub, repository: Repository, between: Iterable[str]) -> None:
    """Check that neither side has too many files: git lists them all before it prints anything."""
    for revision in (name for pair in between for name in re.split(r"\.{2,3}", pair) if name != EMPTY_TREE):
        with open_revision(hub, repository, revision.removesuffix("^1")) as at:
            at.require_listable()


def text_of(hub: Hub, repository: Repository, between: str, *, limit: int) -> str:
    """Return the diff in git's format, at most ``limit`` bytes of it."""
    _require_listable(hub, repository, [between])
    output, __ = _output(hub, repository, (*_OPTIONS, between, "--"), limit)
    return output.decode("utf-8", "replace")


def changes(hub: Hub, repository: Repository, *between: str, limit: int) -> list[FileChange]:
    """Return the files that differ between two commits, with at most ``limit`` characters of diff lines.

    Args:
        hub: the Hub.
        repository: the repository of the commits.
        between: two commits or trees, or one ``a...b`` (compare ``b`` with the common ancestor).
        limit: characters of diff lines, for all files together.
    """
    _require_listable(hub, repository, between)
    output, __ = _output(hub, repository, (*_OPTIONS, "--raw", "--numstat", "-z", *between, "--"), _FILES)
    found = _listed(output)
    output, complete = _output(hub, repository, (*_OPTIONS, *between, "--"), _LINES)
    # No line of a file starts with "diff": each starts with +, - or a blank.
    parts = ("\n" + output.decode("utf-8", "replace")).split("\ndiff --git ")[1:]
    left = limit
    for change in found:
        # When a file becomes a symlink or the reverse, git prints two parts: one removed and one added.
        own = [parts.pop(0) for __ in range(2 if change.status == "T" else 1) if parts]
        change.complete = bool(own) and (complete or bool(parts))
        for part in own:
            lines = part.removesuffix("\n").split("\n")
            start = next((number for number, line in enumerate(lines) if line.startswith("@@")), len(lines))
            for line in lines[start:]:
                left -= len(line) + 1
                if left < 0:
                    change.complete = False
                    break
                change.lines.append(line.removesuffix("\r"))
    return found
