"""Device login (RFC 8628): ``hf auth login`` and ``notebook_login()`` show a code that the user approves on a page."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts
from autograde.hub.people.accounts import User
from autograde.hub.secrets import digest, random_string
from autograde.hub.storage.database import Taken

#: How long a code is valid, and how long a client waits between requests, in seconds.
LIFETIME = 900
INTERVAL = 1

# No vowels, to avoid words, and no look-alikes: users read codes from a screen and type them.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True)
class DeviceCode:
    """A pending device login: the client's secret, and the code that the user types."""

    device_code: str
    user_code: str


def start(hub: Hub) -> DeviceCode:
    """Start a device login and return its codes."""
    now = hub.now()
    hub.database.execute("DELETE FROM device_codes WHERE expires_at <= ?", (now,))
    while True:
        code = DeviceCode(
            random_string(40), "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
        )
        try:
            hub.database.execute(
                "INSERT INTO device_codes (digest, user_code, status, created_at, expires_at)"
                " VALUES (?, ?, 'pending', ?, ?)",
                (digest(code.device_code), code.user_code, now, now + LIFETIME * 1000),
            )
        except Taken:
            continue
        return code


def decide(hub: Hub, user_code: str, user: User, *, approve: bool) -> bool:
    """Approve or deny a device login; return False when none is pending for the code. Case and hyphen don't matter."""
    letters = re.sub(r"[^A-Z]", "", user_code.upper())
    changed = hub.database.execute(
        "UPDATE device_codes SET status = ?, user_id = ? WHERE user_code = ? AND status = 'pending' AND expires_at > ?",
        ("approved" if approve else "denied", user.id, f"{letters[:4]}-{letters[4:]}", hub.now()),
    )
    return changed > 0


def collect(hub: Hub, device_code: str) -> tuple[str | None, str]:
    """Return ``(token, "")`` for an approved login, once; else ``(None, error)`` with an error code of RFC 8628."""
    with hub.database.transaction():
        row = hub.database.one("SELECT * FROM device_codes WHERE digest = ?", (digest(device_code),))
        if row is None:
            return None, "invalid_grant"
        if row["expires_at"] <= hub.now():
            return None, "expired_token"
        if row["status"] == "pending":
            return None, "authorization_pending"
        hub.database.execute("DELETE FROM device_codes WHERE digest = ?", (row["digest"],))
        user = accounts.user_by_id(hub, row["user_id"])
        if row["status"] == "denied" or user is None:
            return None, "access_denied"
        return access_tokens.create_token(hub, user, role="write", name=f"device-{row['user_code']}"), ""
