"""What changed between two commits, file by file: for the pages of a commit and of a pull request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autograde.hub.budgets import check
from autograde.hub.core import Hub
from autograde.hub.repos.contents import snapshot
from autograde.hub.repos.repositories import Repository

#: The tree without files, which every git knows: what a first commit is compared with.
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_OPTIONS = ("-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "-M", "-l200")

#: Bytes of git's output that are read for the lines; and for the list of files.
_LINES = 256 << 10
_FILES = 4 << 20


@dataclass
class Change:
    """What happened to one file.

    Attributes:
        path: its name afterwards; for a deleted file, before.
        old_path: its name before, where it was renamed or copied.
        status: git's letter: A(dded), D(eleted), M(odified), R(enamed), C(opied), T(ype changed).
        added: lines that came; None for a file that is no text.
        removed: lines that went; None for a file that is no text.
        lines: the difference: each line with its ``+``, ``-`` or blank in front, and the ``@@`` lines between them.
        whole: whether ``lines`` is all of it.
    """

    path: str
    old_path: str
    status: str
    added: int | None = 0
    removed: int | None = 0
    lines: list[str] = field(default_factory=list)
    whole: bool = True

    @property
    def binary(self) -> bool:
        """Whether it is no text, so that there are no lines to show."""
        return self.added is None


def _beginning(hub: Hub, repository: Repository, arguments: tuple[str, ...], limit: int) -> tuple[bytes, bool]:
    """The first ``limit`` bytes of what git prints, and whether that is all: a difference may be as large as a disk."""
    with hub.git.started(repository.id, *arguments) as process:
        assert process.stdout
        output = process.stdout.read(limit + 1)
    check()
    return output[:limit], len(output) <= limit


def _listed(output: bytes) -> list[Change]:
    """The files out of ``--raw --numstat -z``: first every file's status, then every file's numbers."""
    fields = output.decode("utf-8", "surrogateescape").split("\0")[:-1]
    found: list[Change] = []
    position = counted = 0
    while position < len(fields):
        item = fields[position]
        if item.startswith(":"):
            status = item.rpartition(" ")[2][:1]
            names = fields[position + 1 : position + (3 if status in "RC" else 2)]
            if not names:
                break
            found.append(Change(names[-1], names[0], status))
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


def _require_listable(hub: Hub, repository: Repository, between: Iterable[str]) -> None:
    """That no side has too many files: git would list them all before it prints a word."""
    for revision in (name for pair in between for name in pair.split("...") if name != EMPTY_TREE):
        with snapshot(hub, repository, revision.removesuffix("^1")) as at:
            at.require_listable()


def text_of(hub: Hub, repository: Repository, between: str, *, limit: int) -> str:
    """The difference as git prints it, at most ``limit`` bytes of it."""
    _require_listable(hub, repository, [between])
    output, __ = _beginning(hub, repository, (*_OPTIONS, between, "--"), limit)
    return output.decode("utf-8", "replace")


def changes(hub: Hub, repository: Repository, *between: str, limit: int) -> list[Change]:
    """The files that differ between two commits, with their lines as far as ``limit`` characters of lines go.

    Args:
        hub: the Hub.
        repository: whose commits they are.
        between: two commits or trees, or one ``a...b``: since where both began.
        limit: for all files together.
    """
    _require_listable(hub, repository, between)
    output, __ = _beginning(hub, repository, (*_OPTIONS, "--raw", "--numstat", "-z", *between, "--"), _FILES)
    found = _listed(output)
    output, whole = _beginning(hub, repository, (*_OPTIONS, *between, "--"), _LINES)
    # No line of a file begins with "diff": each has its +, - or blank in front.
    parts = ("\n" + output.decode("utf-8", "replace")).split("\ndiff --git ")[1:]
    left = limit
    for change in found:
        # A file that became a link, or the other way, is told in two parts: one went and one came.
        own = [parts.pop(0) for __ in range(2 if change.status == "T" else 1) if parts]
        change.whole = bool(own) and (whole or bool(parts))
        for part in own:
            lines = part.removesuffix("\n").split("\n")
            start = next((number for number, line in enumerate(lines) if line.startswith("@@")), len(lines))
            for line in lines[start:]:
                left -= len(line) + 1
                if left < 0:
                    change.whole = False
                    break
                change.lines.append(line.removesuffix("\r"))
    return found
