"""``autograde grade``: grade a class in parallel and write reports."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograde.cli.class_list import Columns, Encoding, Header, Roster, read
from autograde.cli.options import CourseFolder, Language
from autograde.cli.printing import plain, say
from autograde.i18n.translation import messages

if TYPE_CHECKING:
    from autograde.grading.batch import Result, Runner
    from autograde.grading.course import Course
    from autograde.grading.receipts import Receipt

_ = messages("cli")

#: Most names in a line.
_NAMES = 12


def grade(
    assignment: Annotated[str, typer.Argument(metavar="ASSIGNMENT", help=_("The assignment, such as 2.6."))] = "",
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help=_("Only this learner; may be repeated."))
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            min=1, metavar="NUMBER", help=_("How many submissions run at the same time; by default one per processor.")
        ),
    ] = os.cpu_count() or 1,
    force: Annotated[bool, typer.Option("--force", help=_("Also grade submissions that have not changed."))] = False,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox/--no-sandbox",
            help=_("Without a sandbox a learner's code can read your files and change its own grade."),
        ),
    ] = True,
    dask: Annotated[
        str, typer.Option(metavar="ADDRESS", help=_("Run the submissions on the Dask cluster with this scheduler."))
    ] = "",
    roster: Roster = None,
    columns: Columns = "",
    header: Header = None,
    encoding: Encoding = "",
    replay: Annotated[
        Path | None,
        typer.Option(metavar="RECEIPT", help=_("Grade one submission again, save nothing, and compare the verdicts.")),
    ] = None,
    course: CourseFolder = Path(),
    language: Language = None,
) -> None:
    """Grade the submissions; exit code 1 if one could not be graded."""
    from autograde.grading import batch
    from autograde.grading.course import Course
    from autograde.grading.executors import factory

    opened = Course.open(course)
    runner = _cluster(dask, sandbox) if dask else batch.local_runner(factory(sandbox=sandbox), jobs)
    if replay is not None:
        raise typer.Exit(0 if _replayed(opened, replay, runner) else 1)
    name = opened.assignment(assignment)
    people = [] if roster is None else read(roster, columns=columns, header=header, encoding=encoding)
    with progress(name) as bar:
        result = batch.grade(
            opened, name, runner, bar, students=tuple(student or ()), people=tuple(people), force=force
        )
    summarise(result)
    raise typer.Exit(1 if result.quarantined else 0)


def _cluster(address: str, sandbox: bool) -> Runner:
    """Return a runner on a Dask cluster.

    Raises:
        ModuleNotFoundError: Dask is not installed; ``main`` prints how to install it.
    """
    from functools import partial

    from autograde.grading.cluster import run_on_cluster
    from autograde.grading.executors import factory

    return partial(run_on_cluster, address=address, factory=factory(sandbox=sandbox))


def _replayed(course: Course, path: Path, runner: Runner) -> bool:
    """Replay a receipt and print the result; return whether every verdict is the same."""
    from autograde.grading.replaying import replay

    found = replay(course, path, runner)
    for remark in found.remarks:
        say(remark)
    names = {"student": found.receipt.student, "assignment": found.receipt.assignment}
    if found.different:
        functions = ", ".join(found.different)
        say(_("{student}, {assignment}: another verdict now for {functions}.").format(**names, functions=functions))
    else:
        say(_("{student}, {assignment}: the same verdict.").format(**names))
    return not found.different


class _Bar:
    """Shows the progress of a run."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=None, failed="", visible=False)
        self._failed = 0

    def begins(self, total: int, unchanged: int) -> None:
        """Show the number of submissions."""
        self._progress.update(self._task, total=total, visible=True)

    def done(self, receipt: Receipt) -> None:
        """Count one more submission."""
        if receipt.reason:
            self._failed += 1
            failed = _("not graded: {number}").format(number=self._failed)
            self._progress.update(self._task, failed=failed)
            line = f"{receipt.student}: {receipt.reason}"
            self._progress.console.print(Text(plain(line)), highlight=False, soft_wrap=True)
        self._progress.advance(self._task)


@contextmanager
def progress(name: str) -> Iterator[_Bar]:
    """Show a progress bar with the remaining time and the failures so far."""
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[failed]}", style="bold red", markup=False),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True, highlight=False)) as progress:
        yield _Bar(progress, name)


def summarise(result: Result) -> None:
    """Print how many were graded, which grades changed and why, and what could not be graded."""
    from autograde import settings
    from autograde.i18n.restating import restated

    say(
        _("{assignment}: {graded} graded, {unchanged} up to date, {failed} could not be graded.").format(
            assignment=result.assignment,
            graded=len(set(result.graded) - set(result.quarantined)),
            unchanged=len(set(result.unchanged) - set(result.quarantined)),
            failed=len(result.quarantined),
        )
    )
    if not (result.graded or result.unchanged or result.quarantined):
        message = _("submitted/ has no submission of {assignment}. Collect them first: autograde collect DOWNLOAD.zip")
        say(message.format(assignment=result.assignment))
    if result.missing:
        say(_("Not handed in ({number}): {names}").format(number=len(result.missing), names=_some(result.missing)))
    if result.unlisted:
        message = _(
            "Not in the class list ({number}): {names}. Where a folder in submitted/ has a wrong name, rename it, "
            "and remove the name from the gradebook: nbgrader db student remove NAME --force"
        )
        say(message.format(number=len(result.unlisted), names=_some(result.unlisted)))
    console = Console(highlight=False)
    if result.changes:
        console.print(_changes(result))
    if result.quarantined:
        table = Table(title=_("Not graded: please look at these"))
        for heading in (_("learner"), _("reason")):
            table.add_column(heading, overflow="fold")
        for name, reason in sorted(result.quarantined.items()):
            table.add_row(Text(plain(name)), Text(plain(restated(reason, settings.language()))))
        console.print(table)
        say(_("Their grades stay open in the gradebook, and the reason is their comment."))
    if result.outdated:
        say(
            _("The exercise has changed since {number} of them were graded. To grade them again, add --force.").format(
                number=len(result.outdated)
            )
        )
    for path in result.reports:
        if path.name == f"class.{settings.language()}.html":
            say(_("Class page: {file}").format(file=path))
    others = [path.name for path in result.reports if path.suffix != ".html"]
    if others:
        say(_("In the same folder: {names}.").format(names=", ".join(others)))


def _some(names: Sequence[str]) -> str:
    """Return the first names of a list, with an ellipsis if there are more; the class page has all."""
    return ", ".join(names[:_NAMES]) + (" …" if len(names) > _NAMES else "")


def _changes(result: Result) -> Table:
    from autograde.grading.changes import because

    table = Table(title=_("Grades that changed"))
    for heading in (_("learner"), _("question")):
        table.add_column(heading, overflow="fold")
    for heading in (_("before"), _("now")):
        table.add_column(heading, justify="right")
    table.add_column(_("why"), overflow="fold")
    for change in result.changes:
        # A grade that waits for a person is not a 0.
        points = (f"{change.before:g}", "–" if change.student in result.quarantined else f"{change.after:g}")
        cells = (change.student, change.function, *points, because(change))
        table.add_row(*(Text(plain(each)) for each in cells))
    return table
