"""Settings that administrators change while the Hub runs; the start options are the defaults."""

from __future__ import annotations

from autograde.hub.core import Hub

_SIGN_UP = "sign-up"
_DEVICE_LOGIN = "device-login"


def sign_up_is_open(hub: Hub) -> bool:
    """Return whether new users can sign up at ``/join``."""
    return is_on(hub, _SIGN_UP, hub.config.sign_up)


def open_sign_up(hub: Hub, wanted: bool) -> None:
    """Open or close sign-up at ``/join``, at once and after restarts."""
    set_switch(hub, _SIGN_UP, wanted)


def device_login_is_open(hub: Hub) -> bool:
    """Return whether clients can log in with a device code; see :mod:`autograde.hub.people.devices`."""
    return is_on(hub, _DEVICE_LOGIN, True)


def open_device_login(hub: Hub, wanted: bool) -> None:
    """Allow or forbid device logins. Forbid them where no browser could approve one: clients would wait for it."""
    set_switch(hub, _DEVICE_LOGIN, wanted)


def is_on(hub: Hub, name: str, default: bool) -> bool:
    """Return whether a switch is on; ``default`` if it was never set. An extension's switches start with its name."""
    row = hub.database.one("SELECT value FROM switches WHERE name = ?", (name,))
    return bool(row["value"]) if row else default


def set_switch(hub: Hub, name: str, wanted: bool) -> None:
    """Turn a switch on or off, at once and after restarts."""
    hub.database.execute(
        "INSERT INTO switches (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, int(wanted)),
    )
