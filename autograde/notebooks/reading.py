"""Read a submitted notebook, whatever an editor, a browser or an operating system did to its bytes.

The bytes are never changed where they lie: what comes back is a notebook of the current format, and a note for each
thing that was repaired on the way.
"""

from __future__ import annotations

import codecs
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograde import encodings
from autograde.errors import HubRefused, UnusableNotebook
from autograde.i18n import messages
from autograde.notebooks.answer_code import sides_of_conflicts
from autograde.notebooks.json_size import values_in

_ = messages("cli")

#: Largest submission in bytes. An exercise with pictures has well under 5 MB.
LARGEST = 50 * 2**20

#: Most cells of a notebook: an exercise has about fifty, and repairing hundreds of thousands takes minutes.
MOST_CELLS = 5_000

#: Most values in one metadata object, and its deepest nesting: copying deeper ones ends in a RecursionError.
_MOST_VALUES, _DEEPEST = 20_000, 50

#: Most notes about one submission, and most characters of a name in a note; learners control both.
MOST_NOTES, _LONGEST_NAME = 50, 60

#: Byte-order marks.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: East Asian encodings besides GB 2312, in whose texts a byte may look like a backslash.
_EASTERN = frozenset({"gb18030", "cp950", "cp932", "euc_kr", "cp949", "euc_jp"})

