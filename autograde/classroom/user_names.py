"""Derive valid user names from student numbers, e-mail addresses and full names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autograde.classroom.class_list import ListedPerson
from autograde.hub import user_name_problem
from autograde.i18n.translation import translator

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")

#: Text of allowed characters; digits alone are a student number.
_OWN_LETTERS = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9-]+")

#: A number in Excel's scientific notation, whose last digits are lost.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)

#: The months as Excel writes them, in several languages.
_MONTHS = "|".join(
    """
    jan jän feb mar mär mrz apr mai may jun jul aug sep sept oct okt nov dec dez
    january february march april june july august september october november december
    januar jänner februar feber märz juni juli oktober dezember
    janv févr mars avr juin juil août déc
    janvier février avril juillet septembre octobre novembre décembre
    ene abr ago dic enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gen mag giu lug set ott gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    fev out dez janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    mrt mei januari februari maart augustus
    maj des marts sty lut kwi cze lip sie wrz paź lis gru
    oca şub nis haz tem ağu eyl eki kas ara
    янв фев мар апр май мая июн июл авг сен сент окт ноя дек
    """.split()
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: [AP]M)?"

#: A date with the month's name, as Excel shows a user name such as MAR1.
_NAMED_DATE = re.compile(
    rf"{_DAY}(?:\. ?|-)(?:{_MONTHS})\.?(?:[ -](?:{_YEAR}|\d\d))?(?: {_TIME})?"
    rf"|(?:[^\W\d]+, )?(?:{_DAY}\.? (?:de )?(?:{_MONTHS})\.?,? (?:de )?{_YEAR}|(?:{_MONTHS}) {_DAY}, {_YEAR})"
    rf"|(?:{_YEAR}[年년] ?)?{_MONTH}[月월] ?{_DAY}[日일]",
    re.IGNORECASE,
)

#: A date or a time of numbers alone.
_DATE = re.compile(
    rf"(?:{_DAY}/{_DAY}/(?:{_YEAR}|\d\d)|{_DAY}\.{_MONTH}\.{_YEAR}|{_YEAR}[./]{_MONTH}[./]{_DAY})(?: {_TIME})?"
    rf"|{_DAY}\.{_MONTH}\.\d\d {_TIME}|{_YEAR}-{_MONTH}-{_DAY}[ T]{_TIME}|{_TIME}"
)

#: A text that may be a date, a student number or a valid user name.
_LIKE_A_DATE = re.compile(
    rf"{_DAY}\.{_MONTH}\.\d\d|{_YEAR}-{_MONTH}-{_DAY}|{_DAY}-{_DAY}-(?:{_YEAR}|\d\d)"
    rf"|(?:{_MONTHS})\.? \d\d|{_DAY}-(?:{_MONTHS})(?:-(?:{_YEAR}|\d\d))?",
    re.IGNORECASE,
)

#: A line's number before a user name: "1. ada".
_NUMBERED = re.compile(r"\d{1,4}\. ?[^\W\d]")

#: Three numbers with the same separator, as in a date.
_THREE_NUMBERS = re.compile(r"\d+([./-])\d+\1\d+")

#: What Excel shows if a column is too narrow.
_TOO_NARROW = re.compile(r"#{3,}")

#: Most cells in a sentence.
_MOST_CELLS = 20

#: Most characters of a user name.
_LONGEST = 42

#: Replacements for letters that do not consist of an ASCII letter and an accent.
_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae",
        "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "þ": "th", "Þ": "Th", "ı": "i", "'": "", "’": "", "‘": "", "`": "", "´": "",
    }
)  # fmt: skip


def is_address(cell: str) -> bool:
    """Return whether a cell is an e-mail address."""
    return _EMAIL.fullmatch(cell) is not None


def with_user_names(rows: Sequence[ListedPerson], language: str, *, numbered: bool) -> list[ListedPerson]:
    """Return the rows with valid user names, and a remark for each derived one. See :func:`are_numbered`."""
    _ = translator("classroom", language)
    taken = Counter(row.given.lower() for row in rows if user_name_problem(row.given) is None)
    made: dict[str, str] = {}
    result = []
    for row in rows:
        # A name of allowed characters that breaks another rule is a mistake that the teacher should correct.
        if row.problem or user_name_problem(row.given) is None or _OWN_LETTERS.fullmatch(row.given):
            result.append(row)
            continue
        replaced = _is_replaced(row.given, numbered=numbered)
        given = "" if replaced else row.given
        source, name = _allowed_name((given, row.email if is_address(row.email) else "", row.fullname))
        problem = _excel_problem(row.given, replaced and not name, language)
        if problem or not name:
            result.append(replace(row, problem=problem))
            continue
        key = source.lower()
        if key not in made:
            made[key] = _free(name, taken)
            taken[made[key].lower()] += 1
        remark = _("user name made from {given}").format(given=source[:60])
        result.append(replace(row, name=made[key], given=given, remark=remark))
    return result


def _excel_problem(given: str, replaced: bool, language: str) -> str:
    """Describe what Excel did to a user name that cannot be restored; empty if it did nothing."""
    _ = translator("classroom", language)
    if _SHORTENED.fullmatch(given):
        message = _("Excel shortened a number to {text}. Give the column the format “Text” and save the list again.")
    elif not replaced:
        return ""
    elif _DATE.fullmatch(given):
        message = _(
            "Perhaps Excel put {text} in place of a user name or number. "
            "Correct it, and give the column the format “Text”."
        )
    else:
        message = _(
            "Excel put {text} in place of a user name or number. Correct it, and give the column the format “Text”."
        )
    return message.format(text=given)


def about_dates(rows: Sequence[ListedPerson], language: str, *, numbered: bool) -> Iterator[str]:
    """Yield a remark about cells for user names that are perhaps not what the teacher typed."""
    _ = translator("classroom", language)
    found = [
        _("{text} (line {line})").format(text=row.given, line=row.line)
        for row in rows
        if _is_replaced(row.given, numbered=numbered) or (not numbered and _LIKE_A_DATE.fullmatch(row.given))
    ]
    if found:
        message = _(
            "Perhaps Excel put dates in place of user names or numbers: {cells}. "
            "If so, correct them, and give the column the format “Text”."
        )
        yield message.format(cells=", ".join(found[:_MOST_CELLS]) + ("…" if len(found) > _MOST_CELLS else ""))


def _is_replaced(given: str, *, numbered: bool) -> bool:
    """Return whether Excel put a date or #### into a cell. In a numbered list, "1. jan" is a user name."""
    text = unicodedata.normalize("NFC", given)
    # A valid user name such as 1-mar is kept.
    is_date = _DATE.fullmatch(text) or (_NAMED_DATE.fullmatch(text) and user_name_problem(text) is not None)
    return bool((is_date and not numbered) or _TOO_NARROW.fullmatch(text))


