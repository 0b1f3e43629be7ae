"""``/api/settings/webhooks`` (hub-protocol, tier 3)."""

from __future__ import annotations

import json
from typing import Any

from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.storage.database import Row
from autograde.hub.web.calls import Call

DOMAINS = ("repo", "discussion")
_WATCHED = ("user", "org", "model", "dataset", "space")


def _described(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "url": row["url"],
        "watched": json.loads(row["watched"]),
        "domains": json.loads(row["domains"]),
        "secret": row["secret"],
        "disabled": bool(row["disabled"]),
    }


def _find(call: Call) -> Row:
    user = access.require_writing_token(call.caller)
    row = call.hub.database.one(
        "SELECT * FROM webhooks WHERE id = ? AND user_id = ?", (call.parameters["webhook"], user.id)
    )
    if row is None:
        raise Refusal(404, "Webhook not found")
    return row


def _fields(data: dict[str, Any]) -> tuple[str, str, str, str | None]:
    url, watched, domains = data.get("url"), data.get("watched"), data.get("domains") or list(DOMAINS)
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refusal(
            400, "A webhook needs a url. This Hub delivers to addresses of this machine only (http://127.0.0.1:…)."
        )
    if not isinstance(watched, list) or not all(
        isinstance(w, dict) and w.get("type") in _WATCHED and w.get("name") for w in watched
    ):
        raise Refusal(400, f"'watched' is a list of {{type, name}}; a type is one of {', '.join(_WATCHED)}.")
    if not isinstance(domains, list) or not set(domains) <= set(DOMAINS):
        raise Refusal(400, "'domains' are repo and discussion.")
    secret = data.get("secret")
    return url, json.dumps(watched), json.dumps(domains), secret if isinstance(secret, str) else None


def listing(call: Call) -> list[dict[str, Any]]:
    """``GET /api/settings/webhooks``."""
    user = access.require_writing_token(call.caller)
    rows = call.hub.database.all("SELECT * FROM webhooks WHERE user_id = ? ORDER BY created_at", (user.id,))
    return [_described(row) for row in rows]


def create(call: Call) -> dict[str, Any]:
    """``POST /api/settings/webhooks``."""
    user = access.require_writing_token(call.caller)
    row_id = call.hub.new_id()[:24]
    call.hub.database.execute(
        "INSERT INTO webhooks (id, user_id, url, watched, domains, secret, disabled, created_at) VALUES (?, ?, "
        "?, ?, ?, ?, 0, ?)",
        (row_id, user.id, *_fields(call.json()), call.hub.now()),
    )
    row = call.hub.database.one("SELECT * FROM webhooks WHERE id = ?", (row_id,))
    assert row
    return {"webhook": _described(row)}


def detail(call: Call) -> dict[str, Any]:
    """``GET /api/settings/webhooks/{id}``."""
    return {"webhook": _described(_find(call))}


def change(call: Call) -> dict[str, Any]:
    """``POST /api/settings/webhooks/{id}``."""
    row = _find(call)
    data = {**_described(row), **call.json()}
    call.hub.database.execute(
        "UPDATE webhooks SET url = ?, watched = ?, domains = ?, secret = ? WHERE id = ?", (*_fields(data), row["id"])
    )
    return detail(call)


def switch(call: Call) -> dict[str, Any]:
    """``POST /api/settings/webhooks/{id}/enable`` and ``/disable``."""
    row = _find(call)
    call.hub.database.execute(
        "UPDATE webhooks SET disabled = ? WHERE id = ?", (int(call.parameters["state"] == "disable"), row["id"])
    )
    return detail(call)


def delete(call: Call) -> dict[str, Any]:
    """``DELETE /api/settings/webhooks/{id}``."""
    call.hub.database.execute("DELETE FROM webhooks WHERE id = ?", (_find(call)["id"],))
    return {}