#: Magic numbers of other file formats.
_MAGIC = {b"PK\x03\x04": "ZIP", b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR"}
_SCRIPT = re.compile(rb"^(?:#!.*python|# coding|# In\[|import \w|from \w+ import |def \w+\()", re.MULTILINE)

#: Nesting limit for lists around a cell's text.
_DEEPEST_TEXT = 4

#: From this number on, a cell's execution count is dropped.
_LARGEST_COUNT = 2**31

_CELL_TYPES = {"code", "markdown", "raw"}


@dataclass(frozen=True)
class SubmittedNotebook:
    """A submitted notebook.

    Attributes:
        notebook: the notebook in the current format; every cell has an id, a type, a source and metadata.
        notes: the repairs, one sentence each, in the instructor's language.
    """

    notebook: NotebookNode
    notes: tuple[str, ...] = ()


def read_submission(content: bytes) -> SubmittedNotebook:
    """Read a submitted notebook.

    Args:
        content: the bytes of the file.

    Raises:
        UnusableNotebook: the file is empty, too large, cut off, or not a notebook.
    """
    if len(content) > LARGEST:
        size = len(content) // 2**20
        raise UnusableNotebook(
            _("The file is {size} MB large; a notebook may have {limit} MB.").format(size=size, limit=LARGEST // 2**20),
            _("Ask for the notebook without its outputs (Edit > Clear Outputs of All Cells)."),
        )
    _refuse_other_kind(content)
    text, notes = _decoded(content)
    book = _parsed(text, notes)
    version = _version(book)
    if version is None:
        version = book.get("nbformat")
        raise UnusableNotebook(
            _("The file is JSON, but not a notebook of a format that is known (nbformat {version}).").format(
                version=version
            ),
            _("Ask for the .ipynb file that was released."),
        )
    if version < 4:
        notes.append(_("converted from notebook format {version} to 4").format(version=version))
        book = _upgraded(book | {"nbformat": version})
    notes += _completed(book)
    return SubmittedNotebook(nbformat.from_dict(book), tuple(notes))


def _version(book: dict[str, Any]) -> int | None:
    """Return the notebook's format by its keys: ``cells`` since 4, ``worksheets`` before; None if it has neither.

    Some programs write ``nbformat`` as text, as a float, wrong, or not at all.
    """
    declared = book.get("nbformat")
    known = declared if type(declared) is int and declared in (2, 3, 4) else None
    if isinstance(book.get("cells"), list) and book["cells"]:
        return 4
    if isinstance(book.get("worksheets"), list):
        return 2 if known == 2 else 3
    return known


def _decoded(content: bytes) -> tuple[str, list[str]]:
    if not content.strip(b"\0 \t\r\n"):
        raise UnusableNotebook(_("The file is empty."), _("Ask the learner to save the notebook and send it again."))
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            behind = content[len(mark) :].lstrip()
            try:
                # Some programs write the mark of another encoding before UTF-8.
                is_utf_8 = behind[:1] == b"{" and behind[1:2] != b"\0"
                text = (behind.decode() if is_utf_8 else content.decode(encoding)).lstrip("\ufeff")
            except UnicodeDecodeError:
                break
            return text, [_("a byte-order mark ({encoding})").format(encoding=encoding)]
    # JSON begins with an ASCII character, so one of the first two bytes of UTF-16 without a mark is zero.
    for encoding, zero in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(content) % 2 == 0 and content[zero] == 0 and content[1 - zero] != 0:
            try:
                return content.decode(encoding), [_("saved in the encoding {encoding} instead of UTF-8").format(
                    encoding=encoding
                )]  # fmt: skip
            except UnicodeDecodeError:
                break
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    # Bytes that are not UTF-8 come from an editor that saved in its system's encoding. GB 2312 comes first: it accepts
    # pairs of high bytes only, while Windows' Western encoding accepts nearly everything.
    for encoding in ("gb2312", *_guessed(content), "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, [_("saved in the encoding {encoding} instead of UTF-8").format(encoding=encoding)]
    return content.decode("utf-8", "replace"), [_("bytes that are not UTF-8")]


def _parsed(text: str, notes: list[str]) -> dict[str, Any]:
    text = text.replace("\x00", "").strip()
    try:
        book, end = json.JSONDecoder(strict=False).raw_decode(text)
        if text[end:].strip():
            if not isinstance(book, dict) or _version(book) is None:
                raise json.JSONDecodeError("Extra data", text, end)
            notes.append(_("something after the end of the notebook"))
        if "\\ud" in text.lower():
            # A lone surrogate cannot be encoded in a file.
            book = json.loads(json.dumps(book, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        what = _("The notebook is damaged: it has lists in lists, thousands of levels deep.")
        raise UnusableNotebook(what, _("Ask for the .ipynb file that was released.")) from error
    except ValueError as error:
        if mark := re.search(r"^<{7} ", text, re.MULTILINE):
            if (merged := _merged(text)) is not None:
                notes.append(_("a conflict that Git could not merge, with the same code on both sides"))
                return merged
            what = _("The notebook is damaged: it has a conflict that Git could not merge, in line {line}.").format(
                line=text.count("\n", 0, mark.start()) + 1
            )
            raise UnusableNotebook(what, _("Ask the learner to choose one of the two versions.")) from error
        what = _("The file is not a whole notebook: its JSON breaks off or is damaged in line {line}.").format(
            line=getattr(error, "lineno", "?")
        )
        raise UnusableNotebook(what, _("Ask the learner to save the notebook and send it again.")) from error
    if isinstance(book, str) and book.lstrip().startswith("{"):
        # A program encoded the notebook's JSON once more as a string.
        return _parsed(book, notes)
    if not isinstance(book, dict):
        raise UnusableNotebook(_("The file is JSON, but not a notebook."), _("Ask for the .ipynb file."))
    # Jupyter's contents API wraps the notebook in another object.
    inner = next((each for each in map(book.get, ("content", "notebook")) if isinstance(each, dict)), None)
    return inner if _version(book) is None and inner is not None and _version(inner) is not None else book


def _guessed(content: bytes) -> tuple[str, ...]:
    """Return the encoding of a text in an East Asian encoding, by its bytes; an empty tuple for others."""
    try:
        used = encodings.decode(content)[1]
    except HubRefused:
        return ()
    return (used,) if used in _EASTERN else ()


def _merged(text: str) -> dict[str, Any] | None:
    """Return the first side of a Git conflict if both sides are notebooks with the same text in them; otherwise None.

    Most conflicts are in execution counts and outputs, which do not count.
    """
    sides = sides_of_conflicts(text)
    if sides is None:
        return None
    try:
        first, second = (json.loads(side, strict=False) for side in sides)
    except (ValueError, RecursionError):
        return None
    texts = _texts_of_cells(first)
    return first if texts is not None and texts == _texts_of_cells(second) else None


def _texts_of_cells(book: object) -> list[tuple[str, str]] | None:
    """Return the type and the text of each cell that has a text; None if there are no cells.

    Spaces at the end of a line do not count; those at its beginning are part of Python's meaning.
    """
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        return None
    texts = [
        (str(cell.get("cell_type")), "\n".join(line.rstrip() for line in _joined(cell.get("source")).split("\n")))
        for cell in cells
        if isinstance(cell, dict)
    ]
    return [(kind, text.rstrip()) for kind, text in texts if text.strip()]


def _refuse_other_kind(content: bytes) -> None:
    """Raise an error that names the format of a file which, judging by its first bytes, is not JSON.

    Raises:
        UnusableNotebook: it is an archive, a PDF, a web page or a script.
    """
    start = content[:4_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = next((name for mark, name in _MAGIC.items() if start.startswith(mark)), "")
    if re.match(rb"<(?:!doctype|html|\?xml|head|body)", start, re.IGNORECASE):
        kind = _("a web page (HTML)")
    elif not start.startswith((b"{", b"[")) and _SCRIPT.search(start):
        kind = _("a Python script")
    if kind:
        raise UnusableNotebook(
            _("The file is {kind}, not a notebook, whatever its name says.").format(kind=kind),
            _("Ask for the .ipynb file."),
        )


def _upgraded(book: dict[str, Any]) -> dict[str, Any]:
    try:
        for sheet in book.get("worksheets") or ():
            for cell in (sheet.get("cells") or ()) if isinstance(sheet, dict) else ():
                if isinstance(cell, dict) and isinstance(cell.get("source"), list):
                    # nbformat converts headings only if their text is a single string.
                    cell["source"] = _joined(cell["source"])
                # Format 3 calls a code cell's text its input.
                if isinstance(cell, dict) and cell.get("cell_type") == "code" and "source" in cell:
                    cell.setdefault("input", cell.pop("source"))
                    cell.setdefault("outputs", [])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dict(nbformat.convert(nbformat.from_dict(book), 4))
    except Exception as error:  # nbformat fails in many ways on a damaged notebook
        what = _("The notebook is of an old format and cannot be converted: {reason}.").format(reason=error)
        raise UnusableNotebook(what, _("Ask the learner to open it in JupyterLab and save it again.")) from error


def _completed(book: dict[str, Any]) -> list[str]:
    """Add what the format requires, drop what it forbids, and return the notes."""
    notes: list[str] = []
    metadata = book.get("metadata")
    if not isinstance(metadata, dict):
        metadata = book["metadata"] = {}
    # Colab and VS Code save widget metadata without the state that nbconvert requires.
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
            _("The notebook has {number} cells; at most {most} are allowed.").format(
                number=len(cells), most=MOST_CELLS
            ),
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
    """Complete a cell to what the format requires; return the number of damaged parts."""
    damaged = 0
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _CELL_TYPES:
        # Headings and HTML cells of format 3 become Markdown.
        cell["cell_type"] = kind = "markdown"
        damaged += 1
    source = cell.get("source", "")
    if isinstance(source, list | dict):
        source = _joined(source)
    if not isinstance(source, str):
        source, damaged = "", damaged + 1
    cell["source"] = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
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
        # Outputs of the learner's own run do not count, and may be huge.
        cell["outputs"] = []
        count = cell.get("execution_count")
        cell["execution_count"] = count if type(count) is int and 0 < count < _LARGEST_COUNT else None
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
    """Return whether metadata have few values and little nesting."""
    return values_in(value, _MOST_VALUES, _DEEPEST) is not None


def shortened(name: str) -> str:
    """Return a learner's name for something, shortened for a note and without invalid characters."""
    name = name.encode("utf-8", "replace").decode()
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _joined(source: object) -> str:
    lines = list(_texts_in(source))
    # Some programs split a text into lines without line breaks.
    return ("" if any("\n" in line for line in lines) else "\n").join(lines)


def _texts_in(value: object, depth: int = 0) -> Iterator[str]:
    """Yield the texts in nested lists and dictionaries; a cell's source is normally a list of lines."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict) and depth < _DEEPEST_TEXT:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(each, depth + 1)


def _is_id(name: str) -> bool:
    return all(character.isascii() and (character.isalnum() or character in "-_") for character in name)


def _are_attachments(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(files, dict) and all(isinstance(content, str) for content in files.values())
        for files in value.values()
    )
