"""The files of class lists: encodings decided by evidence, separators, Excel workbooks and their limits."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import openpyxl
import pytest

from autograde.classroom.encodings import decode
from autograde.classroom.list_files import read_file
from autograde.errors import HubRefused

GERMAN = "jmueller;Jürgen Müller\nkgross;Käthe Groß\noez;Öznur Yıldız\n".replace("ı", "i")
FRENCH = "Prénom,Nom\nZoë,Lefèvre\nAndré,Çelik\n"
CHINESE = "学号,姓名\n2023001,王小明\n2023002,欧阳婷婷\n2023003,李华\n"
TAIWANESE = "學號,姓名\n2023001,王小明\n2023002,陳怡君\n2023003,林志豪\n"
JAPANESE = "学籍番号,氏名,ふりがな\n2023001,佐藤健一,さとうけんいち\n2023002,鈴木花子,すずきはなこ\n"
CZECH = "Jméno,Příjmení\nJiří,Novák\nŠárka,Dvořáková\n"
POLISH = "Łukasz Świątek\nŻaneta Źródło\n"
TURKISH = "Ayşe Yılmaz\nGökhan Şahin\n"
RUSSIAN = "Имя;Фамилия\nИван;Иванов\nМария;Петрова\n"
KOREAN = "이름,아이디\n김민수,minsu\n이영희,young\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"), (FRENCH, "cp1252"), ("name\nMüßig\n", "cp1252"), ("Łukasz\nStanisław\nŚwięty", "cp1250"),
        (GERMAN, "mac_roman"), (FRENCH, "mac_roman"), (CHINESE, "gb18030"), ("用户名,姓名\nzhu,朱镕基\n", "gb18030"),
        (TAIWANESE, "cp950"), (JAPANESE, "cp932"), (GERMAN, "utf-16-le"), (GERMAN, "utf-16-be"),
        (CZECH, "cp1250"), (POLISH, "iso8859_2"), (TURKISH, "cp1254"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"),
        ("name\nסרה לוי\n", "cp1255"), ("name\nسارة علي\n", "cp1256"), ("name\nJānis Bērziņš\n", "cp1257"),
        ("name\nΝίκος Παπάς\n", "cp1253"), (GERMAN, "cp850"), (KOREAN, "euc_kr"), (JAPANESE, "euc_jp"),
        (RUSSIAN, "cp866"), (RUSSIAN, "iso8859_5"), (RUSSIAN, "mac_cyrillic"), (POLISH, "mac_latin2"),
        ("山田太郎", "cp932"), ("José €", "cp1252"), ("Ada® Lovelace", "cp1252"),
        ("姓名\n王小明\n李华\n", "utf-16-le"), ("姓名\n王小明\n李华\n", "utf-16-be"),
        ("José Núñez\nFrançoise Lefèvre\nBjørn Ødegård\n", "cp1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_decided_by_what_the_file_holds(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding, True)


def test_a_text_that_was_encoded_twice_is_mended_with_a_remark() -> None:
    for text in (GERMAN, CZECH, CHINESE, "Álvaro Ángel"):
        twice = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode()).encode()
        assert decode(twice) == (text, "utf-8", True)


def test_a_large_file_is_decided_quickly() -> None:
    """Its first letters decide, and each is looked at once."""
    text = "é;" * 2_000_000
    before = time.process_time()
    assert decode(text.encode("cp1252"))[1] == "cp1252"
    assert time.process_time() - before < 8, "copying the file for each accent would take hours"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [GERMAN, CHINESE])
def test_unicode_is_no_guess(text: str, encoding: str) -> None:
    found, __, guessed = decode(text.encode(encoding))
    assert (found, guessed) == (text, False)


def test_an_encoding_can_be_told() -> None:
    assert decode("Müller".encode("cp1252"), "Windows-1252") == ("Müller", "cp1252", False)
    with pytest.raises(HubRefused, match="encoding klingon"):
        decode(b"ada", "klingon")
    with pytest.raises(HubRefused, match="encoding utf-8"):
        decode("Müller".encode("cp1252"), "utf-8")


@pytest.mark.parametrize("content", [b"\xff\xff\xff\x00\x80", b"\x89PNG\r\n\x1a\n\xff\xfe\x81", b"ada\0bob"])
def test_what_is_no_text_is_said(content: bytes) -> None:
    with pytest.raises(HubRefused, match="not text"):
        decode(content)


def test_damaged_utf_8_is_not_read_as_something_else() -> None:
    content = CHINESE.encode() + b"2023004,\xe6\x9d\n"
    with pytest.raises(HubRefused, match="line 5 is damaged"):
        decode(content)


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
def test_the_separator_is_the_one_that_fits_most_lines(text: str, separator: str) -> None:
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


def test_a_workbook_is_read_as_excel_shows_it() -> None:
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


def test_a_number_whose_digits_excel_has_lost_is_shown_as_excel_shows_it() -> None:
    assert read_file(workbook([["id"], [12345678901234567]])).lines[1].cells == ("1.23457E+16",)


def test_a_formula_gives_its_value() -> None:
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


def test_a_formula_without_its_result_is_said() -> None:
    """Programs write formulas and leave their results to Excel; the cell looked empty."""
    with pytest.raises(HubRefused, match="A2 has a formula") as refused:
        read_file(workbook([["username", "name"], ["=A1", "Ada"]]))
    assert "save it" in refused.value.fix


def test_a_sheet_with_too_many_columns_is_refused() -> None:
    """The columns after the hundredth were not read, without a word."""
    with pytest.raises(HubRefused, match="more than 100 columns"):
        read_file(workbook([[f"task {number}" for number in range(100)] + ["username"], [1] * 100 + ["ada"]]))


def test_hidden_rows_are_named() -> None:
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


def test_a_workbook_that_grows_without_measure_is_refused() -> None:
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
def test_a_file_that_cannot_be_read_is_said(content: bytes, words: str) -> None:
    with pytest.raises(HubRefused, match=words):
        read_file(content)
