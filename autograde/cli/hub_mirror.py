"""``autograde hub mirror``: copy repositories of another Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Data, Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


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
