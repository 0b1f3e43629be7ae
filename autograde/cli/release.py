"""``autograde release``: generate the learners' exercises from source/."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.errors import FolderUnusable
from autograde.i18n.translation import messages

_ = messages("cli")


def release(
    folder: Annotated[
        Path | None,
        typer.Argument(help=_("The course's folder; without it, this folder if it is a course, otherwise the kit.")),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=_("Change nothing; say which files are not up to date."))
    ] = False,
    language: Language = None,
) -> None:
    """Write or check release/. Exit code 1 if it is not up to date."""
    from autograde.notebooks import release as releases
    from autograde.settings import KIT

    here = Path()
    place = folder or (here if (here / "nbgrader_config.py").is_file() else KIT)
    built = releases.build(place / "source")
    if not built:
        raise FolderUnusable(
            _("There are no exercises in {folder}.").format(folder=place / "source"),
            _("Each exercise is a notebook in a folder of its own, such as source/quiz/quiz.ipynb."),
        )
    if check:
        changed = releases.stale(built, place / "release")
        for name in changed:
            say(_("not up to date: release/{name}").format(name=name))
        if changed:
            # In a clone, the command is not on the PATH.
            command = "make release" if (place / "Makefile").is_file() else f"autograde release {quote(str(place))}"
            say(_("Type: {command}").format(command=command))
            raise typer.Exit(1)
    else:
        for name in releases.write(built, place / "release"):
            say(f"release/{name}")
    say(_("All {number} files of release/ are up to date.").format(number=len(built)))
