"""The Hub's extension for classes: ``LocalHub(extensions=(CLASSROOM,))``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograde.classroom import switches
from autograde.hub.extension import Extension, Switches
from autograde.i18n.translation import marked

if TYPE_CHECKING:
    from autograde.hub.public import Route


def _routes() -> Sequence[Route]:
    # Imported at the first request, because a Hub must start fast.
    from autograde.classroom.pages.routes import routes

    return routes()


def _announced(is_on: Switches) -> Mapping[str, Any]:
    return {"checks": is_on(switches.CHECKS, False)}


CLASSROOM = Extension(
    name="classroom",
    folder=Path(__file__).parent,
    routes=_routes,
    title=marked("Classroom"),
    announces=_announced,
)
