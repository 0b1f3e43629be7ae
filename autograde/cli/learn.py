"""``autograde learn``: open the lessons in JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde import settings
from autograde.cli.options import Language, PublicUrl
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def learn(
    workspace: Annotated[
        Path, typer.Option(help=_("Your folder: lessons, exercises, your work, and the Hub's data."))
    ] = Path("workspace"),
    browser: Annotated[bool, typer.Option(help=_("Open a browser window."))] = True,
    reset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTION",
            help=_("Only put a fresh copy of this lesson and its exercise in place, such as 2.4; yours are kept."),
        ),
    ] = None,
    public_url: PublicUrl = None,
    language: Language = None,
) -> None:
    """Open the lessons, or replace some of them with fresh copies."""
    from autograde.session.learn import find_folder, start_afresh
    from autograde.session.learn import learn as start

    workspace = find_folder(workspace)
    if reset:
        start_afresh(workspace, reset, say)
        return
    if public_url:
        settings.choose_public_url(public_url)
    start(workspace, browser=browser, say=say)
