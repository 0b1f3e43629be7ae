"""An application that is mounted into a Hub: its pages below one path, its entry in the navigation, its own data.

The Hub knows no extension by name. The program that starts a Hub names them::

    with LocalHub(extensions=(BOARD,)) as hub: ...

An extension's modules import :mod:`autograde.hub.public`, which holds everything that it may use, and are imported
with the first request below its path. This module is imported with each Hub and stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograde.hub.routing import Address


#: Returns whether a switch of the Hub is on, given its name and its default.
Switches = Callable[[str, bool], bool]


def _nothing(is_on: Switches) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Extension:
    """An application for a Hub's users.

    Attributes:
        name: one path segment. The extension answers below ``/{name}`` and ``/api/{name}``, no new account gets this
            name, and the messages of its templates are in the catalogue ``{name}``.
        folder: contains ``templates/``, which may extend the Hub's own (``base.html``), and ``static/``.
        routes: returns the routes with their complete paths (:class:`autograde.hub.public.Address`); called once.
        title: the navigation entry that administrators see, in English; empty: none.
        announces: returns what ``/healthz`` tells every client about this extension, from the Hub's switches. It must
            be quick: it answers the first request, before the extension's modules are imported.
    """

    name: str
    folder: Path
    routes: Callable[[], Sequence[Address]]
    title: str = ""
    announces: Callable[[Switches], Mapping[str, Any]] = _nothing
