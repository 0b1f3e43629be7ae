"""What a teacher has switched while the Hub runs, kept in its database; until then the start's settings hold."""

from __future__ import annotations

from autograde.hub.core import Hub

_SIGN_UP = "sign-up"


def sign_up_is_open(hub: Hub) -> bool:
    """Whether ``/join`` accepts new people now."""
    row = hub.database.one("SELECT value FROM switches WHERE name = ?", (_SIGN_UP,))
    return bool(row["value"]) if row else hub.config.sign_up


def open_sign_up(hub: Hub, wanted: bool) -> None:
    """Let ``/join`` accept new people, or no longer. Holds at once, and after a restart too."""
    hub.database.execute(
        "INSERT INTO switches (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_SIGN_UP, int(wanted)),
    )
