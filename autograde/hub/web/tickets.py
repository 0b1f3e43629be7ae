"""Signed links and tokens for one purpose and one hour: LFS links, Xet tokens, links to Xet pieces.

A ticket opens nothing that the access token behind it does not open at this moment: it ends when that token is revoked
or expires, and the handler asks :mod:`autograde.hub.repos.access` again for the repository that the ticket names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.repos.repositories import Repository, repository_by_id

#: How long a ticket is good for, in seconds.
LIFETIME = 3600


@dataclass(frozen=True)
class Ticket:
    """A ticket that was read: who it was given to, and what for (``claims``)."""

    caller: Caller
    claims: dict[str, Any]


def issue(hub: Hub, purpose: str, caller: Caller, claims: dict[str, Any]) -> str:
    """A ticket for a caller; it is good for one purpose and says nothing secret."""
    signed = {
        **claims,
        "user": caller.user.id if caller.user else None,
        "token": caller.token.id if caller.token else None,
        "exp": hub.now() // 1000 + LIFETIME,
    }
    return hub.signer.sign(purpose, signed)


def redeem(hub: Hub, purpose: str, text: str) -> Ticket | None:
    """What a ticket says; None when it was made up, is too old, or the access token behind it is no longer valid."""
    claims = hub.signer.read(purpose, text, hub.now() / 1000)
    if claims is None:
        return None
    if claims["user"] is None:
        return Ticket(ANONYMOUS, claims)
    user = accounts.user_by_id(hub, claims["user"])
    token = accounts.token_by_id(hub, claims["token"] or "")
    if user is None or token is None or token.user_id != user.id or token.has_ended(hub.now()):
        return None
    return Ticket(Caller(user, token), claims)


def repository_of(hub: Hub, ticket: Ticket) -> Repository:
    """The repository that a ticket is about, where its owner may read the files at this moment.

    Raises:
        Refusal: as :func:`autograde.hub.repos.access.require_content`.
    """
    return access.require_content(hub, ticket.caller, repository_by_id(hub, ticket.claims["repository"]))
