"""``autograde hub serve``: run a Hub for a class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde import settings
from autograde.cli.options import Data, Language, PublicUrl
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
