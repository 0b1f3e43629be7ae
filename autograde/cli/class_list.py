"""The options of every command that takes a class list, and the function that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from autograde.cli.printing import say
from autograde.i18n.translation import messages

if TYPE_CHECKING:
    from autograde.grading.gradebook.people import ClassMember

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


def read(roster: Path, *, columns: str, header: bool | None, encoding: str) -> list[ClassMember]:
    """Read a class list; print how it was interpreted and who is left out.

    nbgrader uses the list's ids, even if the Hub would not allow them as user names.

    Raises:
        HubRefused: it cannot be read.
    """
    from autograde import settings
    from autograde.classroom import lists
    from autograde.classroom.describing import used_columns
    from autograde.grading.gradebook.people import ClassMember, is_id
    from autograde.grading.submissions.collecting import folder_name

    language = settings.language()
    listed = lists.read(roster.read_bytes(), columns=columns, header=header, encoding=encoding, language=language)
    people: dict[str, ClassMember] = {}
    notes = []
    for row in listed.rows:
        problem, given = row.problem, row.given or row.name or row.fullname
        identifier = given if is_id(given) else folder_name(given)
        if row.given and identifier != given:
            notes.append(
                _("Line {line}: the id {given} is written {id}").format(line=row.line, given=given, id=identifier)
            )
        person = ClassMember(identifier, row.fullname, row.email, row.surname)
        if not problem and people.setdefault(identifier, person) != person:
            problem = _("{id} is in the list twice.").format(id=identifier)
        if problem:
            notes.append(_("Line {line} is left out: {problem}").format(line=row.line, problem=problem))
    number, used = len(people), used_columns(listed, language)
    say(_("The class list has {number} people. Columns: {columns}").format(number=number, columns=used))
    for remark in (*listed.remarks, *notes):
        say(remark)
    return list(people.values())


def class_list(
    roster: Path | None, course: Path, *, columns: str, header: bool | None, encoding: str
) -> Sequence[ClassMember]:
    """Return the class list: that of the option, or else the one that an earlier run entered in the gradebook."""
    if roster is not None:
        return read(roster, columns=columns, header=header, encoding=encoding)

    from autograde.grading.course import Course
    from autograde.grading.gradebook.people import in_gradebook
    from autograde.grading.nbgrader.configuration import without_new_seed

    # Nothing is written before the teacher agrees.
    with without_new_seed():
        people = in_gradebook(Course.configured(course).directory.db_url)
    if people:
        say(_("The class list is that of the gradebook, with {number} people.").format(number=len(people)))
    return people
