"""Read the file of a class list into lines of cells: CSV text, or the first sheet of a workbook.

The separator is detected, because Excel uses that of the locale: semicolons in Germany, commas in China. Each decision
is reported, so that a teacher can correct it.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autograde.encodings import decode
from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Limits in bytes for a file, and for a workbook after unpacking.
_MOST_BYTES, _MOST_UNPACKED = 5_000_000, 20_000_000

#: Limits for a workbook: rows of a sheet (further ones are not read), columns (wider lists are rejected), and sheets.
_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 20_000, 100, 20

#: Possible separators, the rarest inside a cell first. If several fit equally well, the first one wins.
_SEPARATORS = ("\t", ";", "|", "，", "；", ",")

#: Number of lines from which the separator is detected.
_SAMPLE = 60

#: A cell with one or several addresses.
_EMAILS = re.compile(r"[^@\s,;|<>]+@[^@\s,;|<>]+(?:[\s,;]+[^@\s,;|<>]+@[^@\s,;|<>]+)*")

#: Invisible characters: zero-width spaces, soft hyphens, and marks for the writing direction.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")

#: A cell of the line below the header of a Markdown table.
_RULE = re.compile(r":?-{2,}:?")

#: Magic numbers of file formats that may contain a list, but not as a table.
_OTHER_FORMATS = {
    b"%PDF": "PDF", b"{\\rtf": "RTF", b"<": "HTML/XML", b"[{": "JSON", b"[[": "JSON", b'{"': "JSON",
    b"BEGIN:VCARD": "vCard",
}  # fmt: skip

#: Number of digits of a number that Excel stores; the others become 0.
_DIGITS = 15


@dataclass(frozen=True)
class Line:
    """The cells of a line, without surrounding spaces; lines are numbered from 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, at: int) -> str:
        """Return a cell; empty if the line is shorter."""
        return self.cells[at] if at < len(self.cells) else ""


@dataclass(frozen=True)
class ClassFile:
    """A class list's lines.

    Attributes:
        encoding: Python's name of the encoding; empty for a workbook.
        separator: the separator of columns; empty for a workbook and for a list with one column.
        lines: the lines that are not empty.
        text: the list as text; reading it again gives the same lines.
        sheet: the name of the workbook's sheet; empty for text.
        more_sheets: whether the workbook has sheets that were not read.
        guessed: whether the encoding was guessed from the bytes.
        hidden: the numbers of lines that are hidden in a workbook, by a filter or manually.
    """

    encoding: str
    separator: str
    lines: tuple[Line, ...]
    text: str
    sheet: str = ""
    more_sheets: bool = False
    guessed: bool = False
    hidden: tuple[int, ...] = ()


def read_file(content: bytes, encoding: str = "", language: str = "en") -> ClassFile:
    """Read a CSV file or an .xlsx workbook.

    Args:
        content: the file.
        encoding: the text's encoding; empty: detect it.
        language: the language of messages.

    Raises:
        HubRefused: it is another kind of file, damaged or too large.
    """
    _ = translator("classroom", language)
    if len(content) > _MOST_BYTES:
        raise HubRefused(_("This file is too large for a class list. The limit is {n} MB.").format(n=5))
    if content.startswith(b"PK\x03\x04") and (kind := _archive_kind(content)):
        message = _("This file is {kind}, not a workbook (.xlsx). Take the list out of it, or save it as .xlsx or CSV.")
        raise HubRefused(message.format(kind=kind))
    if content.startswith(b"PK\x03\x04"):
        return _read_workbook(content, language)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise HubRefused(_("This is an old Excel file (.xls), or it has a password. Save the list as .xlsx or CSV."))
    _refuse_other_format(content, language)
    text, used, guessed = decode(content, encoding, language)
    separator, lines = _split(text, language)
    _refuse_wide(lines, language)
    return ClassFile(used, separator, tuple(lines), text, guessed=guessed)


def _refuse_wide(lines: Sequence[Line], language: str) -> None:
    if any(len(line.cells) > _MOST_COLUMNS for line in lines):
        _ = translator("classroom", language)
        message = _("This list has more than {n} columns. Keep only those that are needed.")
        raise HubRefused(message.format(n=_MOST_COLUMNS))


def _refuse_other_format(content: bytes, language: str) -> None:
    """Reject web pages, PDFs and similar files, whose lines are not people."""
    start = content[:100].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    kind = next((name for mark, name in _OTHER_FORMATS.items() if start.startswith(mark.upper())), "")
    if kind and not (kind == "HTML/XML" and b"@" in start.partition(b">")[0]):
        _ = translator("classroom", language)
        message = _("This file is {kind}, not a table. Open it in Excel or LibreOffice and save the list as CSV.")
        raise HubRefused(message.format(kind=kind))


