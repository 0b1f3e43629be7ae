"""Enter the class list in nbgrader's gradebook: everyone's name and e-mail address, with or without a submission."""

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
        id: the learner's id, also the name of their folder in ``submitted/``.
        fullname: the full name as in the list.
        email: the address; empty if the list has none.
    """

    id: str
    fullname: str = ""
    email: str = ""


def is_id(text: str) -> bool:
    """Return whether a learner's id is a valid folder name on every system and in nbgrader, which forbids ``+``."""
    return _ID.fullmatch(text) is not None and text.strip(" .") == text


def enter(book: Book, people: Iterable[Person]) -> int:
    """Enter the class list in the gradebook; students who are not in the list are not changed.

    Returns:
        The number of new people.
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
    """Return the first and the last name as nbgrader stores them; a name without spaces is a last name."""
    if "," in fullname:
        last, _comma, first = (part.strip() for part in fullname.partition(","))
        return first, last
    if _NO_SPACES.fullmatch(fullname.strip()):
        return "", fullname.strip()
    first, _space, last = fullname.strip().rpartition(" ")
    return first, last
