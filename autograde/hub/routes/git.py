"""Routes of git's HTTP protocol: clone, fetch and push."""

from __future__ import annotations

from autograde.hub.api import githttp, gitpush
from autograde.hub.permissions import READ, WRITE
from autograde.hub.routing import Route


def routes() -> list[Route]:
    """Return the routes; if two match, the first one wins."""
    made = []
    for prefix in ("/{types:kinds}", ""):
        base = prefix + "/{owner:seg}/{name:git}"
        made += [
            # git asks here first; before a push, the handler checks write access.
            Route(base + "/info/refs", githttp.advertise, permission=READ),
            Route(base + "/git-upload-pack", githttp.Fetch(), permission=READ, methods=["POST"]),
            Route(base + "/git-receive-pack", gitpush.ReceivePack(), permission=WRITE, methods=["POST"]),
        ]
    return made
