"""Read the file of a class list into lines of cells: CSV text, or the first sheet of a workbook.

The separator is detected, because Excel uses the one of the country: semicolons in Germany, commas in China. Each
decision is reported, so that a teacher can correct it.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autograde.classroom.encodings import decode
from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Limits in bytes: of a file, and of a workbook after unpacking.
_MOST_BYTES, _MOST_UNPACKED = 5_000_000, 20_000_000

#: Limits of a workbook's sheet: further rows and columns are not read. A text with more columns is refused.
_MOST_ROWS, _MOST_COLUMNS = 20_000, 100

#: Possible separators. If several fit equally well, the first one wins: it is the rarest inside a cell.
_SEPARATORS = ("\t", ";", "|", "，", "；", ",")

#: Number of lines from which the separator is detected.
_SAMPLE = 60

_EMAIL = re.compile(r"[^@\s,;|<>]+@[^@\s,;|<>]+")


@dataclass(frozen=True)
class Line:
    """The cells of a line, without surrounding blanks; lines are numbered from 1."""

    number: int
    cells: tuple[str, ...]


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
    """

    encoding: str
    separator: str
    lines: tuple[Line, ...]
    text: str
    sheet: str = ""
    more_sheets: bool = False
    guessed: bool = False


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
    if content.startswith(b"PK\x03\x04"):
        return _read_workbook(content, language)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise HubRefused(_("This is an old Excel file (.xls), or it has a password. Save the list as .xlsx or CSV."))
    text, used, guessed = decode(content, encoding, language)
    separator, lines = _split(text, language)
    if any(len(line.cells) > _MOST_COLUMNS for line in lines):
        raise HubRefused(
            _("This list has more than {n} columns. Keep only those that are needed.").format(n=_MOST_COLUMNS)
        )
    return ClassFile(used, separator, tuple(lines), text, guessed=guessed)


def _split(text: str, language: str) -> tuple[str, list[Line]]:
    """Return a text's separator and lines. The separator is the one that gives most lines the same number of cells."""
    # Excel may write a first line that names the separator. Keep its line end, so that line numbers stay right.
    if told := re.match(r'"?sep=(.)"?\r?(?=\n)', text):
        return told[1], _lines(text[told.end() :], told[1], language)
    sample = "\n".join(text.splitlines()[:_SAMPLE])
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
        clean = sum(any(_EMAIL.fullmatch(cell.strip()) for cell in row) for row in with_address)
        score = often / len(rows) + (clean / len(with_address) if with_address else 1) + min(width, 20) / 100
        if score > best:
            best, found = score, separator
    return found, _lines(text, found or ",", language)


def _lines(text: str, separator: str, language: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        return [
            Line(reader.line_num, tuple(" ".join(cell.split()) for cell in cells))
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        _ = translator("classroom", language)
        message = _("The list cannot be read as CSV, near line {line}: {reason}.")
        raise HubRefused(message.format(line=reader.line_num, reason=error)) from None


def _read_workbook(content: bytes, language: str) -> ClassFile:
    """Read the first sheet of an .xlsx workbook: values as Excel shows them, and the results of formulas."""
    # Imported late, because it is slow.
    import openpyxl

    _ = translator("classroom", language)
    try:
        _check_archive(content)
        with warnings.catch_warnings():
            # openpyxl warns about parts that it ignores, such as styles and pictures.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            lines = [
                Line(number, cells)
                for number, cells in _cells(sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS))
                if any(cells)
            ]
    except _TooLarge:
        raise HubRefused(_("This workbook is too large. Save the list as CSV.")) from None
    except Exception as error:
        # A damaged file may fail in many ways inside zipfile, the XML parser and openpyxl.
        message = _("This file cannot be read as an Excel workbook (.xlsx): {reason}. Save the list as CSV.")
        raise HubRefused(message.format(reason=str(error)[:200] or type(error).__name__)) from None
    written = io.StringIO()
    table, before = csv.writer(written, lineterminator="\n"), 0
    for line in lines:
        written.write("\n" * (line.number - before - 1))
        table.writerow(line.cells)
        before = line.number
    return ClassFile("", "", tuple(lines), written.getvalue(), str(sheet.title), len(book.worksheets) > 1)


class _TooLarge(Exception):
    """Raised when a workbook is too large, or contains XML entities, which can expand without limit."""


def _check_archive(content: bytes) -> None:
    """Raise for an archive that is no workbook, is too large after unpacking, or contains XML entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > 1000 or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise _TooLarge
        if "xl/workbook.xml" not in archive.namelist():
            raise ValueError("xl/workbook.xml")
        for part in parts:
            # zipfile reads at most the size that was counted above.
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
    if isinstance(value, int) and not isinstance(value, bool):
        zeros = re.fullmatch(r"0+", str(getattr(cell, "number_format", "")))
        return str(value).zfill(len(zeros[0]) if zeros else 1)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return " ".join(str(value).split())
