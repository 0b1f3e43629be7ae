"""Spaces: repositories whose app never runs here. Their runtime, secrets and variables can be read and written."""

from __future__ import annotations

import json
from typing import Any

from autograde.hub.refusals import Refusal
from autograde.hub.repos.repositories import Repository, replace_settings
from autograde.hub.times import iso
from autograde.hub.web.calls import Call

#: Largest number of secrets, or variables, of one Space, and the longest value in characters.
_MAX_ENTRIES, _MAX_VALUE = 100, 10_000

#: Characters of all secrets, or variables, of one Space together: they are read for every list that contains it.
_MAX_TOTAL = 100_000


def runtime_of(repository: Repository) -> dict[str, Any]:
    """Return the state of a Space, whose app never runs here."""
    return {
        "stage": "NO_APP_FILE",
        "hardware": {"current": None, "requested": None},
        "storage": {"current": None, "requested": None},
        "gcTimeout": None,
        "replicas": {"current": 0, "requested": 0},
        "volumes": [],
        "sdk": repository.settings.get("sdk"),
    }


def _space(call: Call, *, write: bool = False) -> Repository:
    if call.repository_type != "space":
        raise Refusal(404, "Sorry, we can't find the page you are looking for.")
    return call.writable() if write else call.readable()


def runtime(call: Call) -> dict[str, Any]:
    """``GET /api/spaces/{id}/runtime``."""
    return runtime_of(_space(call))


def secrets(call: Call) -> dict[str, Any]:
    """``GET``, ``POST`` and ``DELETE /api/spaces/{id}/secrets``. Only the names are stored, because no app runs that
    could use the values."""
    return _listed("secrets", _space(call, write=True)) if call.request.method == "GET" else _change(call, "secrets")


def variables(call: Call) -> dict[str, Any]:
    """``GET``, ``POST`` and ``DELETE /api/spaces/{id}/variables``."""
    return _listed("variables", _space(call)) if call.request.method == "GET" else _change(call, "variables")


def _listed(kind: str, space: Repository) -> dict[str, Any]:
    return dict(space.settings.get(kind, {}))


def _change(call: Call, kind: str) -> dict[str, Any]:
    space, data = _space(call, write=True), call.json()
    key = _key(data)
    with call.hub.database.transaction():
        # Read them here, because another request may have changed them meanwhile.
        settings = dict(_space(call, write=True).settings)
        known = settings[kind] = dict(settings.get(kind, {}))
        if call.request.method != "DELETE":
            add_entry(known, kind, data, call.hub.now())
        elif known.pop(key, None) is None:
            raise Refusal(404, f"There is no {key} in this Space's {kind}.")
        replace_settings(call.hub, space, settings)
    call.record(f"space.{kind}.changed", space, key=key)
    return known


def _key(data: Any) -> str:
    key = data.get("key") if isinstance(data, dict) else None
    if not isinstance(key, str) or not key.isidentifier() or len(key) > 200:
        raise Refusal(400, "'key' must be a name of letters, digits and underscores.")
    return key


def add_entry(known: dict[str, Any], kind: str, data: Any, now: int) -> None:
    """Add a secret or a variable to those of a Space; ``data`` has the keys ``key``, ``value`` and ``description``.

    Raises:
        Refusal: 400, one of them is not allowed; 413, there would be too many.
    """
    key = _key(data)
    value, description = data.get("value", ""), data.get("description") or ""
    if not isinstance(value, str) or len(value) > _MAX_VALUE or not isinstance(description, str):
        raise Refusal(400, f"'value' and 'description' must be texts; a value has at most {_MAX_VALUE:,} characters.")
    known[key] = {"key": key, "description": description[:1000], "updatedAt": iso(now)}
    if kind == "variables":
        known[key]["value"] = value
    if len(known) > _MAX_ENTRIES or len(json.dumps(known)) > _MAX_TOTAL:
        raise Refusal(413, f"A Space has at most {_MAX_ENTRIES} {kind}, of {_MAX_TOTAL:,} characters together.")
