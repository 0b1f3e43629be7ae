"""``autograde grade-demo``: the sample class, its table, and whether every score is the one it should be."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograde.grading.demo import Graded, grade, make_course
from autograde.grading.samples import SECTION, samples
from autograde.i18n.translation import messages
from autograde.judge.rendering import number
from autograde.questions import assignments

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
    questions = assignments()[SECTION]
    parts = " + ".join(f"{question.function} {number(question.points)}" for question in questions)
    found = Table(title=_("Points: {parts}").format(parts=parts), box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    found.add_column(_("submission"), no_wrap=True)
    found.add_column("", no_wrap=True)
    found.add_column(_("expected"), no_wrap=True)
    found.add_column(_("got"), no_wrap=True)
    found.add_column("", no_wrap=True)
    found.add_column(_("misconception named"), no_wrap=True)
    names = [question.function for question in questions]
    for graded in results:
        named = ", ".join(sorted(graded.misconceptions.values())) or "–"
        expected, got = _sum(graded.sample.points, names), _sum(graded.points, names)
        mark = "✓" if graded.as_expected else "✗"
        found.add_row(graded.sample.name, graded.sample.language, expected, got, mark, named)
    return found


def _sum(points: Mapping[str, float], names: Sequence[str]) -> str:
    """Points by question and their total: ``3+10+5+5+4+3 = 30``; a question without a score is a dash."""
    parts = "+".join(number(points[name]) if name in points else "–" for name in names)
    return f"{parts} = {number(sum(points.values()))}"
