"""Read the files of a submission without following or opening links, pipes and devices in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from autograde.errors import UnusableNotebook
from autograde.i18n import messages

_ = messages("cli")

#: Most bytes and files next to a notebook.
LARGEST_FILES = 100 * 2**20
MOST_FILES = 1000

#: Longest path of a file in a submission, in bytes: copied to ``autograded/``, a path of 4,096 would be too long.
_LONGEST_PATH = 1000

#: Most folders inside each other.
_DEEPEST = 100

#: Jupyter's folder of copies.
CHECKPOINTS = ".ipynb_checkpoints"

#: Folders that tools create and that are not part of an answer.
_NOT_HANDED_IN = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})


#: What a Python environment has in its folder, whatever that is called.
_OF_PYTHON = ("pyvenv.cfg", "conda-meta")


@dataclass
class SubmittedFiles:
    """The ordinary files in a folder, and the paths of everything else and of files with a very long path."""

    content: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def _check_folder(folder: Path) -> None:
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise UnusableNotebook(
            _("{name} is not an ordinary folder but a link or a file.").format(name=folder.name),
            _("Ask for the notebook itself."),
        )


def read_files(folder: Path, ignored: Sequence[str]) -> SubmittedFiles:
    """Read every ordinary file below ``folder``.

    Args:
        folder: ``submitted/STUDENT/ASSIGNMENT``.
        ignored: patterns of names to skip.

    Raises:
        OSError: a file cannot be read.
        UnusableNotebook: it is not a folder, there are too many files, or they are too large.
    """
    _check_folder(folder)
    found, size = SubmittedFiles(), 0
    for path in walk(folder, ignored):
        name = path.relative_to(folder).as_posix()
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or len(os.fsencode(name)) > _LONGEST_PATH:
            found.refused.append(name)
            continue
        size += state.st_size
        if len(found.content) >= MOST_FILES or size > LARGEST_FILES:
            raise UnusableNotebook(
                _(
                    "{number} files with {size} MB lie beside the notebook; {most} files with {limit} MB are allowed."
                ).format(
                    number=len(found.content) + 1, size=size // 2**20, most=MOST_FILES, limit=LARGEST_FILES // 2**20
                ),
                _("Ask for the notebook alone."),
            )
        found.content[name] = _read(path)
    return found


def read_with_checkpoints(folder: Path, ignored: Sequence[str]) -> tuple[SubmittedFiles, dict[str, bytes]]:
    """Return the files of a submission, and the same files together with Jupyter's copies, which nbgrader ignores.

    See :func:`read_files` for the arguments and exceptions.
    """
    files = read_files(folder, ignored)
    return files, files.content | _read_checkpoints(folder)


def _read_checkpoints(folder: Path) -> dict[str, bytes]:
    """Return the copies that Jupyter saved earlier, by their path in ``folder``."""
    place = folder / CHECKPOINTS
    try:
        found = read_files(place, ()) if os.path.lexists(place) else SubmittedFiles()
    except (OSError, UnusableNotebook):
        return {}
    return {f"{CHECKPOINTS}/{name}": content for name, content in found.content.items()}


def _read(path: Path) -> bytes:
    # O_NOFOLLOW and O_NONBLOCK: since it was checked, the file may have been replaced by a link or a pipe.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read()


def walk(folder: Path, ignored: Sequence[str], deepest: int = _DEEPEST) -> Iterator[Path]:
    """Yield the paths below ``folder`` in order, without folders and without files in folders that tools create.

    A folder below ``deepest`` others is yielded itself.
    """
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda each: each.name)
    for entry in ordered:
        if any(fnmatch(entry.name, each) for each in ignored):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name in _NOT_HANDED_IN or any(os.path.lexists(Path(entry.path, each)) for each in _OF_PYTHON):
                continue
            yield from walk(Path(entry.path), ignored, deepest - 1) if deepest else [Path(entry.path)]
        else:
            yield Path(entry.path)
