"""``autograde hub events``: print what happened on a Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Data, Language
from autograde.i18n.translation import messages

_ = messages("cli")


def events(
    data: Data = Path("hub-data"),
    form: Annotated[str, typer.Option("--format", metavar="csv|ndjson", help=_("For a spreadsheet or a program."))] = (
        "csv"
    ),
    since: Annotated[str, typer.Option(help=_("From this day or minute on: 2026-11-23 or 2026-11-23T09:30."))] = "",
    until: Annotated[str, typer.Option(help=_("Until before this day or minute."))] = "",
    language: Language = None,
) -> None:
    """Print the events of a Hub."""
    from autograde.classroom.records import events as run

    for piece in run(data, form, since, until):
        typer.echo(piece, nl=False)
