"""Read a submitted notebook, whatever an editor, a browser or an operating system did to its bytes.

The bytes are never changed where they lie: what comes back is a notebook of the current format, and a note for each
thing that was repaired on the way.
"""

from __future__ import annotations

import codecs
import json
import warnings
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograde.errors import UnusableNotebook
from autograde.i18n import messages

_ = messages("cli")

#: Largest submission in bytes. An exercise with pictures has well under 5 MB.
LARGEST = 50 * 2**20

#: Most cells: an exercise has some fifty, and repairing hundreds of thousands takes minutes.
MOST_CELLS = 5_000

#: Most values in one metadata object, and its deepest nesting: copying deeper ones ends in a RecursionError.
_MOST_VALUES, _DEEPEST = 20_000, 50

#: Most notes about one submission, and characters of a name in one: a learner decides both.
MOST_NOTES, _LONGEST_NAME = 50, 60

#: What a file in an encoding other than UTF-8 begins with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CELL_TYPES = {"code", "markdown", "raw"}


@dataclass(frozen=True)
class Submission:
    """A submitted notebook.

    Attributes:
        notebook: in the current format; every cell has an id, a type, a text and metadata.
        notes: what was repaired, one sentence each, in the instructor's language.
    """

    notebook: NotebookNode
    notes: tuple[str, ...] = ()


