"""The options of every command that takes a class list, and the one way in which it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from autograde.cli.printing import say
from autograde.i18n.translation import messages

if TYPE_CHECKING:
    from autograde.grading.gradebook.people import Person

_ = messages("cli")

Roster: TypeAlias = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help=_("The class list (CSV or .xlsx), which tells the learners' ids.")),
]
Columns: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="name,email,…",
        help=_("What the columns are: name, number, email, fullname, first, last; - for one that is not used."),
    ),
]
Header: TypeAlias = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help=_("Whether the first line is a header. Default: decided by the list.")),
]
Encoding: TypeAlias = Annotated[
    str, typer.Option(help=_("The list's encoding, such as windows-1252. Default: decided by the list."))
]


def read(roster: Path, *, columns: str, header: bool | None, encoding: str) -> list[Person]:
    """Read a class list and say what a teacher should check.

    Raises:
        HubRefused: it cannot be read.
    """
    from autograde import settings
    from autograde.classroom import lists
    from autograde.grading.gradebook.people import Person

    language = settings.language()
    listed = lists.read(roster.read_bytes(), columns=columns, header=header, encoding=encoding, language=language)
    for remark in listed.remarks:
        say(remark)
    # nbgrader's id is the one of the list, even where the Hub would not allow it as a user name.
    return [Person(row.given or row.name, row.fullname, row.email) for row in listed.rows if row.given or row.name]
