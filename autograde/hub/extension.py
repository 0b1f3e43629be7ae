"""Extensions: applications mounted into a Hub, with pages under one path, a navigation entry and their own data.

The Hub contains no extensions itself. The program that starts it passes them::

    with LocalHub(extensions=(BOARD,)) as hub: ...

An extension imports only :mod:`autograde.hub.public` and this module. Its modules are loaded on the first request
under its path; this module is loaded with every Hub, so it must stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograde.hub.routing import Route


#: Returns whether a switch of the Hub is on, given its name and its default.
Switches = Callable[[str, bool], bool]


def _nothing(is_on: Switches) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Extension:
    """An application for a Hub's users.

    Attributes:
        name: one path segment. The extension answers requests under ``/{name}`` and ``/api/{name}``, no new account can
            take this name, and the messages of its templates are in the catalogue ``{name}``.
        folder: contains ``templates/``, which may extend the Hub's own (``base.html``), and ``static/``.
        routes: returns the routes with their complete paths (:class:`autograde.hub.public.Route`); called once.
        title: the navigation entry that administrators see, in English; empty for none.
        announces: returns this extension's part of the ``/healthz`` response, given the Hub's switches. It must be
            fast, because it may run before the extension's modules are imported.
    """

    name: str
    folder: Path
    routes: Callable[[], Sequence[Route]]
    title: str = ""
    announces: Callable[[Switches], Mapping[str, Any]] = _nothing
