"""Guessing the encoding of a text from its bytes."""

from __future__ import annotations

import time

import pytest

from autograde.encodings import decode
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
        ("name\nΝίκος Παπάς\n", "cp1253"), (GERMAN, "cp850"), (KOREAN, "euc_kr"), ("김민준\n이서연\n", "euc_kr"),
        ("20231,김똠\n20232,이서연\n", "cp949"), (JAPANESE, "euc_jp"),
        (RUSSIAN, "cp866"), (RUSSIAN, "iso8859_5"), (RUSSIAN, "mac_cyrillic"), (POLISH, "mac_latin2"),
        ("山田太郎", "cp932"), ("José €", "cp1252"), ("Ada® Lovelace", "cp1252"),
        ("姓名\n王小明\n李华\n", "utf-16-le"), ("姓名\n王小明\n李华\n", "utf-16-be"),
        ("José Núñez\nFrançoise Lefèvre\nBjørn Ødegård\n", "cp1252"),
    ],
)  # fmt: skip
def test_encoding_is_guessed_from_the_content(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding, True)


def test_text_that_was_encoded_twice_is_repaired() -> None:
    for text in (GERMAN, CZECH, CHINESE, "Álvaro Ángel"):
        twice = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode()).encode()
        assert decode(twice) == (text, "utf-8", True)


def test_encoding_of_a_large_file_is_guessed_quickly() -> None:
    """Only the first letters are used, and each is examined once."""
    text = "é;" * 2_000_000
    before = time.process_time()
    assert decode(text.encode("cp1252"))[1] == "cp1252"
    assert time.process_time() - before < 8, "copying the file for each accent would take hours"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [GERMAN, CHINESE])
def test_unicode_encoding_is_recognised_without_guessing(text: str, encoding: str) -> None:
    found, __, guessed = decode(text.encode(encoding))
    assert (found, guessed) == (text, False)


def test_encoding_can_be_given() -> None:
    assert decode("Müller".encode("cp1252"), "Windows-1252") == ("Müller", "cp1252", False)
    with pytest.raises(HubRefused, match="encoding klingon"):
        decode(b"ada", "klingon")
    with pytest.raises(HubRefused, match="encoding utf-8"):
        decode("Müller".encode("cp1252"), "utf-8")


@pytest.mark.parametrize("content", [b"\xff\xff\xff\x00\x80", b"\x89PNG\r\n\x1a\n\xff\xfe\x81", b"ada\0bob"])
def test_binary_content_gives_a_clear_error(content: bytes) -> None:
    with pytest.raises(HubRefused, match="not text"):
        decode(content)


def test_damaged_utf_8_is_not_read_as_something_else() -> None:
    content = CHINESE.encode() + b"2023004,\xe6\x9d\n"
    with pytest.raises(HubRefused, match="line 5 is damaged"):
        decode(content)
