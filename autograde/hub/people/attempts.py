"""How often something may be tried: wrong passwords, device codes, discussions.

Three counts stand against guessing a password, and none of them lets a stranger lock a teacher out:

- for one account from one address, ``failed_logins`` in ``login_window`` seconds;
- from one address for all accounts together, ten times as many;
- for one account from everywhere, ten times as many; then each address has only three tries in the same time.

A browser in which the account's owner has logged in before holds a signed cookie. Its tries are counted by themselves,
whatever others do under that name or from that address. A name and its e-mail address are one account; a name that
nobody has is treated as an account, so that the answers tell nothing. A try is counted before the password is looked
at, so that many at once have no advantage.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal, _marked
from autograde.hub.secrets import digest
from autograde.i18n.translation import translator

#: How many times ``failed_logins`` one address, or one account, may have in all.
_MANY = 10

#: Tries of one address for an account under attack.
_FEW = 3

#: How long a browser is known, in days.
KNOWN_DAYS = 365


class TooManyAttempts(HubRefused):
    """Too many wrong passwords; the right one has to wait too."""


@dataclass(frozen=True)
class Origin:
    """Where a log-in comes from: the client's IP address, and the cookie of a browser that has logged in before."""

    address: str = ""
    browser: str = ""


def network(address: str) -> str:
    """What one person can be expected to have: an IPv4 address, or the first half of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def known_browser(hub: Hub, user_id: str) -> str:
    """A cookie's value for a browser in which this person has logged in."""
    return hub.signer.sign("browser", {"user": user_id, "exp": hub.now() // 1000 + KNOWN_DAYS * 86_400})


def _is_known(hub: Hub, browser: str, account: str) -> bool:
    claims = hub.signer.read("browser", browser, hub.now() / 1000) if browser else None
    return claims is not None and claims["user"] == account


@dataclass(frozen=True)
class Attempt:
    """A try that was counted: under which keys, and when."""

    keys: tuple[str, ...]
    at: int


def begin(hub: Hub, account: str, origin: Origin, *, language: str = "en") -> Attempt:
    """Count a try to log in, before the password is looked at.

    Args:
        hub: the Hub.
        account: the account's id, or the name that was typed where there is no such account.
        origin: where the try comes from.
        language: of the refusal.

    Raises:
        TooManyAttempts: there were too many.
    """
    limit, address = hub.config.limits.failed_logins, network(origin.address)
    if _is_known(hub, origin.browser, account):
        wanted = {f"browser {account} {digest(origin.browser)}": limit}
    else:
        wanted = {f"pair {account} {address}": limit, f"address {address}": limit * _MANY}
    now = hub.now()
    _ = translator("hub", language)
    with hub.database.transaction():
        _forget_old(hub, now)
        everywhere = f"account {account}"
        if _count(hub, everywhere) >= limit * _MANY:
            wanted = {key: min(most, _FEW) if key.startswith("pair ") else most for key, most in wanted.items()}
        for key, most in wanted.items():
            if _count(hub, key) >= most:
                if key.startswith("address "):
                    raise TooManyAttempts(
                        _("Too many wrong passwords from this computer. Wait five minutes, then try again.")
                    )
                raise TooManyAttempts(_("Too many wrong passwords for this name. Wait five minutes, then try again."))
        attempt = Attempt((*wanted, everywhere), now)
        for key in attempt.keys:
            hub.database.execute("INSERT INTO login_failures (name_key, at) VALUES (?, ?)", (key, now))
    return attempt


def succeed(hub: Hub, attempt: Attempt) -> None:
    """Take a try back, because the password was right; earlier wrong ones for this account from there too."""
    with hub.database.transaction():
        for key in attempt.keys:
            if key.startswith(("pair ", "browser ")):
                hub.database.execute("DELETE FROM login_failures WHERE name_key = ?", (key,))
            else:
                hub.database.execute("DELETE FROM login_failures WHERE name_key = ? AND at = ?", (key, attempt.at))


def _forget_old(hub: Hub, now: int) -> None:
    hub.database.execute("DELETE FROM login_failures WHERE at <= ?", (now - hub.config.limits.login_window * 1000,))


def _count(hub: Hub, key: str) -> int:
    row = hub.database.one("SELECT count(*) AS n FROM login_failures WHERE name_key = ?", (key,))
    return int(row["n"]) if row else 0


def take(hub: Hub, what: str, whose: str, most: int) -> None:
    """Count one of the things that a person, or an address, may do only so often in ``login_window`` seconds.

    Raises:
        Refusal: 429, that was too often.
    """
    key, now = f"{what} {whose}", hub.now()
    with hub.database.transaction():
        _forget_old(hub, now)
        if _count(hub, key) >= most:
            raise Refusal(
                429,
                _marked("Too many requests of this kind. Wait five minutes, then try again."),
                headers={"Retry-After": str(hub.config.limits.login_window)},
            )
        hub.database.execute("INSERT INTO login_failures (name_key, at) VALUES (?, ?)", (key, now))
