"""Signed links and tokens for one purpose, valid for one hour: LFS links, Xet tokens, links to Xet pieces.

A ticket never allows more than the access token it was issued for: it becomes invalid when that token is revoked or
expires, and handlers check access to the ticket's repository again (:mod:`autograde.hub.repos.access`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.repos.repositories import Repository, repository_by_id

#: How long a ticket is valid, in seconds.
LIFETIME = 3600


@dataclass(frozen=True)
class Ticket:
    """A verified ticket: its caller, and what it is for (``claims``)."""

    caller: Caller
    claims: dict[str, Any]


def issue(hub: Hub, purpose: str, caller: Caller, claims: dict[str, Any]) -> str:
    """Return a new ticket for a caller. It is valid for one purpose and contains no secrets."""
    signed = {
        **claims,
        "user": caller.user.id if caller.user else None,
        "token": caller.token.id if caller.token else None,
        "exp": hub.now() // 1000 + LIFETIME,
    }
    return hub.signer.sign(purpose, signed)


def redeem(hub: Hub, purpose: str, text: str) -> Ticket | None:
    """Verify a ticket; return None if it is forged or expired, or if its access token is no longer valid."""
    claims = hub.signer.read(purpose, text, hub.now() / 1000)
    if claims is None:
        return None
    if claims["user"] is None:
        return Ticket(ANONYMOUS, claims)
    user = accounts.user_by_id(hub, claims["user"])
    token = access_tokens.token_by_id(hub, claims["token"] or "")
    if user is None or token is None or token.user_id != user.id or token.has_expired(hub.now()):
        return None
    return Ticket(Caller(user, token), claims)


def repository_of(hub: Hub, ticket: Ticket) -> Repository:
    """Return the ticket's repository if its caller may currently read the files.

    Raises:
        Refusal: as :func:`autograde.hub.repos.access.require_readable`.
    """
    return access.require_readable(hub, ticket.caller, repository_by_id(hub, ticket.claims["repository"]))
