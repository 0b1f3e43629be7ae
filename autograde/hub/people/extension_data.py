"""JSON values that extensions store about users, each under a name. They are deleted with the user."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograde.hub.core import Hub


@dataclass(frozen=True)
class Stored:
    """A stored value, with its user, its name, and the time of its last change in milliseconds since 1970."""

    user_id: str
    name: str
    value: dict[str, Any]
    changed_at: int


def store(hub: Hub, extension: str, user_id: str, name: str, value: Mapping[str, Any]) -> None:
    """Store a JSON object under a name, replacing an earlier one."""
    hub.database.execute(
        "INSERT INTO extension_data (extension, user_id, name, value, changed_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (extension, user_id, name)"
        " DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        (extension, user_id, name, json.dumps(dict(value)), hub.now()),
    )


def stored_values(hub: Hub, extension: str, user_id: str = "") -> list[Stored]:
    """Return an extension's values, sorted by name; with ``user_id``, only those about this user."""
    rows = hub.database.all(
        "SELECT * FROM extension_data WHERE extension = ? AND (? = '' OR user_id = ?) ORDER BY name",
        (extension, user_id, user_id),
    )
    return [Stored(row["user_id"], row["name"], json.loads(row["value"]), row["changed_at"]) for row in rows]
