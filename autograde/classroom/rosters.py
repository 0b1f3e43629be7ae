"""Create accounts from a class list (:mod:`autograde.classroom.lists`): examine its rows, then create all accounts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from autograde.classroom.lists import ListedPerson
from autograde.hub import public
from autograde.hub.public import FirstPassword, Hub, User
from autograde.i18n.translation import translator

#: Columns of the file with new passwords. The address comes last; mail programs find it by its heading.
PASSWORD_COLUMNS = ("username", "full name", "password", "email")


def examine(hub: Hub, rows: Sequence[ListedPerson], language: str = "en") -> list[ListedPerson]:
    """Return the rows, each with the problem that prevents an account on this Hub, if any."""
    _ = translator("classroom", language)
    names: Counter[str] = Counter()
    emails: Counter[str] = Counter()
    examined = []
    people: dict[tuple[str, str, str], int] = {}
    for row in rows:
        names[row.name.lower()] += 1
        emails[row.email.lower()] += 1
        person = row.name.lower(), row.email.lower(), row.fullname
        first = people.setdefault(person, row.line)
        problem = row.problem
        if not problem and first != row.line and row.name:
            problem = _("The same person is in line {line}.").format(line=first)
        problem = problem or _problem(hub, row, names[row.name.lower()] > 1, emails[row.email.lower()] > 1, language)
        examined.append(replace(row, fullname=row.fullname[:100], problem=problem))
    return examined


def _problem(hub: Hub, row: ListedPerson, name_again: bool, email_again: bool, language: str) -> str:
    _ = translator("classroom", language)
    if not row.name:
        return _("The user name is missing. Add a column with user names, student numbers or e-mail addresses.")
    if problem := public.name_problem(hub, row.name, language):
        return problem
    if row.email and (problem := public.email_problem(row.email, language)):
        return problem
    if name_again:
        return _("This user name is in the list twice.")
    if row.email and email_again:
        return _("This e-mail address is in the list twice.")
    if public.find_user(hub, row.name):
        return _("An account with this name exists already.")
    if row.email and public.email_taken(hub, row.email):
        return _("An account with this e-mail address exists already.")
    return ""


def fingerprint(rows: Sequence[ListedPerson]) -> str:
    """Return a digest of a preview, to check later that the result will be the same."""
    lines = "\n".join("\0".join((row.name, row.email, row.fullname, row.problem)) for row in rows)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def admit(hub: Hub, rows: Sequence[ListedPerson], language: str = "en") -> list[tuple[User, FirstPassword]]:
    """Create an account for each row without a problem: all of them, or none.

    Return the users and their passwords, which are not stored as text.

    Raises:
        HubRefused: a name or an address has been taken since the rows were examined.
    """
    made = []
    with hub.database.transaction():
        for row in rows:
            if not row.problem:
                password = public.first_password()
                user = public.create_user(
                    hub, row.name, email=row.email or None, password=password, fullname=row.fullname, language=language
                )
                made.append((user, password))
    return made
