"""Derive valid user names from student numbers, e-mail addresses and full names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from autograde.classroom.class_list import ListedPerson
from autograde.hub import user_name_problem
from autograde.i18n.translation import translator

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")

#: Text of allowed characters; digits alone are a student number.
_OWN_LETTERS = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9-]+")

#: A number in Excel's scientific notation, whose last digits are lost.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)

#: A date, as Excel shows a user name such as MAR1 or 1-3-26, and the marks that it shows if a column is too narrow.
_DATE = re.compile(
    r"(?:\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}\. ?[A-Za-zä]{3,9}\.?(?: \d{2,4})?)"
    r"(?: \d\d?:\d\d(?::\d\d)?)?|\d\d?:\d\d(?::\d\d)?"
)
_TOO_NARROW = re.compile(r"#{3,}")

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


def named(rows: Sequence[ListedPerson], language: str) -> list[ListedPerson]:
    """Return the rows with valid user names, and a remark for each derived one."""
    _ = translator("classroom", language)
    taken = Counter(row.given.lower() for row in rows if user_name_problem(row.given) is None)
    made: dict[str, str] = {}
    result = []
    for row in rows:
        # A name of allowed characters that breaks another rule is a mistake that the teacher should correct.
        if row.problem or user_name_problem(row.given) is None or _OWN_LETTERS.fullmatch(row.given):
            result.append(row)
            continue
        if _SHORTENED.fullmatch(row.given):
            problem = _(
                "Excel shortened a number to {number}. Give the column the format “Text” and save the list again."
            )
            result.append(replace(row, problem=problem.format(number=row.given)))
            continue
        if _DATE.fullmatch(row.given) or _TOO_NARROW.fullmatch(row.given):
            problem = _(
                "Excel put {text} in place of a user name or number. Correct it, and give the column the format “Text”."
            )
            result.append(replace(row, problem=problem.format(text=row.given)))
            continue
        source, name = _allowed_name((row.given, row.email if is_address(row.email) else "", row.fullname))
        if not name:
            result.append(row)
            continue
        key = source.lower()
        if key not in made:
            made[key] = _free(name, taken)
            taken[made[key].lower()] += 1
        remark = _("user name made from {given}").format(given=source[:60])
        result.append(replace(row, name=made[key], remark=remark))
    return result


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
        free = f"{name[:38]}-{number}"
    return free
