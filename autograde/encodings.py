"""Guess the encoding of a text file from its bytes.

Excel saves CSV in the encoding of the locale: Windows-1252 in Germany, GBK in China.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from autograde.alphabets import OTHER_SCRIPTS, best_fit
from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Number of non-ASCII letters that are used to guess the encoding.
_EVIDENCE = 20_000

#: Share of words from which a text counts as Russian or Greek, and number of letters from which it counts as Korean,
#: because Chinese names may look like three Korean syllables, but not ten.
_OTHER_SCRIPT, _FEWEST_HANGUL = 0.9, 10

#: The most frequent Korean family names, which nine of ten people have. By them, a list of two names is recognised.
_FAMILY_NAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄원천방공현함변염여추"
)

#: Share of words from which a text counts as a language with Latin letters.
_WESTERN = 0.5


def decode(content: bytes, encoding: str = "", language: str = "en") -> tuple[str, str, bool]:
    """Return a file's text, its encoding, and whether the encoding had to be guessed.

    Raises:
        HubRefused: it is not text, or not in the given encoding.
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
    elif content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) and len(content) % 4 == 0:
        text, used, guessed = content.decode("utf-32", "replace"), "utf-32", False
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")) and len(content) % 2 == 0:
        text, used, guessed = content.decode("utf-16", "replace"), "utf-16", False
    elif wide := _utf_16(content):
        text, used, guessed = content.decode(wide, "replace"), wide, True
    else:
        try:
            text, used, guessed = content.decode("utf-8-sig"), "utf-8", False
            if mended := _encoded_twice(text):
                text, guessed = mended, True
        except UnicodeDecodeError as error:
            _refuse_damaged(content, error, language)
            text, used, guessed = *_legacy(content), True
    # DOS ended a text with Ctrl-Z, and a copy may be padded with zeros.
    text = text.lstrip("\ufeff").rstrip("\x1a\0")
    if not used or any(unicodedata.category(mark) == "Cc" and mark not in "\t\r\n\f\v\x85" for mark in text):
        raise HubRefused(_("This file is not text. Save the list as CSV (UTF-8) and choose that file."))
    return text, used, guessed


def _encoded_twice(text: str) -> str:
    """Repair UTF-8 that was read as Windows-1252 and saved again ("JÃ¼rgen" for "Jürgen"); empty if it wasn't."""
    if text.isascii():
        return ""
    try:
        content = b"".join(mark.encode("latin-1" if mark < "\xa0" else "cp1252") for mark in text)
        return content.decode()
    except UnicodeError:
        return ""


