"""Find an assignment's notebook among a submission's files: in a folder, in an archive, or with another suffix."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from nbformat import NotebookNode

from autograde.grading.submissions.notebook_names import choose
from autograde.grading.submissions.reading import LARGEST
from autograde.grading.submissions.repairing import repair

#: Folders in which systems and editors put copies.
_COPIES = frozenset({"__MACOSX", ".ipynb_checkpoints", ".Trash"})

#: Suffixes that a browser or a platform appends to ``.ipynb``.
BEHIND = re.compile(r"(?<=\.ipynb)\.(?:json|txt|html?|download|crdownload|bak)$", re.IGNORECASE)

#: First bytes of an archive, whatever its name is.
_ZIP = b"PK\x03\x04"

#: Most files that are examined in an archive, and the nesting limit for archives.
_MOST_MEMBERS, _DEEPEST = 200, 2


def find(
    assignment: str, files: Mapping[str, bytes], refused: Sequence[str], released: NotebookNode
) -> tuple[str, bytes | None] | None:
    """Return the name and the bytes of the notebook, or None; the bytes are None for a file in ``refused``.

    Args:
        assignment: the assignment's name.
        files: the submission's files by their path.
        refused: paths that are not ordinary files.
        released: the released notebook, used to choose among several notebooks with unknown names.
    """
    top = {name: data for name, data in files.items() if "/" not in name}
    below = {name: data for name, data in files.items() if not _COPIES & {*name.split("/")}}
    if (chosen := choose(assignment, [*top, *(name for name in refused if "/" not in name)])) is not None:
        data = files.get(chosen)
        return _answered_instead(data, below, released) or (chosen, data)
    for place in (top, below, _notebooks_under_other_names(below)):
        if (found := _in(assignment, place, released)) is not None:
            return found
    return _in_archives(assignment, below, released, _DEEPEST) or _in(assignment, _hidden(below), released)


def _in(assignment: str, files: Mapping[str, bytes], released: NotebookNode) -> tuple[str, bytes] | None:
    """Return the notebook by its name, in any folder; of several, the one with the assignment's exercises."""
    by_base = {PurePosixPath(name).name: name for name in sorted(files, key=lambda name: (-name.count("/"), name))}
    if (chosen := choose(assignment, by_base)) is not None:
        return by_base[chosen], files[by_base[chosen]]
    notebooks = [name for name in files if name.lower().endswith(".ipynb") and PurePosixPath(name).name[0] != "."]
    own = {name: has for name in sorted(notebooks) if (has := has_answers(files[name], released)) is not None}
    answered = [name for name, has in own.items() if has]
    name = next(iter(answered or own), "")
    return (name, files[name]) if len({files[each] for each in answered or own}) == 1 else None


def _answered_instead(
    content: bytes | None, files: Mapping[str, bytes], released: NotebookNode
) -> tuple[str, bytes] | None:
    """Return the only notebook with answers if ``content`` has none or is unusable: the learner worked in another."""
    if content is not None and has_answers(content, released):
        return None
    others = {name: data for name, data in _every_notebook(files, _DEEPEST).items() if data != content}
    answered = {data: name for name, data in others.items() if has_answers(data, released)}
    return next(((name, data) for data, name in answered.items()), None) if len(answered) == 1 else None


def _every_notebook(files: Mapping[str, bytes], depth: int) -> dict[str, bytes]:
    """Return the notebooks among files, under any name and in archives."""
    found = {
        name: data
        for name, data in files.items()
        if name.lower().endswith(".ipynb") and not PurePosixPath(name).name.startswith(".")
    }
    found |= _notebooks_under_other_names(files)
    for name, data in files.items():
        if depth and data.startswith(_ZIP):
            found |= {f"{name}/{each}": inner for each, inner in _every_notebook(unpacked(data), depth - 1).items()}
    return found


def _hidden(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files whose names begin with a dot, under names without it."""
    paths = {name: PurePosixPath(name) for name in files}
    return {
        str(path.with_name(path.name.lstrip("."))): files[name]
        for name, path in paths.items()
        if path.name.startswith(".") and path.name.strip(".")
    }


def has_answers(content: bytes, released: NotebookNode) -> bool | None:
    """Return whether a notebook has answers; None if it belongs to another assignment or cannot be read."""
    try:
        repaired = repair(content, released).notebook
    except Exception:  # a file that cannot be read is not the one
        return None
    return _answer_texts(repaired) != _answer_texts(released)


def _answer_texts(book: NotebookNode) -> dict[str, list[str]]:
    """Return the words in each answer cell, by the cell's name."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source.split()
        for cell in book.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def _notebooks_under_other_names(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files whose content is a notebook, under names that end with ``.ipynb``."""
    named = ((name if name.lower().endswith(".ipynb") else notebook_name(name, data)) for name, data in files.items())
    return {
        name: data for name, other, data in zip(named, files, files.values(), strict=True) if name and name != other
    }


def notebook_name(name: str, data: bytes) -> str:
    """Return the name, with ``.ipynb``, of a file whose content is a notebook; an empty string for any other file."""
    plain = BEHIND.sub("", name)
    if (
        not data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        or b'"cells"' not in data
        or b'"nbformat"' not in data
    ):
        return ""
    # In a name such as 2.6-load-the-model the last dot does not start a suffix.
    known = re.sub(r"\.(?:json|txt|ip\w{1,4}|nb)$", "", plain, flags=re.IGNORECASE)
    return plain if plain.lower().endswith(".ipynb") else f"{known}.ipynb"


def _in_archives(
    assignment: str, files: Mapping[str, bytes], released: NotebookNode, depth: int
) -> tuple[str, bytes] | None:
    for name, data in files.items():
        if not data.startswith(_ZIP):
            continue
        inner = unpacked(data)
        found = _in(assignment, inner, released)
        if found is None and depth > 1:
            found = _in_archives(assignment, inner, released, depth - 1)
        if found is not None:
            return f"{name}/{found[0]}", found[1]
    return None


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the notebooks and archives in an archive; an empty dictionary if it is damaged or too large."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [
                each for each in archive.infolist()
                if BEHIND.sub("", each.filename).lower().endswith((".ipynb", ".zip"))
                and not _COPIES & {*each.filename.split("/")}
            ]  # fmt: skip
            left = LARGEST
            for member in members[:_MOST_MEMBERS]:
                with archive.open(member) as stream:
                    data = stream.read(left + 1)
                left -= len(data)
                if left < 0:
                    return {}
                found[BEHIND.sub("", member.filename)] = data
    except Exception:
        # Damaged and encrypted archives fail in many ways.
        return {}
    return found
