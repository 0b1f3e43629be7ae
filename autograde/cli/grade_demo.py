"""``autograde grade-demo``: grade a made-up class of 60."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")

#: Size of the class without a sandbox, where each submission takes seconds.
_SMALL = 12


def grade_demo(
    size: Annotated[int, typer.Option(min=10, max=500, help=_("How many learners the class has."))] = 60,
    jobs: Annotated[
        int, typer.Option(min=1, help=_("How many submissions run at the same time; by default one per processor."))
    ] = os.cpu_count() or 1,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help=_("Without a sandbox a smaller class is graded."))
    ] = True,
    browser: Annotated[
        bool, typer.Option(help=_("Open the class page in a browser, where there is a display."))
    ] = True,
    language: Language = None,
) -> None:
    """Grade the class; exit code 1 if a score differs from the expected one."""
    from autograde import settings
    from autograde.cli import class_list
    from autograde.cli.grade import progress, summarise
    from autograde.grading import batch, demo, receipts
    from autograde.grading.course import Course
    from autograde.grading.executors import factory, sandbox_problem
    from autograde.grading.samples import ASSIGNMENT
    from autograde.settings import KIT

    problem = sandbox_problem() if sandbox else ""
    if problem:
        say(problem)
    safe = sandbox and not problem
    class_ = demo.make_class(size if safe else min(size, _SMALL))
    folder = Path(tempfile.mkdtemp(prefix="autograde-grade-demo-")).resolve()
    listed = demo.make_course(folder, KIT, class_)
    say(
        _("A class of {number} handed in 2.6, in English and Chinese: {folder}").format(
            number=len(class_), folder=folder
        )
    )
    course = Course.open(folder)
    people = class_list.read(listed, columns="", header=None, encoding="")
    started = time.monotonic()
    runner = batch.local_runner(factory(sandbox=safe), jobs)
    with progress(ASSIGNMENT) as bar:
        result = batch.grade(course, ASSIGNMENT, runner, bar, people=tuple(people))
    seconds = time.monotonic() - started
    summarise(result)
    say(_("{number} submissions in {seconds:.0f} seconds.").format(number=len(result.graded), seconds=seconds))
    found = {each.student: each for each in receipts.all_of(course.reports(ASSIGNMENT))}
    wrong = demo.wrongly_graded(class_, found)
    if wrong:
        say(_("Not graded as they should be: {names}.").format(names=", ".join(wrong)))
    else:
        say(_("Every submission got the points it should."))
    pages = [path for path in result.reports if path.name == f"class.{settings.language()}.html"]
    if browser and pages and _has_display():
        webbrowser.open(pages[0].as_uri())
    raise typer.Exit(1 if wrong else 0)


def _has_display() -> bool:
    from autograde import settings

    variables = settings.environment()
    return sys.platform == "darwin" or bool(variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY"))
