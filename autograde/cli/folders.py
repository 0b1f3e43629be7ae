"""``autograde workspace`` and ``autograde course``: create folders with the kit's files without starting anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde import settings
from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def workspace(
    folder: Annotated[Path, typer.Argument(help=_("A learner's folder; what was changed in it stays."))],
    language: Language = None,
) -> None:
    """Copy the lessons and exercises into a folder, or update them."""
    from autograde.session.learn import report
    from autograde.session.workspace import fill

    update = fill(folder, settings.language())
    report(update, folder, say)
    if not (update.written or update.beside or update.renamed or update.restored):
        say(_("The lessons in {folder} are up to date.").format(folder=folder))


def course(
    folder: Annotated[Path, typer.Argument(help=_("A folder for nbgrader; what is in it stays."))],
    language: Language = None,
) -> None:
    """Create an nbgrader course."""
    from autograde.grading.course_folder import make_course
    from autograde.settings import KIT

    written = make_course(folder, KIT)
    say(_("New in {folder}: {count} files.").format(folder=folder, count=len(written)))
    say(_("In this folder, type: {command}").format(command="nbgrader generate_assignment --all"))
