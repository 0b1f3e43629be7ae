"""Reading the files of class lists: separators, Excel workbooks, and limits."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from autograde.classroom.list_files import read_file
from autograde.errors import HubRefused


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("Müller, Jürgen;m@uni.example\nLee, Ann;a@uni.example\n", ";"),
        ("Name;E-Mail\nMüller, Jürgen;m@uni.example\n", ";"),
        ('name,note\n"Lee; Ann",x\n"Lovelace; Ada",y\n', ","),
        ("Title, with a comma\nname\tmail\nada\ta@b.c\nbob\tb@b.c\n", "\t"),
        ("ada，a@b.c\nbob，b@b.c\n", "，"),
        ("ada|a@b.c\n", "|"),
        ("ada\nbob\n", ""),
    ],
)
def test_separator_is_the_one_that_fits_most_lines(text: str, separator: str) -> None:
    assert read_file(text.encode()).separator == separator


def workbook(
    rows: list[list[Any]], *, sheets: tuple[str, ...] = ("Class",), formats: dict[str, str] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = sheets[0]
    for row in rows:
        sheet.append(row)
    for place, form in (formats or {}).items():
        sheet[place].number_format = form
    for name in sheets[1:]:
        book.create_sheet(name).append(["other"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_cells_of_a_workbook_are_read_as_excel_shows_them() -> None:
    rows: list[list[Any]] = [
        ["学号", "姓名"],
        [20230042.0, " 王小明 "],
        [],
        [42, None, None],
        [123456789012, "Ada, “A”"],
    ]
    file = read_file(workbook(rows, sheets=("Class 1", "Old"), formats={"A4": "00000"}))
    assert [(line.number, line.cells) for line in file.lines] == [
        (1, ("学号", "姓名")), (2, ("20230042", "王小明")), (4, ("00042",)), (5, ("123456789012", "Ada, “A”")),
    ]  # fmt: skip
    assert (file.sheet, file.more_sheets) == ("Class 1", True)
    assert read_file(file.text.encode()).lines == file.lines


@pytest.mark.parametrize("first", [[], [["Read me first: fill in the next sheet"]], [["x"]]])
def test_the_sheet_with_the_table_is_read(first: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in first:
        book.active.append(row)
    people = book.create_sheet("People")
    for row in (["username", "email"], ["ada", "a@b.c"], ["grace", "g@b.c"]):
        people.append(row)
    written = io.BytesIO()
    if first == [["x"]]:
        book.active.sheet_state = "hidden"
    book.save(written)
    file = read_file(written.getvalue())
    assert (file.sheet, len(file.lines)) == ("People", 3)


def test_number_with_lost_digits_is_read_as_excel_shows_it() -> None:
    assert read_file(workbook([["id"], [12345678901234567]])).lines[1].cells == ("1.23457E+16",)


def test_formula_is_read_as_its_value() -> None:
    """openpyxl writes formulas without values; Excel writes both."""
    content = workbook([["username"], ["=A1"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b'<c r="A2"><f>A1</f><v />', b'<c r="A2" t="str"><f>A1</f><v>ada</v>'
    )
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    assert [line.cells for line in read_file(zipped(parts)).lines] == [("username",), ("ada",)]


def test_formula_without_cached_value_is_reported() -> None:
    """Some programs write formulas without results, which Excel computes: the cell was read as empty."""
    with pytest.raises(HubRefused, match="A2 has a formula") as refused:
        read_file(workbook([["username", "name"], ["=A1", "Ada"]]))
    assert "save it" in refused.value.fix


def test_a_sheet_with_too_many_columns_is_refused() -> None:
    """Columns after the hundredth were ignored silently."""
    with pytest.raises(HubRefused, match="more than 100 columns"):
        read_file(workbook([[f"task {number}" for number in range(100)] + ["username"], [1] * 100 + ["ada"]]))


def test_hidden_rows_are_reported() -> None:
    book = openpyxl.Workbook()
    for row in (["username"], ["ada"], ["dropped"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[9].hidden = True
    written = io.BytesIO()
    book.save(written)
    assert read_file(written.getvalue()).hidden == (3,)


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def test_zip_and_xml_bombs_are_refused() -> None:
    with pytest.raises(HubRefused, match="workbook is too large"):
        read_file(zipped({"xl/workbook.xml": b"<a/>", "xl/sheet.xml": bytes(60_000_000)}))
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(HubRefused, match="workbook is too large"):
            read_file(zipped({"xl/workbook.xml": bomb.decode().encode(encoding)}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and no archive", "cannot be read as an Excel workbook"),
        (zipped({"mimetype": b"", "content.xml": b"<a/>"}), "is OpenDocument"),
        (zipped({"list.csv": b"ada"}), "is ZIP, not a workbook"),
        (b"%PDF-1.4\n%\xe2\xe3", "is PDF, not a table"),
        (b"\xef\xbb\xbf <html><table>", "is HTML"),
        (b'[{"username": "ada"}]', "is JSON"),
        (zipped({"content.xml": b"<a/>"}), "cannot be read as an Excel workbook"),
        (zipped({"xl/workbook.xml": b"<broken"}), "cannot be read as an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
        (b"a" * 5_000_001, "too large"),
        (b"a," * 1000, "more than 100 columns"),
    ],
    ids=["no-archive", "ods", "zip", "pdf", "html", "json", "other-archive", "broken", "xls", "large", "wide"],
)
def test_unreadable_file_gives_a_clear_error(content: bytes, words: str) -> None:
    with pytest.raises(HubRefused, match=words):
        read_file(content)
