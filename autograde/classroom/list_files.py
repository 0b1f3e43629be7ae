"""Read the file of a class list into lines of cells: CSV text here, workbooks in :mod:`.list_workbooks`.

The separator is detected, because Excel uses that of the locale: semicolons in Germany, commas in China. Each decision
is reported, so that a teacher can correct it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from autograde.classroom.class_file import ClassFile, Line, clean, refuse_wide
from autograde.classroom.list_workbooks import archive_kind, read_workbook
from autograde.encodings import decode
from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Limit in bytes for a file.
_MOST_BYTES = 5_000_000

#: Possible separators, the rarest inside a cell first. If several fit equally well, the first one wins.
_SEPARATORS = ("\t", ";", "|", "，", "；", ",")

#: Number of lines from which the separator is detected.
_SAMPLE = 60

#: A cell with one or several addresses.
_EMAILS = re.compile(r"[^@\s,;|<>]+@[^@\s,;|<>]+(?:[\s,;]+[^@\s,;|<>]+@[^@\s,;|<>]+)*")

#: A cell of the line below the header of a Markdown table.
_RULE = re.compile(r":?-{2,}:?")

#: Magic numbers of file formats that may contain a list, but not as a table.
_OTHER_FORMATS = {
    b"%PDF": "PDF", b"{\\rtf": "RTF", b"<": "HTML/XML", b"[{": "JSON", b"[[": "JSON", b'{"': "JSON",
    b"BEGIN:VCARD": "vCard",
}  # fmt: skip


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
        message = _("This file is too large for a class list. The limit is {n} MB.")
        raise HubRefused(message.format(n=_MOST_BYTES // 1_000_000))
    if content.startswith(b"PK\x03\x04") and (kind := archive_kind(content)):
        message = _("This file is {kind}, not a workbook (.xlsx). Take the list out of it, or save it as .xlsx or CSV.")
        raise HubRefused(message.format(kind=kind))
    if content.startswith(b"PK\x03\x04"):
        return read_workbook(content, language)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise HubRefused(_("This is an old Excel file (.xls), or it has a password. Save the list as .xlsx or CSV."))
    _refuse_other_format(content, language)
    text, used, guessed = decode(content, encoding, language)
    separator, lines = _split(text, language)
    refuse_wide(lines, language)
    return ClassFile(used, separator, tuple(lines), text, guessed=guessed)


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
        lines = [Line(number, tuple(map(clean, cells))) for number, cells in rows]
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
    return [Line(number, tuple(map(clean, cells))) for number, cells in rows]


def _is_rule(line: Line) -> bool:
    return all(_RULE.fullmatch(cell) or not cell for cell in line.cells)
