"""``autograde workspace`` and ``autograde course``: create folders with the kit's files without starting anything."""

from __future__ import annotations

import shlex
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
    folder: Annotated[Path, typer.Argument(help=_("A folder for nbgrader; what you changed in it stays."))],
    language: Language = None,
) -> None:
    """Create an nbgrader course, or update it; exercises that were changed in it stay as they are."""
    from autograde.grading.course_folder import make_course
    from autograde.settings import KIT

    update = make_course(folder, KIT)
    if update.new:
        say(_("New in {folder}: {count} files.").format(folder=folder, count=len(update.new)))
    if "nbgrader_config.py" in update.new:
        say(_("Type nbgrader's and the kit's commands there: cd {folder}").format(folder=shlex.quote(str(folder))))
    if update.updated:
        say(_("Updated: {names}").format(names=", ".join(update.updated)))
    for name, place in update.kept.items():
        message = _("{name} stays as it is, because it may have your changes. The newer version is in {folder}.")
        say(message.format(name=name, folder=folder / place))
    if not (update.new or update.updated or update.kept):
        say(_("The course in {folder} is up to date.").format(folder=folder))
