"""``autograde hub serve``, ``mirror``, ``accounts``, ``password`` and others: run a Hub for a class."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograde import settings
from autograde.cli.class_list import Columns, Encoding, Header
from autograde.cli.options import Data, Language, PublicUrl
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def serve(
    data: Data = Path("hub-data"),
    host: Annotated[str, typer.Option(help=_("Address to listen on; 0.0.0.0 lets other machines in."))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="NUMBER", help=_("Port to listen on; 0 takes any free one."))
    ] = settings.hub_port(),
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=_("A name under which learners reach this machine; may be repeated.")),
    ] = None,
    public_url: PublicUrl = None,
    seed: Annotated[
        Path | None, typer.Option(help=_("A snapshot of a Hub to begin with, when the data folder is new."))
    ] = None,
    models: Annotated[bool, typer.Option("--models", help=_("Put the six models of lesson 1 on the Hub."))] = False,
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help=_("A teacher's user name, who sees /classroom; made when new; may be repeated.")
        ),
    ] = None,
    webhook: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help=_("An address that webhooks may be delivered to, http://127.0.0.1:9000; may be repeated."),
        ),
    ] = None,
    frame: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL", help=_("JupyterLab's address, which may show the Hub's pages in a frame; may be repeated.")
        ),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=NUMBER",
            help=_(
                "Change one of the Hub's limits, such as owner_storage=5GB, what each person may keep; may be repeated."
            ),
        ),
    ] = None,
    language: Language = None,
) -> None:
    """Serve a Hub until it is stopped."""
    from autograde.cli.hub_process import become

    become(
        data=str(data),
        host=host,
        port=port,
        names=name or (),
        public_url=public_url or "",
        webhooks=webhook or (),
        frames=frame or (),
        seed=str(seed) if seed else None,
        models=models,
        teachers=teacher or (),
        limits=limit or (),
    )


def mirror(
    repositories: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="REPO…", help=_("Repositories: owner/name, datasets/owner/name, or owner/name@revision.")
        ),
    ] = None,
    source: Annotated[str, typer.Option("--from", metavar="URL", help=_("The Hub to copy from."))] = (
        "https://huggingface.co"
    ),
    data: Data = Path("hub-data"),
    listed: Annotated[
        list[Path] | None,
        typer.Option(
            "--list", metavar="FILE", exists=True, dir_okay=False,
            help=_("A file such as models.txt with one repository on each line; may be repeated."),
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help=_("Copy all branches, tags and commits instead of one commit."))
    ] = False,
    token_env: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=_("The environment variable with the access token for private and gated repositories. Default: none."),
        ),
    ] = "",
    language: Language = None,
) -> None:  # fmt: skip
    """Copy repositories of another Hub into a data folder; exit code 1 if one cannot be copied."""
    from autograde.session.mirror import mirror as run

    failed = run(
        repositories or (), lists=listed or (), source=source, data=data, history=history, token_variable=token_env,
        say=say,
    )  # fmt: skip
    raise typer.Exit(1 if failed else 0)


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
