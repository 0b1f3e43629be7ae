"""What a teacher has switched while the Hub runs, kept in its database; until then the start's settings hold."""

from __future__ import annotations

from autograde.hub.core import Hub

_SIGN_UP = "sign-up"
_DEVICE_LOGIN = "device-login"


def sign_up_is_open(hub: Hub) -> bool:
    """Whether ``/join`` accepts new people now."""
    return _is_on(hub, _SIGN_UP, hub.config.sign_up)


def open_sign_up(hub: Hub, wanted: bool) -> None:
    """Let ``/join`` accept new people, or no longer. Holds at once, and after a restart too."""
    _turn(hub, _SIGN_UP, wanted)


def device_login_is_open(hub: Hub) -> bool:
    """Whether programs may ask a person in a browser for their login; see :mod:`autograde.hub.people.devices`."""
    return _is_on(hub, _DEVICE_LOGIN, True)


def open_device_login(hub: Hub, wanted: bool) -> None:
    """Let programs ask for a login, or no longer: on a Hub where nobody sits at a browser, they would wait in vain."""
    _turn(hub, _DEVICE_LOGIN, wanted)


def _is_on(hub: Hub, name: str, otherwise: bool) -> bool:
    row = hub.database.one("SELECT value FROM switches WHERE name = ?", (name,))
    return bool(row["value"]) if row else otherwise


def _turn(hub: Hub, name: str, wanted: bool) -> None:
    hub.database.execute(
        "INSERT INTO switches (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, int(wanted)),
    )
