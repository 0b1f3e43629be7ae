"""Device login (RFC 8628): ``hf auth login`` and ``notebook_login()`` show a code that a person approves on a page."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.secrets import digest, random_string
from autograde.hub.storage.database import Taken

#: How long a code can be approved, and how often a client may ask, in seconds.
LIFETIME = 900
INTERVAL = 1

# No vowels and no look-alikes: codes are read from a screen and typed.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True)
class DeviceCode:
    """A log-in in progress: the client's secret and what the person types."""

    device_code: str
    user_code: str


def start(hub: Hub) -> DeviceCode:
    """Begin a log-in."""
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
    """Approve or deny a log-in; False when there is none waiting under this code, however it was typed."""
    letters = re.sub(r"[^A-Z]", "", user_code.upper())
    changed = hub.database.execute(
        "UPDATE device_codes SET status = ?, user_id = ? WHERE user_code = ? AND status = 'pending' AND expires_at > ?",
        ("approved" if approve else "denied", user.id, f"{letters[:4]}-{letters[4:]}", hub.now()),
    )
    return changed > 0


def collect(hub: Hub, device_code: str) -> tuple[str | None, str]:
    """The token of an approved log-in, given out once: ``(token, "")``, or ``(None, why not)`` in RFC 8628's words."""
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
        return accounts.create_token(hub, user, role="write", name=f"device-{row['user_code']}"), ""
