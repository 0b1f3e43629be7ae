"""Enter the class list in nbgrader's gradebook: everyone's name and e-mail address, with or without a submission."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from autograde.grading.gradebook.book import Book
from autograde.grading.gradebook.checking import is_there

_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


_ID = re.compile(r'[^\\/:*?"<>|+\x00-\x1f\x7f]{1,100}')


@dataclass(frozen=True)
class ClassMember:
    """A line of the class list.

    Attributes:
        id: the learner's id, also the name of their folder in ``submitted/``.
        fullname: the full name as in the list.
        email: the address; empty if the list has none.
        surname: the last name, with which ``fullname`` ends; empty if the list doesn't tell it apart.
    """

    id: str
    fullname: str = ""
    email: str = ""
    surname: str = ""


def is_id(text: str) -> bool:
    """Return whether a learner's id is a valid folder name on every system and in nbgrader, which forbids ``+``."""
    return _ID.fullmatch(text) is not None and text.strip(" .") == text


def enter(book: Book, people: Iterable[ClassMember]) -> int:
    """Enter the class list in the gradebook; students who are not in the list are not changed.

    Returns:
        The number of new people.
    """
    with book.saving() as gradebook:
        known = {each.id for each in gradebook.students}
        listed = {each.id: each for each in people}
        for person in listed.values():
            first, last = names(person.fullname, person.surname)
            # An empty first name is stored: for a missing one, the formgrader shows "None".
            given = {"first_name": first, "last_name": last} if person.fullname else {}
            given |= {"email": person.email} if person.email else {}
            gradebook.update_or_create_student(person.id, **given)
        return len(listed.keys() - known)


def in_gradebook(url: str) -> list[ClassMember]:
    """Return the class list that is in a gradebook: everyone with a name or an address; empty if it cannot be read.

    Args:
        url: the database, as in ``CourseDirectory.db_url``; a file that doesn't exist is not created.
    """
    try:
        if not is_there(url):
            return []
        with closing(create_engine(url, poolclass=NullPool).connect()) as database:
            found = database.execute(text("SELECT id, first_name, last_name, email FROM student ORDER BY id"))
            rows = [tuple(row) for row in found]
    except (SQLAlchemyError, ImportError):
        return []
    people = [
        ClassMember(str(row[0]), " ".join(str(part) for part in row[1:3] if part), str(row[3] or ""), str(row[2] or ""))
        for row in rows
    ]
    return [each for each in people if each.fullname or each.email]


def names(fullname: str, surname: str = "") -> tuple[str, str]:
    """Return the first and the last name as nbgrader stores them; a name without spaces is a last name.

    Args:
        fullname: the full name.
        surname: the last name if it is known, which may have several words: "de Vries".
    """
    if surname and fullname.endswith(f" {surname}"):
        return fullname.removesuffix(surname).strip(), surname
    if "," in fullname:
        last, _comma, first = (part.strip() for part in fullname.partition(","))
        return first, last
    if _NO_SPACES.fullmatch(fullname.strip()):
        return "", fullname.strip()
    first, _space, last = fullname.strip().rpartition(" ")
    return first, last
