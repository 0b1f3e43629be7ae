"""``autograde release``: generate the learners' exercises from source/."""

from __future__ import annotations

from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def release(
    check: Annotated[
        bool, typer.Option("--check", help=_("Change nothing; say which files are not up to date."))
    ] = False,
    language: Language = None,
) -> None:
    """Write or check release/. Exit code 1 if it is not up to date."""
    from autograde.notebooks import release as releases
    from autograde.settings import KIT

    built = releases.build(KIT / "source")
    if check:
        changed = releases.stale(built, KIT / "release")
        for name in changed:
            say(_("not up to date: release/{name}").format(name=name))
        if changed:
            say(_("Type: make release"))
            raise typer.Exit(1)
    else:
        for name in releases.write(built, KIT / "release"):
            say(f"release/{name}")
    say(_("All {number} files of release/ are up to date.").format(number=len(built)))
