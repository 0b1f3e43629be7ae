"""``autograde collect``: copy downloads from a learning platform to nbgrader's ``submitted/``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.cli.class_list import Columns, Encoding, Header, Roster, class_list
from autograde.cli.options import Assignment, CourseFolder, Language
from autograde.cli.printing import plain, say
from autograde.i18n.translation import messages

if TYPE_CHECKING:
    from autograde.grading.gradebook.people import ClassMember
    from autograde.grading.submissions.collecting import Plan

_ = messages("cli")


def collect(
    archives: Annotated[
        list[Path],
        typer.Argument(
            metavar="ZIP",
            exists=True,
            dir_okay=False,
            help=_("Downloads from Moodle, Canvas, Blackboard, Brightspace or Google Classroom."),
        ),
    ],
    assignment: Assignment = "",
    course: CourseFolder = Path(),
    roster: Roster = None,
    columns: Columns = "",
    header: Header = None,
    encoding: Encoding = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Write without asking."))] = False,
    replace: Annotated[bool, typer.Option(help=_("Replace submissions that are there already and differ."))] = False,
    language: Language = None,
) -> None:
    """Show the owner of each file, ask for confirmation, then write. Exit code 1 if the answer is no."""
    from autograde.grading.submissions.collecting import write

    listed = class_list(roster, course, columns=columns, header=header, encoding=encoding)
    planned = plan_with(listed, archives, course, assignment)
    _show(planned)
    _show_unlisted(planned, listed)
    _show_missing(planned, listed)
    if not planned.submissions:
        say(_("There is nothing to collect."))
        raise typer.Exit(1)
    states = {each.state.value for each in planned.submissions}
    if states == {"same"}:
        say(_("All of them are in {folder} already.").format(folder=course / "submitted"))
        return
    if "different" in states and not replace:
        say(_("Submissions that differ from the one that is there are kept. To replace them, add --replace."))
        if "new" not in states:
            raise typer.Exit(1)
    if not yes and not typer.confirm(_("Write these submissions?")):
        say(_("Nothing was written."))
        raise typer.Exit(1)
    written = write(planned, course, replace_different=replace)
    say(_("Submissions written to {folder}: {number}.").format(number=len(written), folder=course / "submitted"))
    for name in dict.fromkeys(each.assignment for each in planned.submissions):
        command = ["autograde", "grade", name]
        command += [] if roster is None else ["--roster", str(roster)]
        command += [] if course == Path() else ["--course", str(course)]
        say(_("To grade them, type: {command}").format(command=shlex.join(command)))


def plan_with(listed: Sequence[ClassMember], archives: Sequence[Path], course: Path, assignment: str) -> Plan:
    """Find the submissions in downloads, and their learners in the class list."""
    from autograde.grading.submissions.collecting import plan
    from autograde.grading.submissions.listed_learners import with_names

    people = with_names((each.id, each.fullname, each.email) for each in listed)
    return plan(archives, course, assignment=assignment, people=people)


def _show(planned: Plan) -> None:
    states = {
        "new": _("new"),
        "same": _("already there"),
        "different": _("differs from the one that is there"),
    }
    several = len({each.assignment for each in planned.submissions}) > 1
    # A single assignment is named above the table, so that each learner fits on a line of 80 columns.
    title = _("Submissions") if several or not planned.submissions else planned.submissions[0].assignment
    table = Table(title=Text(title))
    for heading in (_("learner"), *([_("assignment")] if several else []), _("in the download"), _("state")):
        table.add_column(heading, overflow="fold")
    table.add_column(_("please check"), overflow="fold")
    for each in planned.submissions:
        usual = each.download.file == f"{each.assignment}.ipynb"
        owner = each.download.learner if usual else f"{each.download.learner}: {each.download.file}"
        remarks = "; ".join(each.remarks)
        cells = (each.learner, *([each.assignment] if several else []), owner, states[each.state.value], remarks)
        # Text instead of markup, because a file may be called [red].
        table.add_row(*(Text(plain(each)) for each in cells))
    Console(highlight=False).print(table)
    for note in planned.notes:
        say(note)
    show_skipped(planned)


def show_skipped(planned: Plan) -> None:
    """Print the files that are left out, each with the reason."""
    for skipped in planned.skipped:
        say(_("not collected: {file} ({reason})").format(file=skipped.member, reason=skipped.reason))


def _show_unlisted(planned: Plan, listed: Sequence[ClassMember]) -> None:
    """Print the notebooks without an owner in the class list, and what to do about them."""
    ids = {each.id for each in listed}
    strangers = dict.fromkeys(each.learner for each in planned.submissions if each.learner not in ids)
    if listed and strangers:
        message = _(
            "Not matched with the class list ({number}): {names}. If you know whose they are, "
            "rename their folders in submitted/ to the ids of the class list before you grade."
        )
        say(message.format(number=len(strangers), names=", ".join(strangers)))


def _show_missing(planned: Plan, listed: Sequence[ClassMember]) -> None:
    """Print who in the class list has no notebook in the downloads.

    Some of them may have handed in another file, which is listed above.
    """
    if not planned.submissions:
        return
    there = {each.learner for each in planned.submissions}
    missing = [f"{each.fullname or each.id} ({each.id})" for each in listed if each.id not in there]
    if missing:
        say(
            _("In the class list, but without a notebook in the downloads ({number}): {names}").format(
                number=len(missing), names=", ".join(missing)
            )
        )
        if planned.skipped:
            say(_("Only notebooks can be graded: if they handed in another file, ask for the .ipynb file."))
