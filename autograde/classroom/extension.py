"""The application for classes, as the Hub mounts it: ``LocalHub(extensions=(CLASSROOM,))``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograde.hub.extension import Extension

if TYPE_CHECKING:
    from autograde.hub.public import Address


def _marked(message: str) -> str:
    """Mark a message that is translated later."""
    return message


def _routes() -> Sequence[Address]:
    # Imported with the first request: a Hub must start fast.
    from autograde.classroom.pages.routes import routes

    return routes()


def _announced(hub: Any) -> Mapping[str, Any]:
    from autograde.classroom.checks import announced

    return announced(hub)


CLASSROOM = Extension(
    name="classroom",
    folder=Path(__file__).parent,
    routes=_routes,
    title=_marked("Classroom"),
    announces=_announced,
)
