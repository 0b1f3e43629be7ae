"""Sessions of browsers: open, find and close them."""

from __future__ import annotations

from autograde.hub.core import Hub
from autograde.hub.people.accounts import User, user_by_id
from autograde.hub.secrets import digest, random_string

SESSION_DAYS = 30


def open_session(hub: Hub, user: User) -> str:
    """Create a session for a browser and return the value of its cookie."""
    secret = random_string(43)
    now = hub.now()
    with hub.database.transaction():
        hub.database.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))
        hub.database.execute(
            "INSERT INTO sessions (digest, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
            (digest(secret), user.id, now, now + SESSION_DAYS * 86_400_000),
        )
    return secret


def session_user(hub: Hub, secret: str) -> User | None:
    """Return the user of this session cookie, or None."""
    row = hub.database.one(
        "SELECT user_id FROM sessions WHERE digest = ? AND expires_at > ?", (digest(secret), hub.now())
    )
    return user_by_id(hub, row["user_id"]) if row else None


def close_session(hub: Hub, secret: str) -> None:
    """End a browser session."""
    hub.database.execute("DELETE FROM sessions WHERE digest = ?", (digest(secret),))