def _split(text: str, language: str) -> tuple[str, list[Line]]:
    """Return a text's separator and lines. The separator is the one with which most lines have equally many cells."""
    # Excel may write a first line that names the separator. Keep its line end, so that line numbers stay correct.
    declared = re.match(r'"?sep=(.)"?\r?(?=\n)', text)
    if declared and declared[1] in text[declared.end() :]:
        return declared[1], _lines(text[declared.end() :], declared[1], language)
    sample = "\n".join(text.splitlines()[:_SAMPLE])
    text = text[declared.end() :] if declared else text
    best, found = 0.0, ""
    for separator in _SEPARATORS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=separator, skipinitialspace=True) if row]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, often = widths.most_common(1)[0]
        with_address = [row for row in rows if any("@" in cell for cell in row)]
        clean = sum(any(_EMAILS.fullmatch(cell.strip()) for cell in row) for row in with_address)
        score = often / len(rows) + (clean / len(with_address) if with_address else 1) + min(width, 20) / 100
        if score > best:
            best, found = score, separator
    if not found and (inner := _unwrapped(text)):
        return _split(inner, language)
    if not found and (lines := _in_columns(text)):
        return "  ", lines
    return found, _lines(text, found or ",", language)


def _unwrapped(text: str) -> str:
    """Return the text without quotation marks around complete lines, as in "ada;Ada"; empty if there are none.

    A comma followed by a space may be part of a name.
    """
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return ""
    cells = [row[0] for row in rows if len(row) == 1 and row[0]]
    wrapped = text.lstrip().startswith('"') and all(len(row) < 2 for row in rows)
    several = all(re.search(r"[;\t|]|,(?! )", cell) and "\n" not in cell for cell in cells)
    return "\n".join(cells) if wrapped and cells and several else ""


def _lines(text: str, separator: str, language: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader]
        if text.count('"') % 2 and any("\n" in cell and separator in cell for _number, cells in rows for cell in cells):
            # An unclosed quotation mark has swallowed the people below it: read again without quoting.
            plain = csv.reader(text.splitlines(), delimiter=separator, quoting=csv.QUOTE_NONE, skipinitialspace=True)
            rows = [(plain.line_num, [cell.strip().strip('"') for cell in cells]) for cells in plain]
        lines = [Line(number, tuple(map(_clean, cells))) for number, cells in rows]
        return [line for line in lines if any(line.cells) and not _is_rule(line)]
    except csv.Error as error:
        _ = translator("classroom", language)
        message = _("The list cannot be read as CSV, near line {line}: {reason}.")
        raise HubRefused(message.format(line=reader.line_num, reason=error)) from None


