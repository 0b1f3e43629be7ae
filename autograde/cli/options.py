"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde import settings
from autograde.i18n.translation import messages

_ = messages("cli")


def choose_language(value: str | None) -> str | None:
    """Set the language of this process.

    Raises:
        typer.BadParameter: the kit does not have this language.
    """
    if value is not None:
        if value not in settings.LANGUAGES:
            raise typer.BadParameter(_("choose one of {choices}").format(choices=", ".join(settings.LANGUAGES)))
        settings.choose_language(value)
    return value


Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        "-l",
        callback=choose_language,
        is_eager=True,
        metavar="en|zh",
        help=_("Language of lessons and messages; otherwise LANGUAGE or LANG decides."),
    ),
]


PublicUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help=_("Where browsers reach the Hub if it is behind a proxy; {port} is replaced by the Hub's port."),
    ),
]


Data = Annotated[Path, typer.Option(help=_("Folder for the Hub's data."))]


CourseFolder = Annotated[Path, typer.Option("--course", help=_("The nbgrader course."))]


Assignment = Annotated[
    str, typer.Option(help=_("The assignment of all notebooks, such as 2.6; otherwise each is recognised."))
]
