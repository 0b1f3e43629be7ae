"""Rate limits for wrong passwords, sign-ups, device codes and discussions.

Three counters protect passwords from guessing, and none of them lets a stranger lock out the owner of an account:

- attempts on one account from one address: at most ``failed_logins`` in ``login_window`` seconds;
- attempts from one address on all accounts: ten times as many;
- attempts on one account from all addresses: ten times as many; after that, each address has only three attempts.

A browser in which the account's owner has logged in before has a signed cookie. Its attempts are counted separately, so
attacks from elsewhere don't affect it. A user name and its e-mail address count as one account. An unknown name is
treated like an account, so that answers don't reveal which names exist. An attempt is counted before its password is
checked, so that parallel requests gain nothing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.secrets import digest
from autograde.i18n.translation import marked, translator

#: One address, or one account, may have ``failed_logins`` this many times.
_MANY = 10

#: Attempts of each address on an account under attack.
_FEW = 3

#: Days that a browser's cookie is valid.
KNOWN_DAYS = 365


class TooManyAttempts(HubRefused):
    """Raised after too many wrong passwords, even when this password is right."""


@dataclass(frozen=True)
class LoginSource:
    """Source of a login attempt: the client's IP address and its known-browser cookie, if any."""

    address: str = ""
    browser: str = ""


def network(address: str) -> str:
    """Return the network that one person is likely to control: an IPv4 address, or an IPv6 /64 network."""
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
    """Return the cookie for a browser in which this user has logged in."""
    return hub.signer.sign("browser", {"user": user_id, "exp": hub.now() // 1000 + KNOWN_DAYS * 86_400})


def _is_known(hub: Hub, browser: str, account: str) -> bool:
    claims = hub.signer.read("browser", browser, hub.now() / 1000) if browser else None
    return claims is not None and claims["user"] == account


@dataclass(frozen=True)
class Attempt:
    """A counted login attempt: the keys of its counters, and its time in milliseconds since 1970.

    No two attempts on one account have the same time, so that a success removes only its own.
    """

    keys: tuple[str, ...]
    at: int


def begin(hub: Hub, account: str, source: LoginSource, *, language: str = "en") -> Attempt:
    """Count a login attempt, before its password is checked.

    Args:
        hub: the Hub.
        account: the account's id, or the name that was typed when there is no such account.
        source: where the attempt comes from.
        language: language of the error message.

    Raises:
        TooManyAttempts: there were too many attempts.
    """
    limit, address = hub.config.limits.failed_logins, network(source.address)
    if _is_known(hub, source.browser, account):
        wanted = {f"browser {account} {digest(source.browser)}": limit}
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
        attempt = Attempt((*wanted, everywhere), max(now, _last(hub, everywhere) + 1))
        for key in attempt.keys:
            hub.database.execute("INSERT INTO login_failures (name_key, at) VALUES (?, ?)", (key, attempt.at))
    return attempt


def succeed(hub: Hub, attempt: Attempt) -> None:
    """Remove a successful attempt from the counters, and earlier failures for this account from the same source."""
    with hub.database.transaction():
        for key in attempt.keys:
            if key.startswith(("pair ", "browser ")):
                hub.database.execute("DELETE FROM login_failures WHERE name_key = ?", (key,))
            else:
                hub.database.execute("DELETE FROM login_failures WHERE name_key = ? AND at = ?", (key, attempt.at))


def _forget_old(hub: Hub, now: int) -> None:
    window = hub.config.limits.login_window * 1000
    # Rows from the future were counted while the computer's clock was wrong; they would count for years.
    hub.database.execute("DELETE FROM login_failures WHERE at <= ? OR at > ?", (now - window, now + window))


def _count(hub: Hub, key: str) -> int:
    row = hub.database.one("SELECT count(*) AS n FROM login_failures WHERE name_key = ?", (key,))
    return int(row["n"]) if row else 0


def _last(hub: Hub, key: str) -> int:
    row = hub.database.one("SELECT max(at) AS at FROM login_failures WHERE name_key = ?", (key,))
    return int(row["at"] or 0) if row else 0


def count_action(hub: Hub, action: str, actor: str, limit: int) -> None:
    """Count an action of a user or an address; at most ``limit`` of them are allowed in ``login_window`` seconds.

    Raises:
        Refusal: 429, the limit is reached.
    """
    key, now = f"{action} {actor}", hub.now()
    with hub.database.transaction():
        _forget_old(hub, now)
        if _count(hub, key) >= limit:
            raise Refusal(
                429,
                marked("Too many requests of this kind. Wait five minutes, then try again."),
                headers={"Retry-After": str(hub.config.limits.login_window)},
            )
        hub.database.execute("INSERT INTO login_failures (name_key, at) VALUES (?, ?)", (key, now))