def _in_columns(text: str) -> list[Line]:
    """Return the lines of a table with columns aligned by spaces; an empty list if it is not such a table."""
    rows = [(number, re.split(r" {2,}", row.strip())) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    widths = {len(cells) for _number, cells in rows}
    if len(rows) < 2 or len(widths) != 1 or widths == {1}:
        return []
    return [Line(number, tuple(map(_clean, cells))) for number, cells in rows]


def _clean(cell: str) -> str:
    """Return a cell without invisible characters, surrounding spaces and double spaces."""
    return " ".join(_UNSEEN.sub("", cell).replace("＠", "@").split())


def _is_rule(line: Line) -> bool:
    return all(_RULE.fullmatch(cell) or not cell for cell in line.cells)


def _read_workbook(content: bytes, language: str) -> ClassFile:
    """Read the first sheet of an .xlsx workbook: values as Excel shows them, and the results of formulas."""
    # Imported late, because it is slow; zipfile and the XML parser too, because they take 1 MiB of a Hub's memory.
    import openpyxl

    _ = translator("classroom", language)
    try:
        _check_archive(content)
        with warnings.catch_warnings():
            # openpyxl warns about parts that it ignores, such as styles and pictures.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
            sheets = {name: _sheet_lines(book[name]) for name in names[:_MOST_SHEETS]}
            title = _sheet_of_people(sheets)
            lines = sheets.get(title, [])
            formula, hidden = _overlooked(content, book[title]._worksheet_path) if title else ("", [])
    except _TooLarge:
        raise HubRefused(_("This workbook is too large. Save the list as CSV.")) from None
    except Exception as error:
        # A damaged file may fail in many ways inside zipfile, the XML parser and openpyxl.
        message = _("This file cannot be read as an Excel workbook (.xlsx): {reason}. Save the list as CSV.")
        raise HubRefused(message.format(reason=str(error)[:200] or type(error).__name__)) from None
    _refuse_wide(lines, language)
    if formula:
        message = _("Cell {cell} has a formula whose result is not in the file.")
        fix = _("Open the workbook in Excel or LibreOffice, save it there, and try again.")
        raise HubRefused(message.format(cell=formula), fix)
    written = io.StringIO()
    table, before = csv.writer(written, lineterminator="\n"), 0
    for line in lines:
        written.write("\n" * (line.number - before - 1))
        table.writerow(line.cells)
        before = line.number
    unseen = tuple(line.number for line in lines if line.number in hidden)
    return ClassFile("", "", tuple(lines), written.getvalue(), title, len(names) > 1, hidden=unseen)


def _overlooked(content: bytes, part: str) -> tuple[str, list[int]]:
    """Return the first cell with a formula but no cached result, and the numbers of hidden rows.

    openpyxl does not provide these. Excel saves the results of formulas, but other programs may not.
    """
    import zipfile
    from xml.etree import ElementTree

    formula, hidden, number = "", [], 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part.lstrip("/")) as stream:
        # Safe, because the archive was checked for entities and for its size.
        for _event, element in ElementTree.iterparse(stream):  # noqa: S314
            kind = element.tag.rpartition("}")[2]
            if kind == "c":
                has = {child.tag.rpartition("}")[2]: child.text for child in element}
                # A text may be empty, a number may not.
                if "f" in has and not has.get("v") and element.get("t") != "str":
                    formula = formula or element.get("r", "?")
            elif kind == "row":
                number = int(element.get("r", number + 1))
                if element.get("hidden") in ("1", "true"):
                    hidden.append(number)
                element.clear()
    return formula, hidden


def _sheet_lines(sheet: Any) -> list[Line]:
    """Return the lines of a sheet that are not empty."""
    rows = _cells(sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS + 1))
    return [Line(number, cells) for number, cells in rows if any(cells)]


def _sheet_of_people(sheets: dict[str, list[Line]]) -> str:
    """Return the name of the first sheet with a table; sheets before it may be empty or contain instructions."""
    tables = [name for name, lines in sheets.items() if sum(len(line.cells) > 1 for line in lines) > 1]
    filled = [name for name, lines in sheets.items() if lines]
    first = next(iter(filled), "")
    # A single column may also be a list of people, unless it is just text.
    if tables and first != tables[0] and len(sheets[first]) < len(sheets[tables[0]]) + 2:
        return tables[0]
    return first


def _archive_kind(content: bytes) -> str:
    """Return the format of an archive other than a workbook, by the names in it; empty if unknown."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except Exception:
        return ""
    if "mimetype" in names and "content.xml" in names:
        return "OpenDocument (.ods)"
    if "word/document.xml" in names:
        return "Word (.docx)"
    return "" if any(name.startswith("xl/") for name in names) or "content.xml" in names else "ZIP"


class _TooLarge(Exception):
    """Raised when a workbook is too large, or contains XML entities, which can expand without limit."""


def _check_archive(content: bytes) -> None:
    """Raise if an archive is not a workbook, is too large after unpacking, or contains XML entities."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > 1000 or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise _TooLarge
        if "xl/workbook.xml" not in archive.namelist():
            raise ValueError("xl/workbook.xml")
        for part in parts:
            # zipfile reads at most the size counted above.
            head = archive.read(part) if part.filename.endswith((".xml", ".rels")) else b""
            if any("<!DOCTYPE".encode(encoding) in head for encoding in ("ascii", "utf-16-le", "utf-16-be")):
                raise _TooLarge


def _cells(rows: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(rows, 1):
        cells = [_shown(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield number, tuple(cells)


def _shown(cell: Any) -> str:
    """Return a cell's value as Excel shows it: 20230042, not 20230042.0; 00123 if the format has five digits."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) > _DIGITS:
        return f"{value:.5E}"
    if isinstance(value, int) and not isinstance(value, bool):
        zeros = re.fullmatch(r"0+", str(getattr(cell, "number_format", "")))
        return str(value).zfill(len(zeros[0]) if zeros else 1)
    if isinstance(value, datetime):
        return value.date().isoformat()
    # Excel writes a line break within a cell in this way.
    return _clean(str(value).replace("_x000D_", " "))
