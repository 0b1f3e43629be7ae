"""Access tokens: create, find, list and revoke them. Only their digests are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people.accounts import User, user_by_id
from autograde.hub.secrets import digest, new_token
from autograde.hub.storage.database import DatabaseError, Row

TOKEN_ROLES = ("read", "write", "fineGrained")


@dataclass(frozen=True)
class Token:
    """An access token without its secret. ``tail`` is its last four characters; times are milliseconds since 1970."""

    id: str
    user_id: str
    name: str
    role: str
    tail: str
    created_at: int
    last_used_at: int | None
    expires_at: int | None
    scopes: dict[str, Any] = field(default_factory=dict)

    def has_expired(self, now: int) -> bool:
        """Return whether the token has expired at ``now``, in milliseconds since 1970."""
        return self.expires_at is not None and self.expires_at <= now

    @staticmethod
    def of(row: Row) -> Token:
        """Return the token in a database row."""
        return Token(
            row["id"], row["user_id"], row["name"], row["role"], row["tail"], row["created_at"], row["last_used_at"],
            row["expires_at"], json.loads(row["scopes"]),
        )  # fmt: skip


def create_token(
    hub: Hub,
    user: User,
    *,
    role: str = "write",
    name: str = "",
    scopes: Mapping[str, Any] | None = None,
    secret: str | None = None,
    expires_at: int | None = None,
) -> str:
    """Create an access token and return it. Only its digest is stored, so it cannot be shown again.

    Args:
        hub: the Hub.
        user: the token's owner.
        role: ``read``, ``write`` or ``fineGrained``.
        name: the owner's name for the token.
        scopes: permissions of a fine-grained token: ``{"global": […], "scoped": [{"entity": {"type", "name"},
            "permissions": […]}]}``.
        secret: the token to use, for a Hub that needs a fixed one; random when None.
        expires_at: when the token expires, in milliseconds since 1970.

    Raises:
        HubRefused: ``role`` is not one of the three.
    """
    if role not in TOKEN_ROLES:
        raise HubRefused(f"{role!r} is not a token role. Use 'read', 'write' or 'fineGrained'.")
    secret = secret or new_token()
    hub.database.execute(
        "INSERT INTO tokens (id, user_id, name, role, scopes, digest, tail, created_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            hub.new_id(), user.id, name.strip() or f"{role}-token", role, json.dumps(dict(scopes or {})),
            digest(secret), secret[-4:], hub.now(), expires_at,
        ),
    )  # fmt: skip
    return secret


def find_token(hub: Hub, secret: str) -> tuple[User, Token] | None:
    """Return a token and its owner, and update the time of its last use. Return None when the token is unknown, revoked
    or expired."""
    row = hub.database.one("SELECT * FROM tokens WHERE digest = ?", (digest(secret),))
    token = Token.of(row) if row else None
    if token is None or token.has_expired(hub.now()):
        return None
    # Pages show minutes, so a write for every request is unnecessary.
    if token.last_used_at is None or hub.now() - token.last_used_at > 60_000:
        # On a full disk, reading goes on.
        with suppress(DatabaseError):
            hub.database.execute("UPDATE tokens SET last_used_at = ? WHERE id = ?", (hub.now(), token.id))
    user = user_by_id(hub, token.user_id)
    return (user, token) if user else None


def token_by_id(hub: Hub, token_id: str) -> Token | None:
    """Return the token with this id, or None when there is none or it was revoked. The id is not a secret."""
    row = hub.database.one("SELECT * FROM tokens WHERE id = ?", (token_id,))
    return Token.of(row) if row else None


def tokens_of(hub: Hub, user: User) -> list[Token]:
    """Return a user's tokens, newest first."""
    rows = hub.database.all("SELECT * FROM tokens WHERE user_id = ? ORDER BY created_at DESC, id", (user.id,))
    return [Token.of(row) for row in rows]


def revoke_token(hub: Hub, user: User, token_id: str) -> bool:
    """Revoke a user's token; return False when the user has no such token."""
    return hub.database.execute("DELETE FROM tokens WHERE id = ? AND user_id = ?", (token_id, user.id)) > 0


def revoke_tokens(hub: Hub, user: User) -> int:
    """Revoke all of a user's tokens and return how many there were."""
    return hub.database.execute("DELETE FROM tokens WHERE user_id = ?", (user.id,))
