"""``autograde release``: generate the learners' exercises from source/."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def release(
    folder: Annotated[
        Path | None, typer.Argument(help=_("The folder with source/; without it, the kit's own."))
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=_("Change nothing; say which files are not up to date."))
    ] = False,
    language: Language = None,
) -> None:
    """Write or check release/. Exit code 1 if it is not up to date."""
    from autograde.notebooks import release as releases
    from autograde.settings import KIT

    place = folder or KIT
    built = releases.build(place / "source")
    if check:
        changed = releases.stale(built, place / "release")
        for name in changed:
            say(_("not up to date: release/{name}").format(name=name))
        if changed:
            say(_("Type: make release"))
            raise typer.Exit(1)
    else:
        for name in releases.write(built, place / "release"):
            say(f"release/{name}")
    say(_("All {number} files of release/ are up to date.").format(number=len(built)))
