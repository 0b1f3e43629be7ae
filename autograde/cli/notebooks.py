"""``autograde notebooks``: write notebooks in canonical form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def notebooks(
    paths: Annotated[
        list[Path] | None, typer.Argument(help=_("Notebooks or folders; course/ and source/ when none is named."))
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=_("Change nothing; say which notebooks break which rule."))
    ] = False,
    language: Language = None,
) -> None:
    """Rewrite or check notebooks. Exit code 1 if one breaks a rule."""
    from autograde import notebooks as books
    from autograde.settings import KIT

    chosen = list(books.files(paths or [KIT / "course", KIT / "source"]))
    broken = 0
    for path in chosen:
        if not check and books.rewrite(path):
            say(_("rewritten: {path}").format(path=path))
        found = books.check(path)
        broken += bool(found)
        for problem in found:
            say(f"{path}: {problem}")
    if broken:
        say(_("{broken} of {number} notebooks break a rule.").format(broken=broken, number=len(chosen)))
        raise typer.Exit(1)
    say(_("All {number} notebooks follow the rules.").format(number=len(chosen)))
