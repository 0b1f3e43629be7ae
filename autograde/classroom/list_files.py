"""The file of a class list, read into lines of cells: its encoding, its separator, or the first sheet of a workbook.

Excel saves CSV in the encoding and with the separator of the country: Windows-1252 and semicolons in Germany, GBK in
China. Both are decided by what the file holds, and every decision is reported so that a teacher can correct it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: The largest file that is read, and the largest that a workbook may be when it is unpacked, in bytes.
_MOST_BYTES = 5_000_000
_MOST_UNPACKED = 20_000_000

#: How far into a sheet rows and columns are read; a text with more columns is refused.
_MOST_ROWS, _MOST_COLUMNS = 20_000, 100

#: The separators that are tried; of two that fit equally well, the one that is rarer inside a cell comes first.
_SEPARATORS = ("\t", ";", "|", "，", "；", ",")

#: How many letters outside ASCII decide about the encoding.
_EVIDENCE = 20_000

#: How many lines decide about the separator.
_SAMPLE = 60

_EMAIL = re.compile(r"[^@\s,;|<>]+@[^@\s,;|<>]+")


@dataclass(frozen=True)
class Line:
    """A line's cells, without surrounding blanks. ``number`` counts from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ClassFile:
    """A class list's lines.

    Attributes:
        encoding: Python's name of the encoding; empty for a workbook.
        separator: what separates the columns; empty for a workbook and for a list of one column.
        lines: the lines that have something in them.
        text: the same list as text that reads the same again.
        sheet: the name of the workbook's sheet; empty for text.
        more_sheets: whether the workbook has sheets that were not read.
        guessed: whether the encoding was decided by the content alone.
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
        encoding: the text's encoding; empty: decided by the content.
        language: the language of messages.

    Raises:
        HubRefused: it is neither, it is damaged or too large.
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


def decode(content: bytes, encoding: str = "", language: str = "en") -> tuple[str, str, bool]:
    """Return a file's text, its encoding, and whether the encoding had to be guessed.

    Raises:
        HubRefused: it is not text, or not in the encoding that was given.
    """
    _ = translator("classroom", language)
    if encoding:
        try:
            used = codecs.lookup(encoding).name
            text = content.decode("utf-8-sig" if used == "utf-8" else used)
        except (LookupError, UnicodeDecodeError) as error:
            message = _("The list cannot be read in the encoding {encoding}: {reason}.")
            fix = _("Common ones: utf-8, windows-1252, gb18030, big5, shift_jis, mac_roman, utf-16.")
            raise HubRefused(message.format(encoding=encoding, reason=error), fix) from None
        guessed = False
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")) and len(content) % 2 == 0:
        text, used, guessed = content.decode("utf-16", "replace"), "utf-16", False
    elif wide := _utf_16(content):
        text, used, guessed = content.decode(wide, "replace"), wide, True
    else:
        try:
            text, used, guessed = content.decode("utf-8-sig"), "utf-8", False
        except UnicodeDecodeError as error:
            _refuse_damaged(content, error, language)
            text, used, guessed = *_legacy(content), True
    text = text.lstrip("\ufeff")
    if not used or any(unicodedata.category(mark) == "Cc" and mark not in "\t\r\n\f\v\x85" for mark in text):
        raise HubRefused(_("This file is not text. Save the list as CSV (UTF-8) and choose that file."))
    return text, used, guessed


def _utf_16(content: bytes) -> str:
    """The kind of UTF-16 without a mark, whose ASCII has a zero in every second byte; empty when it is not UTF-16."""
    if len(content) < 4 or len(content) % 2:
        return ""
    zeros = (content[::2].count(0), content[1::2].count(0))
    if max(zeros) * 3 < len(content) // 2 or min(zeros) * 10 > max(zeros):
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _refuse_damaged(content: bytes, error: UnicodeDecodeError, language: str) -> None:
    """Refuse UTF-8 that is damaged in a few places: read in another encoding, all of it would be wrong."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(mark > "\x7f" for mark in text) - broken
    if whole > 3 * broken:
        _ = translator("classroom", language)
        message = _("This file is UTF-8, but line {line} is damaged. Save it again, or choose its encoding.")
        raise HubRefused(message.format(line=content.count(b"\n", 0, error.start) + 1))


