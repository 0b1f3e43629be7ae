"""Collections: a person's list of repositories under a title."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.hub import budgets
from autograde.hub.markdown import to_html
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.repositories import find_repository
from autograde.hub.storage.database import Row, Taken
from autograde.hub.times import iso
from autograde.hub.web.bodies import optional_text
from autograde.hub.web.calls import Call

THEMES = ("orange", "blue", "green", "purple", "pink", "indigo")

#: The longest description and note, in characters.
MAX_TEXT = 1000

#: Largest number of collections of one owner, and of items in a collection.
_MAX_COLLECTIONS, _MAX_ITEMS = 200, 500

#: Items of each collection in a list, as on huggingface.co.
_LISTED_ITEMS = 4

_ITEM_TYPES = ("model", "dataset", "space", "kernel", "paper", "collection", "bucket")


def _slug(call: Call, row: Row) -> str:
    owner = accounts.user_by_id(call.hub, row["owner_id"])
    words = re.sub(r"[^a-z0-9]+", "-", row["title"].lower()).strip("-")[:60] or "collection"
    return f"{owner.name if owner else ''}/{words}-{row['id']}"


def _with_slug(call: Call, slug: str) -> Row | None:
    """Return the collection with a slug, or None. Only its last 24 digits count, so that old slugs still work."""
    found = re.search(r"([0-9a-f]{24})\Z", slug)
    return call.hub.database.one("SELECT * FROM collections WHERE id = ?", (found[1],)) if found else None


def _find(call: Call, *, change: bool = False) -> Row:
    """Return the collection in the path if the caller may see it, or change it. Raises :class:`Refusal`."""
    row = _with_slug(call, call.parameters["slug"])
    if row is None or not _may_see(call, row):
        raise Refusal(404, "Collection not found")
    if change:
        user = access.require_user(call.caller)
        owner = accounts.user_by_id(call.hub, row["owner_id"])
        if owner is None or access.role_in(call.hub, user, row["owner_id"]) not in ("write", "admin"):
            raise Refusal(403, "Only its owner can change a collection.")
        access.require_writing_token(call.caller, "collection.write", owner=owner.name)
    return row


def _may_see(call: Call, row: Row) -> bool:
    """Return whether the caller may see a collection. Private ones need the owner and a token with that right."""
    if not row["private"]:
        return True
    owner = accounts.user_by_id(call.hub, row["owner_id"])
    if call.caller.user is None or owner is None or access.role_in(call.hub, call.caller.user, owner.id) is None:
        return False
    return access.token_allows(call.caller, "collection.read", owner=owner.name)


def _described(call: Call, row: Row, limit: int = _MAX_ITEMS) -> dict[str, Any]:
    """Describe a collection with its first ``limit`` items."""
    owner = accounts.user_by_id(call.hub, row["owner_id"])
    items = call.hub.database.all(
        "SELECT * FROM collection_items WHERE collection_id = ? ORDER BY position LIMIT ?", (row["id"], limit)
    )
    return {
        "_id": row["id"],
        "slug": _slug(call, row),
        "title": row["title"],
        "description": row["description"],
        "owner": {"_id": row["owner_id"], "name": owner.name if owner else "", "type": "user"},
        "private": bool(row["private"]),
        "theme": row["theme"],
        "upvotes": 0,
        "position": row["position"],
        "lastUpdated": iso(row["updated_at"]),
        "items": [shown for number, item in enumerate(items) if (shown := _item(call, item, number))],
    }


def _item(call: Call, item: Row, number: int) -> dict[str, Any] | None:
    """Return an item, or None if the caller may not see what it refers to."""
    if not _is_visible(call, item["type"], item["item_id"]):
        return None
    answer: dict[str, Any] = {"_id": item["id"], "id": item["item_id"], "type": item["type"], "position": number}
    if item["note"]:
        answer["note"] = {"text": item["note"], "html": str(to_html(item["note"], anchors=False))}
    if item["type"] == "collection":
        answer["slug"] = item["item_id"]
    return answer


def _is_visible(call: Call, kind: str, name: str) -> bool:
    """Return whether the caller may see the repository or collection that an item refers to."""
    if kind == "collection":
        row = _with_slug(call, name)
        return row is not None and _may_see(call, row)
    repository = find_repository(call.hub, kind, name)
    return repository is not None and access.can_see(call.hub, call.caller, repository)


def listing(call: Call) -> list[dict[str, Any]]:
    """``GET /api/collections``: filter by owner and by item."""
    query = call.request.query_params
    rows = call.hub.database.all(
        "SELECT collections.*, users.name AS owner FROM collections JOIN users ON users.id = owner_id"
        " ORDER BY updated_at DESC"
    )
    owners, wanted = query.getlist("owner"), query.getlist("item")
    limit = min(call.number("limit", 100), 100)
    answers: list[dict[str, Any]] = []
    for row in rows:
        budgets.check()
        if len(answers) >= limit:
            break
        if (owners and row["owner"] not in owners) or not _may_see(call, row):
            continue
        if all(_contains(call, row, *item.partition("/")[::2]) for item in wanted):
            answer = _described(call, row, _LISTED_ITEMS)
            # The client adds this field itself in lists, and fails if it is already there.
            answer.pop("position")
            answers.append(answer)
    return answers


def _contains(call: Call, row: Row, kinds: str, name: str) -> bool:
    """Return whether a collection has an item (``models``, ``ada/m``) that the caller may see."""
    sql = "SELECT 1 FROM collection_items WHERE collection_id = ? AND type = ? AND item_id = ?"
    kind = kinds.removesuffix("s")
    return call.hub.database.one(sql, (row["id"], kind, name)) is not None and _is_visible(call, kind, name)


def create(call: Call) -> dict[str, Any]:
    """``POST /api/collections``."""
    user = access.require_user(call.caller)
    data = call.json()
    if (namespace := data.get("namespace")) and str(namespace).lower() != user.name.lower():
        owner = accounts.find_user(call.hub, str(namespace))
        if owner is None or access.role_in(call.hub, user, owner.id) not in ("write", "admin"):
            raise Refusal(403, f"You cannot make collections under {namespace!r}.")
        user = owner
    access.require_writing_token(call.caller, "collection.write", owner=user.name)
    _require_below(call, "SELECT count(*) AS n FROM collections WHERE owner_id = ?", user.id, _MAX_COLLECTIONS)
    row_id = call.hub.new_id()[:24]
    # One transaction, because the first item may be refused.
    with call.hub.database.transaction():
        call.hub.database.execute(
            "INSERT INTO collections (id, owner_id, title, description, private, theme, position, updated_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
            (
                row_id, user.id, _title(data), _limited(data, "description"), int(bool(data.get("private"))), THEMES[0],
                call.hub.now(),
            ),
        )  # fmt: skip
        row = call.hub.database.one("SELECT * FROM collections WHERE id = ?", (row_id,))
        assert row
        if isinstance(data.get("item"), dict):
            _add(call, row, data["item"])
    return _described(call, row)


def _require_below(call: Call, sql: str, row_id: str, limit: int) -> None:
    """Raise if the number that ``sql`` counts for ``row_id`` has reached ``limit``."""
    row = call.hub.database.one(sql, (row_id,))
    if row and row["n"] >= limit:
        raise Refusal(400, f"There are {limit} already; delete one first.")


def _title(data: dict[str, Any]) -> str:
    title = str(data.get("title") or "").strip()
    if not 0 < len(title) <= 160:
        raise Refusal(400, "A collection needs a title of at most 160 characters.")
    return title


def _limited(data: dict[str, Any], key: str) -> str | None:
    """Return a description or a note, which every list of collections contains."""
    text = optional_text(data, key)
    if text is not None and len(text) > MAX_TEXT:
        raise Refusal(400, f"{key!r} has at most {MAX_TEXT:,} characters.")
    return text


def _is_position(value: object) -> bool:
    """Return whether a value is a valid list position that fits into the database."""
    return isinstance(value, int) and -(2**31) < value < 2**31


def detail(call: Call) -> dict[str, Any]:
    """``GET /api/collections/{slug}``."""
    return _described(call, _find(call))


def change(call: Call) -> dict[str, Any]:
    """``PATCH /api/collections/{slug}``."""
    row = _find(call, change=True)
    data = call.json()
    if "theme" in data and data["theme"] not in THEMES:
        raise Refusal(400, f"Invalid theme {data['theme']!r}: choose one of {', '.join(THEMES)}.")
    values = {
        "title": _title(data) if "title" in data else row["title"],
        "description": _limited(data, "description") if "description" in data else row["description"],
        "private": int(bool(data.get("private", row["private"]))),
        "theme": data.get("theme", row["theme"]),
        "position": data["position"] if _is_position(data.get("position")) else row["position"],
    }
    call.hub.database.execute(
        "UPDATE collections SET title = ?, description = ?, private = ?, theme = ?, position = ?, updated_at = "
        "? WHERE id = ?",
        (*values.values(), call.hub.now(), row["id"]),
    )
    return {"success": True, "data": _described(call, _find(call))}


def delete(call: Call) -> dict[str, Any]:
    """``DELETE /api/collections/{slug}``."""
    call.hub.database.execute("DELETE FROM collections WHERE id = ?", (_find(call, change=True)["id"],))
    return {}


def add_item(call: Call) -> Response:
    """``POST /api/collections/{slug}/items``."""
    row = _find(call, change=True)
    data = call.json()
    item = data.get("item")
    if not isinstance(item, dict):
        raise Refusal(400, "An item has a type and an id.")
    _add(call, row, {**item, "note": data.get("note")})
    return JSONResponse(_described(call, row))


def _add(call: Call, row: Row, item: dict[str, Any]) -> None:
    kind, name = item.get("type"), item.get("id")
    if kind not in _ITEM_TYPES or not isinstance(name, str):
        raise Refusal(400, "An item has a type and an id.")
    if kind == "paper":
        raise Refusal(400, "This Hub has no papers.")
    if not _is_visible(call, kind, name):
        raise Refusal(404, f"There is no {kind} called {name}.")
    _require_below(call, "SELECT count(*) AS n FROM collection_items WHERE collection_id = ?", row["id"], _MAX_ITEMS)
    try:
        call.hub.database.execute(
            "INSERT INTO collection_items (id, collection_id, type, item_id, note, position)"
            " SELECT ?, ?, ?, ?, ?, coalesce(max(position), -1) + 1 FROM collection_items WHERE collection_id = ?",
            (call.hub.new_id()[:24], row["id"], kind, name, _limited(item, "note"), row["id"]),
        )
    except Taken:
        raise Refusal(409, f"{name} is in this collection already.", body={"slug": _slug(call, row)}) from None
    call.hub.database.execute("UPDATE collections SET updated_at = ? WHERE id = ?", (call.hub.now(), row["id"]))


def change_item(call: Call) -> dict[str, Any]:
    """``PATCH /api/collections/{slug}/items/{item}``: change its note and its position."""
    row = _find(call, change=True)
    data = call.json()
    ids = [
        i["id"]
        for i in call.hub.database.all(
            "SELECT id FROM collection_items WHERE collection_id = ? ORDER BY position", (row["id"],)
        )
    ]
    item = call.parameters["item"]
    if item not in ids:
        raise Refusal(404, "There is no such item in this collection.")
    with call.hub.database.transaction():
        if "note" in data:
            call.hub.database.execute(
                "UPDATE collection_items SET note = ? WHERE id = ?", (_limited(data, "note"), item)
            )
        if _is_position(data.get("position")):
            ids.remove(item)
            ids.insert(data["position"], item)
            for position, item_id in enumerate(ids):
                call.hub.database.execute("UPDATE collection_items SET position = ? WHERE id = ?", (position, item_id))
    return {"success": True}


def delete_item(call: Call) -> dict[str, Any]:
    """``DELETE /api/collections/{slug}/items/{item}``."""
    row = _find(call, change=True)
    deleted = call.hub.database.execute(
        "DELETE FROM collection_items WHERE id = ? AND collection_id = ?", (call.parameters["item"], row["id"])
    )
    if not deleted:
        raise Refusal(404, "There is no such item in this collection.")
    return {}
