"""Read a class list from an Excel workbook (.xlsx): the sheet with the people, with values as Excel shows them."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from autograde.classroom.class_file import MOST_COLUMNS, ClassFile, Line, clean, refuse_wide
from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Limit in bytes for a workbook after unpacking.
_MOST_UNPACKED = 20_000_000

#: Limits for a workbook: rows of a sheet, further ones are not read, and sheets.
_MOST_ROWS, _MOST_SHEETS = 20_000, 20

#: Number of digits of a number that Excel stores; the others become 0.
_DIGITS = 15


def read_workbook(content: bytes, language: str) -> ClassFile:
    """Read the sheet with the people of an .xlsx workbook: values as Excel shows them, and the results of formulas.

    Raises:
        HubRefused: it is damaged, too large or too wide, or the result of a formula is not in the file.
    """
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
            formula, hidden = _formula_and_hidden_rows(content, book[title]._worksheet_path) if title else ("", [])
    except _TooLarge:
        raise HubRefused(_("This workbook is too large. Save the list as CSV.")) from None
    except Exception as error:
        # A damaged file may fail in many ways inside zipfile, the XML parser and openpyxl.
        message = _("This file cannot be read as an Excel workbook (.xlsx): {reason}. Save the list as CSV.")
        raise HubRefused(message.format(reason=str(error)[:200] or type(error).__name__)) from None
    refuse_wide(lines, language)
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


def _formula_and_hidden_rows(content: bytes, part: str) -> tuple[str, list[int]]:
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
    rows = _cells(sheet.iter_rows(max_row=_MOST_ROWS, max_col=MOST_COLUMNS + 1))
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


def archive_kind(content: bytes) -> str:
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
    return clean(str(value).replace("_x000D_", " "))
