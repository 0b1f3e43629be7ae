"""``autograde collect``: copy downloads from a learning platform to nbgrader's ``submitted/``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.cli.class_list import Columns, Encoding, Header, Roster, read
from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

if TYPE_CHECKING:
    from autograde.grading.collecting import Plan

_ = messages("cli")


def collect(
    archives: Annotated[
        list[Path],
        typer.Argument(
            metavar="ZIP…", exists=True, dir_okay=False, help=_("Downloads from Moodle, Canvas or Blackboard.")
        ),
    ],
    assignment: Annotated[
        str, typer.Option(help=_("The assignment of all notebooks; otherwise each is recognised."))
    ] = "",
    course: Annotated[Path, typer.Option(help=_("The nbgrader course."))] = Path(),
    roster: Roster = None,
    columns: Columns = "",
    header: Header = None,
    encoding: Encoding = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Write without asking."))] = False,
    replace: Annotated[bool, typer.Option(help=_("Replace submissions that are there already and differ."))] = False,
    language: Language = None,
) -> None:
    """Show which file belongs to whom, ask, then write. Exit code 1 if the answer is no."""
    from autograde.grading.collecting import plan, with_names, write

    listed = [] if roster is None else read(roster, columns=columns, header=header, encoding=encoding)
    people = with_names((each.id, each.fullname, each.email) for each in listed)
    planned = plan(archives, course, assignment=assignment, people=people)
    _show(planned)
    if not planned.submissions:
        say(_("There is nothing to collect."))
        raise typer.Exit(1)
    if not yes and not typer.confirm(_("Write these submissions?")):
        say(_("Nothing was written."))
        raise typer.Exit(1)
    written = write(planned, course, replace_different=replace)
    say(_("{number} submissions were written to {folder}.").format(number=len(written), folder=course / "submitted"))


def _show(planned: Plan) -> None:
    states = {
        "new": _("new"),
        "same": _("already there"),
        "different": _("differs from the one that is there"),
    }
    table = Table(title=_("Submissions"))
    for heading in (_("learner"), _("assignment"), _("file"), _("state"), _("please check")):
        table.add_column(heading, overflow="fold")
    for each in planned.submissions:
        remarks = "; ".join(each.remarks)
        cells = (each.learner, each.assignment, each.download.member, states[each.state.value], remarks)
        # Text, not markup: a file may be called [red].
        table.add_row(*map(Text, cells))
    Console(highlight=False).print(table)
    for skipped in planned.skipped:
        say(_("not collected: {file} ({reason})").format(file=skipped.member, reason=skipped.reason))
