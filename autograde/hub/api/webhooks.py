"""Create, list, change and delete webhooks: ``/api/settings/webhooks``."""

from __future__ import annotations

import json
import re
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.storage.database import Row
from autograde.hub.web.calls import Call
from autograde.hub.webhooks import Receiver

DOMAINS = ("repo", "discussion")
_WATCHED = ("user", "org", "model", "dataset", "space")

#: What can be sent: an address without spaces, and a header. Others would never be delivered, or with question marks.
_URL, _SECRET = re.compile("[!-~]{1,2000}"), re.compile("[ -~]{0,200}")

#: Webhooks of one user, and names watched by each. Limited because each event checks all of them.
MAX_WEBHOOKS = 20
_MAX_NAMES = 50


def _described(row: Row, secret: str | None = None) -> dict[str, Any]:
    """Return a webhook in the format that clients read; its secret only in the response to the request that set it."""
    return {
        "id": row["id"],
        "url": row["url"],
        "watched": json.loads(row["watched"]),
        "domains": json.loads(row["domains"]),
        "secret": secret,
        "disabled": bool(row["disabled"]),
    }


def _find(call: Call) -> Row:
    user = access.require_writing_token(call.caller, "user.webhooks.write")
    row = call.hub.database.one(
        "SELECT * FROM webhooks WHERE id = ? AND user_id = ?", (call.parameters["webhook"], user.id)
    )
    if row is None:
        raise Refusal(404, "Webhook not found")
    return row


def _is_watched(item: Any) -> bool:
    """Return whether this is a ``{type, name}`` that can be watched."""
    if not isinstance(item, dict) or item.get("type") not in _WATCHED:
        return False
    name = item.get("name")
    return isinstance(name, str) and 0 < len(name) <= 200


def _fields(hub: Hub, data: dict[str, Any]) -> tuple[str, str, str, str | None]:
    """Return the columns of a webhook: ``url``, ``watched`` and ``domains`` as JSON, and the sealed secret.

    Raises:
        Refusal: 400, a field is invalid; 403, the Hub does not deliver webhooks to this URL.
    """
    url, watched, domains = data.get("url"), data.get("watched"), data.get("domains") or list(DOMAINS)
    if not isinstance(url, str) or not _URL.fullmatch(url) or Receiver.of(url) is None:
        raise Refusal(400, "A webhook needs a url such as http://127.0.0.1:9000/hook.")
    if not hub.deliveries.on:
        raise Refusal(
            403,
            "Webhooks are off on this Hub. The person who runs it can allow an address:"
            " autograde hub serve --webhook http://127.0.0.1:9000",
        )
    if not hub.deliveries.allows(url):
        raise Refusal(403, f"This Hub does not deliver webhooks to {url!r}; ask the person who runs it to allow it.")
    if not isinstance(watched, list) or len(watched) > _MAX_NAMES or not all(map(_is_watched, watched)):
        raise Refusal(
            400,
            f"'watched' is a list of at most {_MAX_NAMES} times {{type, name}};"
            f" a type is one of {', '.join(_WATCHED)}.",
        )
    if not isinstance(domains, list) or not all(domain in DOMAINS for domain in domains):
        raise Refusal(400, "'domains' are repo and discussion.")
    secret = data.get("secret")
    if secret is not None and (not isinstance(secret, str) or not _SECRET.fullmatch(secret)):
        raise Refusal(400, "A webhook's secret has at most 200 characters: English letters, digits and punctuation.")
    kept = [{"type": item["type"], "name": item["name"]} for item in watched]
    sealed = hub.signer.seal("webhook", secret) if secret is not None else None
    return url, json.dumps(kept), json.dumps(domains), sealed


def _require_below_limit(hub: Hub, user: User) -> None:
    row = hub.database.one("SELECT count(*) AS n FROM webhooks WHERE user_id = ?", (user.id,))
    if row and row["n"] >= MAX_WEBHOOKS:
        raise Refusal(400, f"You have {MAX_WEBHOOKS} webhooks already; delete one first.")


def listing(call: Call) -> list[dict[str, Any]]:
    """``GET /api/settings/webhooks``."""
    user = access.require_writing_token(call.caller, "user.webhooks.write")
    rows = call.hub.database.all("SELECT * FROM webhooks WHERE user_id = ? ORDER BY created_at", (user.id,))
    return [_described(row) for row in rows]


def create(call: Call) -> dict[str, Any]:
    """``POST /api/settings/webhooks``."""
    user = access.require_writing_token(call.caller, "user.webhooks.write")
    _require_below_limit(call.hub, user)
    row_id = call.hub.new_id()[:24]
    call.hub.database.execute(
        "INSERT INTO webhooks (id, user_id, url, watched, domains, secret, disabled, created_at) VALUES (?, ?, "
        "?, ?, ?, ?, 0, ?)",
        (row_id, user.id, *_fields(call.hub, call.json()), call.hub.now()),
    )
    row = call.hub.database.one("SELECT * FROM webhooks WHERE id = ?", (row_id,))
    assert row
    return {"webhook": _described(row, _secret(call))}


def _secret(call: Call) -> str | None:
    """Return the secret in this request."""
    secret = call.json().get("secret")
    return secret if isinstance(secret, str) else None


def detail(call: Call) -> dict[str, Any]:
    """``GET /api/settings/webhooks/{id}``."""
    return {"webhook": _described(_find(call))}


def change(call: Call) -> dict[str, Any]:
    """``POST /api/settings/webhooks/{id}``."""
    row = _find(call)
    known = row["secret"] and call.hub.signer.unseal("webhook", row["secret"])
    data = {**_described(row, known), **call.json()}
    call.hub.database.execute(
        "UPDATE webhooks SET url = ?, watched = ?, domains = ?, secret = ? WHERE id = ?",
        (*_fields(call.hub, data), row["id"]),
    )
    return {"webhook": _described(_find(call), _secret(call))}


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
