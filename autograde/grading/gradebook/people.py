"""The class list in nbgrader's gradebook: names and e-mail addresses of everyone, also of those who hand in nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograde.grading.gradebook.book import Book

_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


_ID = re.compile(r'[^\\/:*?"<>|+\x00-\x1f\x7f]{1,100}')


@dataclass(frozen=True)
class Person:
    """A line of the class list.

    Attributes:
        id: the learner's id, which is also the folder's name in ``submitted/``.
        fullname: as the list has it.
        email: the address; empty when the list has none.
    """

    id: str
    fullname: str = ""
    email: str = ""


def is_id(text: str) -> bool:
    """Return whether a learner's id can be a folder's name on every system and for nbgrader, which forbids ``+``."""
    return _ID.fullmatch(text) is not None and text.strip(" .") == text


def enter(book: Book, people: Iterable[Person]) -> int:
    """Put the class list into the gradebook; students that it does not name stay as they are.

    Returns:
        How many people are new.
    """
    with book.saving() as gradebook:
        known = {each.id for each in gradebook.students}
        listed = {each.id: each for each in people}
        for person in listed.values():
            first, last = names(person.fullname)
            given = {"first_name": first, "last_name": last, "email": person.email}
            gradebook.update_or_create_student(person.id, **{key: value for key, value in given.items() if value})
        return len(listed.keys() - known)


def names(fullname: str) -> tuple[str, str]:
    """Return first and last name as nbgrader keeps them; a name without spaces is a last name."""
    if "," in fullname:
        last, _comma, first = (part.strip() for part in fullname.partition(","))
        return first, last
    if _NO_SPACES.fullmatch(fullname.strip()):
        return "", fullname.strip()
    first, _space, last = fullname.strip().rpartition(" ")
    return first, last