def _legacy(content: bytes) -> tuple[str, str]:
    """The text and encoding of a file from before UTF-8; ``("", "")`` when none fits.

    A letter with an accent is one high byte between ASCII letters; Chinese and Japanese come in runs of two and more.
    """
    western = eastern = 0
    for run in islice(re.finditer(rb"[\x80-\xff]+", content), _EVIDENCE):
        before, after = content[max(run.start() - 1, 0) : run.start()], content[run.end() : run.end() + 1]
        if len(run[0]) == 1 or (len(run[0]) == 2 and before.isalpha() and after.isalpha()):
            western += 1
        else:
            eastern += len(run[0])
    families = (_western(content), _eastern(content))
    for text, encoding in families if western * 2 > eastern else reversed(families):
        if encoding:
            return text, encoding
    return "", ""


def _western(content: bytes) -> tuple[str, str]:
    """The text read as Windows-1252 (first choice), Windows-1250 or Mac Roman, by which has letters in their places."""
    best, found = -1.0, ("", "")
    for encoding in ("cp1252", "cp1250", "mac_roman"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        places = (place for place, mark in enumerate(text) if mark > "\x7f")
        fitting = [_fits(text, place) for place in islice(places, _EVIDENCE)]
        if (share := sum(fitting) / max(len(fitting), 1)) > best:
            best, found = share, (text, encoding)
    return found


def _fits(text: str, place: int) -> bool:
    """Whether a letter is where a name or word has one: no capital after a small letter, no symbol inside a word."""
    before = text[place - 1 : place]
    mark = text[place]
    return mark in "’–" or (mark.isalpha() and mark not in "ªºµ" and not (mark.isupper() and before.islower()))


def _eastern(content: bytes) -> tuple[str, str]:
    """The text read as GB18030 (first choice), Big5 or Shift-JIS, by which has the most everyday characters."""
    best, found = -1.0, ("", "")
    for encoding, everyday in (("gb18030", _everyday_gb), ("cp950", _everyday_big5), ("cp932", _everyday_japanese)):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        marks = list(islice((mark for mark in text if mark > "\x7f"), _EVIDENCE))
        share = sum(everyday(mark.encode(encoding), mark) for mark in marks) / max(len(marks), 1)
        # GB18030 is by far the most frequent: another one must fit clearly better.
        if share > best + (0.2 if found[1] else 0):
            best, found = share, (text, encoding)
    return found


def _everyday_gb(code: bytes, mark: str) -> bool:
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3))


def _everyday_big5(code: bytes, mark: str) -> bool:
    return len(code) == 2 and 0xA4 <= code[0] <= 0xC6


def _everyday_japanese(code: bytes, mark: str) -> bool:
    return len(code) == 2 and (0x88 <= code[0] <= 0x97 or "\u3041" <= mark <= "\u30ff")


def _split(text: str, language: str) -> tuple[str, list[Line]]:
    """The separator and the lines of a text. The separator is the one that cuts most lines into equally many cells."""
    # Excel's own first line names the separator. Its line end stays, so that the lines keep their numbers.
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
    """The first sheet of an .xlsx workbook: values as they are shown, those of formulas too."""
    # Starting the Hub must not wait for this.
    import openpyxl

    _ = translator("classroom", language)
    try:
        _check_archive(content)
        with warnings.catch_warnings():
            # openpyxl warns about what it leaves out: styles, validation, pictures.
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
        # A damaged file fails in any of a dozen ways inside zipfile, the XML parser and openpyxl.
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
    """A workbook is larger than any class list, or refers to what XML can blow up."""


def _check_archive(content: bytes) -> None:
    """Refuse archives that grow without measure: by their size, or by entities in their XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > 1000 or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise _TooLarge
        if "xl/workbook.xml" not in archive.namelist():
            raise ValueError("xl/workbook.xml")
        for part in parts:
            # What is read is never more than the size that was counted above.
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
    """A cell's value as Excel shows it: 20230042 and not 20230042.0, 00123 where the format says five digits."""
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
