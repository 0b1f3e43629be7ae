"""Routes of the pages that visitors see first: log-in, lists and profiles.

The modules of the other pages take as long again to import, so those have a group of their own.
"""

from __future__ import annotations

from autograde.hub.pages import assets, lists, people, tokens
from autograde.hub.pages.endpoint import page
from autograde.hub.permissions import ENTRY, FORM, OPEN, PAGE
from autograde.hub.routing import Route


def routes() -> list[Route]:
    """Return the routes; fixed paths come before accounts' names."""
    both = ["GET", "POST"]
    return [
        Route("/", page(lists.home), permission=PAGE, framed=True),
        Route("/static/{file:seg}", assets.static, permission=OPEN),
        Route("/avatars/{file:seg}", assets.avatar, permission=OPEN),
        Route("/join", page(people.join, hashes=True), permission=ENTRY, methods=both),
        Route("/login", page(people.login, hashes=True), permission=ENTRY, methods=both),
        Route("/logout", page(people.logout), permission=ENTRY, methods=["POST"]),
        Route("/welcome", page(people.welcome), permission=PAGE),
        Route("/settings/tokens", page(tokens.tokens), permission=PAGE, post=FORM, methods=both),
        Route("/device", page(people.device), permission=PAGE, post=FORM, methods=both),
        Route("/{types:types}", page(lists.listing), permission=PAGE, framed=True),
        Route("/{owner:seg}", page(people.profile), permission=PAGE, framed=True),
    ]
