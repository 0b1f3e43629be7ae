"""Accounts from a class list: each row's problem on the Hub as it is now, then all accounts together or none.

The list itself is read by :mod:`autograde.classroom.lists`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from autograde.classroom.lists import Row
from autograde.hub.core import Hub
from autograde.hub.names import user_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import FirstPassword, User
from autograde.i18n.translation import translator


def examine(hub: Hub, rows: Sequence[Row], language: str = "en") -> list[Row]:
    """The same rows, each with what keeps it from becoming an account on this Hub as it is now."""
    names: Counter[str] = Counter()
    emails: Counter[str] = Counter()
    examined = []
    for row in rows:
        names[row.name.lower()] += 1
        emails[row.email.lower()] += 1
        problem = row.problem or _problem(
            hub, row, names[row.name.lower()] > 1, emails[row.email.lower()] > 1, language
        )
        examined.append(replace(row, fullname=row.fullname[:100], problem=problem))
    return examined


def _problem(hub: Hub, row: Row, name_again: bool, email_again: bool, language: str) -> str:
    _ = translator("classroom", language)
    if not row.name:
        return _("The user name is missing.")
    if problem := user_name_problem(row.name, language):
        return problem
    if row.email and (problem := accounts.email_problem(row.email, language)):
        return problem
    if name_again:
        return _("This user name is in the list twice.")
    if row.email and email_again:
        return _("This e-mail address is in the list twice.")
    if accounts.find_user(hub, row.name):
        return _("There is an account of this name already.")
    if row.email and accounts.email_taken(hub, row.email):
        return _("There is an account with this e-mail address already.")
    return ""


def fingerprint(rows: Sequence[Row]) -> str:
    """What was shown in a preview, so that exactly this is done later and nothing else."""
    lines = "\n".join("\0".join((row.name, row.email, row.fullname, row.problem)) for row in rows)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def admit(hub: Hub, rows: Sequence[Row], language: str = "en") -> list[tuple[User, FirstPassword]]:
    """Make an account for every row without a problem: all of them, or none. The passwords are returned and kept
    nowhere.

    Raises:
        HubRefused: a name or an address was taken meanwhile.
    """
    made = []
    with hub.database.transaction():
        for row in rows:
            if not row.problem:
                password = accounts.first_password()
                user = accounts.create_user(
                    hub, row.name, email=row.email or None, password=password, fullname=row.fullname, language=language
                )
                made.append((user, password))
    return made
