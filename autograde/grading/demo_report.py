"""``autograde grade-demo``: the sample class, its table, and whether every score is the one it should be."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.grading.demo import Graded, grade, make_course
from autograde.grading.samples import SECTION, samples
from autograde.judge.questions import ASSIGNMENTS
from autograde.judge.rendering import number
from autograde.translation import messages

_ = messages("cli")


def run(console: Console, kit: Path) -> bool:
    """Grade the sample class in a throw-away course, print what happened, and say whether all is as it should be.

    The course stays where it is, so that its feedback pages can be read.

    Args:
        console: to print on.
        kit: the folder that holds ``source`` and ``release``.

    Raises:
        UnusableNotebook: the kit has no release.
        GradingFailed: one of nbgrader's commands failed.
    """
    folder = Path(tempfile.mkdtemp(prefix="autograde-grade-demo-")).resolve()
    class_ = samples()
    make_course(folder, kit, class_)
    console.print(_("A class of {number} hands in, in English and Chinese.").format(number=len(class_)))
    results = grade(folder, class_, lambda line: console.print(line, markup=False, highlight=False))
    console.print(table(results))
    console.print(_("Feedback pages:"), markup=False)
    for graded in results:
        console.print(f"  {graded.feedback}", markup=False, highlight=False, soft_wrap=True)
    wrong = [graded.sample.name for graded in results if not graded.as_expected]
    if wrong:
        console.print(
            Text(_("Not graded as they should be: {names}.").format(names=", ".join(wrong)), style="bold red")
        )
    else:
        console.print(Text(_("Every submission got the points it should."), style="bold green"))
    return not wrong


def table(results: list[Graded]) -> Table:
    """A row for each submission: its points by question, expected and got, and what the judge named."""
    questions = ASSIGNMENTS[SECTION]
    found = Table(title=_("Points got; where they differ, (expected)"))
    found.add_column(_("submission"), no_wrap=True)
    found.add_column(_("language"))
    for question in questions:
        found.add_column(f"{question.function} / {number(question.points)}", justify="right", overflow="fold")
    found.add_column(_("total, expected"), justify="right")
    found.add_column(_("misconception named"), overflow="fold")
    found.add_column("", no_wrap=True)
    for graded in results:
        wanted = graded.sample.points
        cells = [_cell(graded.points.get(question.function), wanted[question.function]) for question in questions]
        total = f"{number(sum(graded.points.values()))}, {number(sum(wanted.values()))}"
        named = ", ".join(sorted(graded.misconceptions.values())) or "–"
        mark = "✓" if graded.as_expected else "✗"
        found.add_row(graded.sample.name, graded.sample.language, *cells, total, named, mark)
    return found


def _cell(got: float | None, expected: float) -> str:
    shown = "–" if got is None else number(got)
    return shown if got == expected else f"{shown} ({number(expected)})"
