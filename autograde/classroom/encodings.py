"""Guess the encoding of a text file from its bytes.

Excel saves CSV in the encoding of the country: Windows-1252 in Germany, GBK in China.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import islice

from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Number of letters outside ASCII from which the encoding is guessed.
_EVIDENCE = 20_000


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
    """Return the kind of UTF-16 without a byte order mark, by the zeros in its ASCII; empty if there are none."""
    if len(content) < 4 or len(content) % 2:
        return ""
    zeros = (content[::2].count(0), content[1::2].count(0))
    if max(zeros) * 3 < len(content) // 2 or min(zeros) * 10 > max(zeros):
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _refuse_damaged(content: bytes, error: UnicodeDecodeError, language: str) -> None:
    """Raise for UTF-8 that is damaged in a few places: in any other encoding, all of it would be wrong."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(mark > "\x7f" for mark in text) - broken
    if whole > 3 * broken:
        _ = translator("classroom", language)
        message = _("This file is UTF-8, but line {line} is damaged. Save it again, or choose its encoding.")
        raise HubRefused(message.format(line=content.count(b"\n", 0, error.start) + 1))


def _legacy(content: bytes) -> tuple[str, str]:
    """Return text and encoding of a file in a legacy encoding; ``("", "")`` if none fits.

    A letter with an accent is one high byte between ASCII letters; Chinese and Japanese are runs of two and more.
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
    """Decode as Windows-1252 (preferred), Windows-1250 or Mac Roman: the one with most letters in likely places."""
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
    """Return whether a letter is in a likely place: no capital after a small letter, no symbol inside a word."""
    before = text[place - 1 : place]
    mark = text[place]
    return mark in "’–" or (mark.isalpha() and mark not in "ªºµ" and not (mark.isupper() and before.islower()))


def _eastern(content: bytes) -> tuple[str, str]:
    """Decode as GB18030 (preferred), Big5 or Shift-JIS: the one with the most common characters."""
    best, found = -1.0, ("", "")
    for encoding, everyday in (("gb18030", _everyday_gb), ("cp950", _everyday_big5), ("cp932", _everyday_japanese)):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        marks = list(islice((mark for mark in text if mark > "\x7f"), _EVIDENCE))
        share = sum(everyday(mark.encode(encoding), mark) for mark in marks) / max(len(marks), 1)
        # GB18030 is by far the most frequent, so another encoding must fit clearly better.
        if share > best + (0.2 if found[1] else 0):
            best, found = share, (text, encoding)
    return found


def _everyday_gb(code: bytes, mark: str) -> bool:
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3))


def _everyday_big5(code: bytes, mark: str) -> bool:
    return len(code) == 2 and 0xA4 <= code[0] <= 0xC6


def _everyday_japanese(code: bytes, mark: str) -> bool:
    return len(code) == 2 and (0x88 <= code[0] <= 0x97 or "\u3041" <= mark <= "\u30ff")
