"""Find the notebook of a submission if a browser or a learning platform has renamed it."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from pathlib import Path

from autograde.errors import UnusableNotebook
from autograde.files import write_file
from autograde.i18n import messages
from autograde.notebooks.reading import LARGEST

_ = messages("cli")

#: Additions of browsers, platforms and people to a file's name: ``(1)``, ``-1``, `` copy``, ``_final`` …
_ADDED = re.compile(r"[\s_\-.]*(\(\d+\)|\d{1,2}|copy|kopie|copie|c[oó]pia|final|new|副本|最终版)\s*$", re.IGNORECASE)


def choose(assignment: str, names: Iterable[str]) -> str | None:
    """Return the file among ``names`` that is the assignment's notebook.

    Each assignment has exactly one notebook, so a single notebook is chosen under any name. Of several, the one with
    the closest name is chosen: first the exact name, then one with additions such as ``(1)``, with the highest number
    as the latest.

    Returns:
        The file's name; None if there is no notebook, or several whose names are unlike the assignment's.
    """
    # Windows and some platforms leave a space or a dot at the end.
    notebooks = [name for name in names if name.lower().rstrip(" .").endswith(".ipynb") and not name.startswith(".")]
    exact = f"{assignment}.ipynb"
    if exact in notebooks:
        return exact
    folded = [name for name in notebooks if name.lower() == exact.lower()]
    if folded:
        return sorted(folded)[0]
    close = [name for name in notebooks if _plain(name) == _plain(exact)]
    if close:
        return max(close, key=lambda name: (_number(name), name))
    return notebooks[0] if len(notebooks) == 1 else None


def without_suffix(file: str) -> str:
    """Return the name of a notebook's file without ``.ipynb``."""
    return re.sub(r"\.ipynb$", "", file, flags=re.IGNORECASE)


def rank(assignment: str, name: str) -> tuple[int, int]:
    """Return 1 if a file has the assignment's name, with or without additions, otherwise 0; and the copy number."""
    return int(name.lower().endswith(".ipynb") and _plain(name) == _plain(f"{assignment}.ipynb")), _number(name)


def _plain(name: str) -> str:
    stem = name.rstrip(" .")[: -len(".ipynb")].lower()
    while (shorter := _ADDED.sub("", stem)) and shorter != stem:
        stem = shorter
    return re.sub(r"[\s_\-]+", "-", stem).strip("-")


def _number(name: str) -> int:
    found = re.findall(r"\((\d+)\)", name)
    return int(found[-1]) if found else 0


def name_notebook(folder: Path) -> Path | None:
    """Copy a submission's notebook to the name that nbgrader expects, ``ASSIGNMENT.ipynb``, if it has another one.

    Args:
        folder: ``submitted/STUDENT/ASSIGNMENT``; its name is the assignment's.

    Returns:
        The copy; None if there is nothing to copy, or copying is not allowed.
    """
    expected = folder / f"{folder.name}.ipynb"
    try:
        names = [each.name for each in folder.iterdir()]
        chosen = choose(folder.name, names)
        if chosen is None or expected.name in names:
            return None
        write_file(expected, read_file(folder / chosen, LARGEST))
    except (OSError, UnusableNotebook):
        return None
    return expected


def name_notebooks(course: Path) -> None:
    """Apply :func:`name_notebook` where the only suffix is ``.IPYNB``, which nbgrader does not recognise."""
    for folder in sorted(course.glob("submitted/*/*")):
        if folder.is_symlink() or not folder.is_dir():
            continue
        names = [each.name for each in folder.iterdir() if each.name.lower().endswith(".ipynb")]
        if names and not any(name.endswith(".ipynb") for name in names):
            name_notebook(folder)


def read_file(path: Path, largest: int) -> bytes:
    """Read a submitted file without following links or waiting for pipes.

    Raises:
        UnusableNotebook: it is not an ordinary file, or larger than ``largest`` bytes.
        OSError: it cannot be read.
    """
    state = path.lstat()
    if not stat.S_ISREG(state.st_mode):
        raise UnusableNotebook(
            _("{name} is not an ordinary file but a link, a folder or a device.").format(name=path.name),
            _("Ask for the notebook itself."),
        )
    if state.st_size > largest:
        raise UnusableNotebook(
            _("{name} is {size} MB large; {limit} MB are allowed.").format(
                name=path.name, size=state.st_size // 2**20, limit=largest // 2**20
            ),
            _("Ask for the notebook without its outputs (Edit > Clear Outputs of All Cells)."),
        )
    return path.read_bytes()
