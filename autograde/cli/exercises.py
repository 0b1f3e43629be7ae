"""``autograde new-exercise`` and ``autograde check-exercise``: for authors of exercises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def new_exercise(
    folder: Annotated[Path, typer.Argument(help=_("The new folder, for example word-count."))],
    section: Annotated[str, typer.Option(help=_("The number of the new section, for example 7.1."))],
    function: Annotated[str, typer.Option(help=_("The function that learners write, for example count_words."))],
    language: Language = None,
) -> None:
    """Create a package with one working question."""
    from autograde.authoring import as_path, create

    for path in create(folder, section, function):
        say(str(path))
    say(_("Next: change the question, the notebook and the translation. Then install and check it:"))
    say(f"  python -m pip install {as_path(folder)}")
    say(f"  autograde check-exercise {as_path(folder)}")


def check_exercise(
    folder: Annotated[Path, typer.Argument(help=_("The folder of the exercise."))], language: Language = None
) -> None:
    """Check an installed package of questions; exit code 1 if something is wrong."""
    from autograde.authoring import problems

    found = list(problems(folder))
    for problem in found:
        say(problem)
    if found:
        raise typer.Exit(1)
    say(_("Everything is right: the examples, the translation and the notebook."))
