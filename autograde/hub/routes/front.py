"""Routes of the pages that visitors see first: log-in, lists and profiles.

They are separate because importing the modules of the other pages would take as long again.
"""

from __future__ import annotations

from autograde.hub.pages import assets, lists, people, tokens
from autograde.hub.pages.endpoint import page
from autograde.hub.permissions import ENTRY, FORM, OPEN, PAGE
from autograde.hub.routing import Address


def routes() -> list[Address]:
    """Return the routes; fixed paths come before accounts' names."""
    both = ["GET", "POST"]
    return [
        Address("/", page(lists.home), permission=PAGE, framed=True),
        Address("/static/{file:seg}", assets.static, permission=OPEN),
        Address("/avatars/{file:seg}", assets.avatar, permission=OPEN),
        Address("/join", page(people.join, hashes=True), permission=ENTRY, methods=both),
        Address("/login", page(people.login, hashes=True), permission=ENTRY, methods=both),
        Address("/logout", page(people.logout), permission=ENTRY, methods=["POST"]),
        Address("/welcome", page(people.welcome), permission=PAGE),
        Address("/settings/tokens", page(tokens.tokens), permission=PAGE, post=FORM, methods=both),
        Address("/device", page(people.device), permission=PAGE, post=FORM, methods=both),
        Address("/{types:types}", page(lists.listing), permission=PAGE, framed=True),
        Address("/{owner:seg}", page(people.profile), permission=PAGE, framed=True),
    ]
