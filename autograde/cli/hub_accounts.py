"""``autograde hub accounts``, ``rename``, ``remove`` and ``password``: the accounts of a class's Hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.class_list import Columns, Encoding, Header
from autograde.cli.options import Data, Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def accounts(
    listed: Annotated[
        Path, typer.Argument(metavar="LIST", exists=True, dir_okay=False, help=_("The list, as CSV or .xlsx."))
    ],
    data: Data = Path("hub-data"),
    passwords: Annotated[
        Path | None,
        typer.Option(help=_("A new file for the names and passwords. Without it you only see what would happen.")),
    ] = None,
    columns: Columns = "",
    header: Header = None,
    encoding: Encoding = "",
    language: Language = None,
) -> None:
    """Create accounts from a class list; exit code 1 if a row cannot be used."""
    from autograde.classroom.records import accounts as run

    problems = run(listed, data, passwords, say, encoding=encoding, columns=columns, header=header)
    raise typer.Exit(1 if problems else 0)


def rename(
    old: Annotated[str, typer.Argument(help=_("The account's user name."))],
    new: Annotated[str, typer.Argument(help=_("Its new user name."))],
    data: Data = Path("hub-data"),
    language: Language = None,
) -> None:
    """Rename an account while the Hub is stopped; old addresses still work."""
    from autograde.classroom.records import rename as run

    run(data, old, new, say)


def remove(
    name: Annotated[str, typer.Argument(help=_("The account's user name."))],
    data: Data = Path("hub-data"),
    yes: Annotated[bool, typer.Option("--yes", help=_("Don't ask before removing."))] = False,
    language: Language = None,
) -> None:
    """Remove an account and its repositories while the Hub is stopped, after printing what is deleted."""
    from autograde.classroom.records import remove as run

    if not run(data, name, lambda question: yes or typer.confirm(question), say):
        raise typer.Exit(1)


def password(
    name: Annotated[str, typer.Argument(help=_("The account's user name."))],
    data: Data = Path("hub-data"),
    language: Language = None,
) -> None:
    """Set a new password for an account while the Hub is stopped; print it on a terminal, or write it to a file."""
    from autograde.classroom.records import new_password as run

    run(data, name, say, terminal=sys.stdout.isatty())