def _utf_16(content: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, by the zeros in ASCII text; empty if it is not UTF-16."""
    if len(content) < 4 or len(content) % 2:
        return ""
    zeros = (content[::2].count(0), content[1::2].count(0))
    found = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    if max(zeros) * 3 >= len(content) // 2 and min(zeros) * 10 <= max(zeros):
        return found
    # A list of Chinese names has zeros only at the ends of lines.
    text = content.decode(found, "replace")
    whole = "\n" in text and all(unicodedata.category(mark)[0] != "C" or mark in "\t\r\n" for mark in text)
    return found if whole and min(zeros) == 0 else ""


def _refuse_damaged(content: bytes, error: UnicodeDecodeError, language: str) -> None:
    """Reject UTF-8 that is damaged in a few places, because in any other encoding all of it would be wrong."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(mark > "\x7f" for mark in text) - broken
    # Pairs of bytes that are Chinese, Japanese or Korean may be letters of other scripts in UTF-8.
    if whole > broken and whole > 2 and not _is_everyday_eastern(content):
        _ = translator("classroom", language)
        message = _("This file is UTF-8, but line {line} is damaged. Save it again, or choose its encoding.")
        raise HubRefused(message.format(line=content.count(b"\n", 0, error.start) + 1))


def _is_everyday_eastern(content: bytes) -> bool:
    """Return whether a text is Chinese, Japanese or Korean in a legacy encoding, with common characters only."""
    for encoding, everyday in (*_EASTERN, ("euc_jp", _everyday_kanji), ("euc_kr", _everyday_hangul)):
        with suppress(UnicodeError):
            text = content.decode(encoding)
            if all(everyday(mark.encode(encoding), mark) for mark in text if mark > "\x7f"):
                return True
    return False


def _legacy(content: bytes) -> tuple[str, str]:
    """Return text and encoding of a file in a legacy encoding; ``("", "")`` if none fits.

    An accented letter is a single high byte between ASCII letters, while Chinese and Japanese are runs of two or more.
    So are Russian and Greek, which are recognised by the capital letters of their words.
    """
    western = eastern = 0
    for run in islice(re.finditer(rb"[\x80-\xff]+", content), _EVIDENCE):
        before, after = content[max(run.start() - 1, 0) : run.start()], content[run.end() : run.end() + 1]
        if len(run[0]) == 1 or (len(run[0]) == 2 and before.isalpha() and after.isalpha()):
            western += 1
        else:
            eastern += len(run[0])
    share, *rest = best_fit(content)
    letters = rest[0], rest[1]
    if western * 2 > eastern and (share >= _WESTERN or not eastern) and letters[1]:
        return letters
    share, text, encoding = best_fit(content, OTHER_SCRIPTS)
    # Names have capitals, so text without any is not a Russian list.
    if share > _OTHER_SCRIPT and (encoding in ("cp1255", "cp1256") or _has_capitals(text)):
        return text, encoding
    found = _korean_or_japanese(content) or _eastern(content)
    return found if found[1] else letters


def _has_capitals(text: str) -> bool:
    return any(mark > "\x7f" and mark.isupper() for mark in text)


def _korean_or_japanese(content: bytes) -> tuple[str, str] | None:
    """Return text and encoding of Korean (only Hangul) and of Japanese in EUC (with Kana), otherwise None.

    The bytes of both are also common characters in GB18030.
    """
    for encoding, fits in (("euc_kr", _is_hangul), ("cp949", _has_korean_names), ("euc_jp", _has_kana)):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if fits("".join(mark for mark in text[:_EVIDENCE] if mark.isascii() or mark.isalpha())):
            return text, encoding
    return None


def _is_hangul(text: str) -> bool:
    letters = [mark for mark in text if mark > "\x7f"]
    many = len(letters) >= _FEWEST_HANGUL and all("\uac00" <= letter <= "\ud7a3" for letter in letters)
    return many or _has_korean_names(text)


def _has_korean_names(text: str) -> bool:
    """Return whether all letters are Hangul, and most words are names: two to four letters after a family name."""
    words = re.findall(r"[^\x00-\x7f]+", text)
    if not all("\uac00" <= letter <= "\ud7a3" for word in words for letter in word):
        return False
    names = [word for word in words if 2 <= len(word) <= 4 and word[0] in _FAMILY_NAMES]
    return len(names) > 1 and 2 * len(names) >= len(words)


def _has_kana(text: str) -> bool:
    letters = [mark for mark in text if mark > "\x7f"]
    return 5 * sum("\u3041" <= letter <= "\u30fe" for letter in letters) > len(letters) > 0


def _eastern(content: bytes) -> tuple[str, str]:
    """Decode as GB18030 (preferred), Big5 or Shift-JIS: the one with the most common characters."""
    best, found = -1.0, ("", "")
    for encoding, everyday in _EASTERN:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        marks = list(islice((mark for mark in text if mark > "\x7f"), _EVIDENCE))
        share = sum(everyday(mark.encode(encoding), mark) for mark in marks) / max(len(marks), 1)
        # GB18030 is by far the most frequent, so another encoding must fit much better.
        if share > best + (0.2 if found[1] else 0):
            best, found = share, (text, encoding)
    return found


def _everyday_gb(code: bytes, mark: str) -> bool:
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3))


def _everyday_big5(code: bytes, mark: str) -> bool:
    return len(code) == 2 and 0xA4 <= code[0] <= 0xC6


def _everyday_japanese(code: bytes, mark: str) -> bool:
    return len(code) == 2 and (0x88 <= code[0] <= 0x97 or "\u3041" <= mark <= "\u30ff")


def _everyday_kanji(_code: bytes, mark: str) -> bool:
    return _everyday_japanese(mark.encode("cp932"), mark)


def _everyday_hangul(_code: bytes, mark: str) -> bool:
    return "\uac00" <= mark <= "\ud7a3"


#: Encodings of East Asia, the most frequent first, each with whether one of its characters is common.
_EASTERN: tuple[tuple[str, Callable[[bytes, str], bool]], ...] = (
    ("gb18030", _everyday_gb),
    ("cp950", _everyday_big5),
    ("cp932", _everyday_japanese),
)