def are_numbered(rows: Sequence[ListedPerson]) -> bool:
    """Return whether the user names have numbers with dots or slashes that are no dates: "1. ada", "2026.13.77"."""
    return any(
        (_NUMBERED.match(row.given) and not _NAMED_DATE.fullmatch(row.given))
        or (
            _THREE_NUMBERS.fullmatch(row.given)
            and not (_DATE.fullmatch(row.given) or _LIKE_A_DATE.fullmatch(row.given))
        )
        for row in rows
    )


def _allowed_name(sources: Iterable[str]) -> tuple[str, str]:
    """Return the first text from which a valid user name can be derived, and that name; otherwise empty texts."""
    for source in sources:
        name = allowed_name(source)
        if name:
            return source, name
    return "", ""


def allowed_name(text: str) -> str:
    """Return a valid user name similar to ``text``; empty if its letters have no ASCII form.

    Umlauts become two letters, accents are dropped, other characters become hyphens. An e-mail address is cut at the
    @, and a number gets an s (for student) in front.
    """
    local = text.partition("@")[0] if is_address(text) else text
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", local).translate(_LETTERS))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    if any(mark.isalnum() and not mark.isascii() for mark in plain):
        return ""
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    name = f"s{name}" if name.isdigit() else name
    # A full name may be longer than a user name.
    name = name[:_LONGEST].rstrip("-")
    return name if user_name_problem(name) is None else ""


def _free(name: str, taken: Counter[str]) -> str:
    """Return the name, with a number appended if another row has it."""
    free, number = name, 1
    while taken[free.lower()]:
        number += 1
        ending = f"-{number}"
        free = name[: _LONGEST - len(ending)].rstrip("-") + ending
    return free