def read_submission(content: bytes) -> Submission:
    """Read a submitted notebook.

    Args:
        content: the bytes of the file.

    Raises:
        UnusableNotebook: it is empty, too large, cut off, or not a notebook; the message says which.
    """
    if len(content) > LARGEST:
        size = len(content) // 2**20
        raise UnusableNotebook(
            _("The file is {size} MB large; a notebook may have {limit} MB.").format(size=size, limit=LARGEST // 2**20),
            _("Ask for the notebook without its outputs (Edit > Clear Outputs of All Cells)."),
        )
    text, notes = _decoded(content)
    book = _parsed(text)
    version = book.get("nbformat")
    if type(version) is not int or version not in (2, 3, 4):
        raise UnusableNotebook(
            _("The file is JSON, but not a notebook of a format that is known (nbformat {version}).").format(
                version=version
            ),
            _("Ask for the .ipynb file that was released."),
        )
    if version < 4:
        notes.append(_("brought from notebook format {version} to 4").format(version=version))
        book = _upgraded(book)
    notes += _completed(book)
    return Submission(nbformat.from_dict(book), tuple(notes))


def _decoded(content: bytes) -> tuple[str, list[str]]:
    if not content.strip():
        raise UnusableNotebook(_("The file is empty."), _("Ask the learner to save the notebook and send it again."))
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), [_("a byte-order mark ({encoding})").format(encoding=encoding)]
            except UnicodeDecodeError:
                break
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    # Bytes that are not UTF-8 come from an editor that saved in its system's encoding. GB 2312 comes first: it accepts
    # pairs of high bytes only, while Windows' Western encoding accepts nearly everything.
    for encoding in ("gb2312", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, [_("saved in the encoding {encoding} instead of UTF-8").format(encoding=encoding)]
    return content.decode("utf-8", "replace"), [_("bytes that are not UTF-8")]


def _parsed(text: str) -> dict[str, Any]:
    try:
        book = json.loads(text.replace("\x00", ""), strict=False)
        if "\\ud" in text.lower():
            # A lone surrogate, half of a character, cannot be written to any file.
            book = json.loads(json.dumps(book, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        what = _("The file is not a whole notebook: its JSON breaks off or is damaged in line {line}.").format(
            line=getattr(error, "lineno", "?")
        )
        raise UnusableNotebook(what, _("Ask the learner to save the notebook and send it again.")) from error
    if not isinstance(book, dict):
        raise UnusableNotebook(_("The file is JSON, but not a notebook."), _("Ask for the .ipynb file."))
    return book


def _upgraded(book: dict[str, Any]) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dict(nbformat.convert(nbformat.from_dict(book), 4))
    except Exception as error:  # nbformat fails in many ways on a damaged notebook
        what = _("The notebook is of an old format and cannot be converted: {reason}.").format(reason=error)
        raise UnusableNotebook(what, _("Ask the learner to open it in JupyterLab and save it again.")) from error


def _completed(book: dict[str, Any]) -> list[str]:
    """Fill in what the format requires and drop what it forbids; the notes."""
    notes: list[str] = []
    metadata = book.get("metadata")
    if not isinstance(metadata, dict):
        metadata = book["metadata"] = {}
    # Colab and VS Code leave widget metadata without the state that nbconvert insists on.
    if "widgets" in metadata:
        states = metadata["widgets"]
        whole = isinstance(states, dict) and all(isinstance(each, dict) and "state" in each for each in states.values())
        del metadata["widgets"]
        if not whole:
            notes.append(_("widget metadata without its state"))
    damaged_metadata = not _is_plain(metadata)
    if damaged_metadata:
        metadata = book["metadata"] = {}
    cells = book.get("cells")
    if not isinstance(cells, list):
        raise UnusableNotebook(_("The notebook has no cells."), _("Ask for the .ipynb file that was released."))
    if len(cells) > MOST_CELLS:
        raise UnusableNotebook(
            _("The notebook has {number} cells; {most} are read.").format(number=len(cells), most=MOST_CELLS),
            _("Ask for the .ipynb file that was released."),
        )
    kept = [cell for cell in cells if isinstance(cell, dict)]
    dropped = len(cells) - len(kept) + damaged_metadata
    seen: set[str] = set()
    for number, cell in enumerate(kept):
        dropped += _complete_cell(cell, number, seen)
    if dropped:
        notes.append(_("{number} damaged parts of cells").format(number=dropped))
    book.clear()
    book.update(cells=kept, metadata=metadata, nbformat=4, nbformat_minor=5)
    return notes


def _complete_cell(cell: dict[str, Any], number: int, seen: set[str]) -> int:
    """Give a cell what the format requires; the number of parts that were damaged."""
    damaged = 0
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _CELL_TYPES:
        # Format 3's headings and HTML cells are text.
        cell["cell_type"] = kind = "markdown"
        damaged += 1
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        source, damaged = "", damaged + 1
    cell["source"] = source.replace("\r\n", "\n").replace("\r", "\n")
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict) or not _is_plain(metadata):
        damaged += "metadata" in cell
        about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        cell["metadata"] = {"nbgrader": about} if isinstance(about, dict) and _is_plain(about) else {}
    name = cell.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= 64 or name in seen or not _is_id(name):
        name = f"cell-{number}"
        while name in seen:
            name += "x"
        cell["id"] = name
    seen.add(name)
    if kind == "code":
        # What a learner's run left behind counts for nothing, and may be huge.
        cell["outputs"] = []
        cell["execution_count"] = None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    if not _are_attachments(cell.get("attachments", {})):
        del cell["attachments"]
        damaged += 1
    for key in set(cell) - {"cell_type", "source", "metadata", "id", "outputs", "execution_count", "attachments"}:
        del cell[key]
    if kind == "code":
        cell.pop("attachments", None)
    return damaged


def _is_plain(value: object) -> bool:
    """Return whether metadata have few values that are not nested deeply."""
    level, found = [value], 0
    for _depth in range(_DEEPEST):
        found += len(level)
        if found > _MOST_VALUES:
            return False
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return True
    return False


def shortened(name: str) -> str:
    """Return a name that a learner chose, short enough for a note, and without bytes that are no text."""
    name = name.encode("utf-8", "replace").decode()
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _is_id(name: str) -> bool:
    return all(character.isascii() and (character.isalnum() or character in "-_") for character in name)


def _are_attachments(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(files, dict) and all(isinstance(content, str) for content in files.values())
        for files in value.values()
    )
