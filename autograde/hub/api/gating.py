"""Gated repositories: request access, and accept or reject requests."""

from __future__ import annotations

import json
from typing import Any

from autograde.hub.api.account import avatar_url
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.database import Row, Taken
from autograde.hub.times import iso
from autograde.hub.web.calls import Call
from autograde.i18n.translation import marked

STATUSES = ("pending", "accepted", "rejected")

_ALREADY = {
    "pending": marked("This request is pending already."),
    "accepted": marked("This request is accepted already."),
    "rejected": marked("This request is rejected already."),
}


def check(call: Call) -> dict[str, Any]:
    """``GET /api/{types}/{id}/auth-check[/write]``: check whether the caller may read, or write."""
    if call.request.scope["path"].endswith("/write"):
        call.writable()
    else:
        call.readable()
    return {}


def request_access(call: Call) -> dict[str, Any]:
    """``POST /{id}/ask-access``: request access, as the button on a gated repository's page does."""
    repository = call.visible()
    user = access.require_writing_token(call.caller)
    if not repository.gated:
        raise Refusal(400, marked("This repository is not gated: its files can be read as they are."))
    status = "accepted" if repository.gated == "auto" else "pending"
    _insert(call, repository, user.id, status, granted=False)
    call.record("access.asked", repository, status=status)
    return {"status": status}


def _insert(call: Call, repository: Repository, user_id: str, status: str, *, granted: bool) -> None:
    try:
        call.hub.database.execute(
            "INSERT INTO access_requests (id, repository_id, user_id, status, granted, created_at) VALUES (?, "
            "?, ?, ?, ?, ?)",
            (call.hub.new_id()[:24], repository.id, user_id, status, int(granted), call.hub.now()),
        )
    except Taken:
        asked = marked("You have asked for access already. People who can write to the repository decide about it.")
        known = marked("This user has asked for access already; handle that request instead.")
        raise Refusal(400, known if granted else asked) from None


def requests(call: Call) -> list[dict[str, Any]]:
    """``GET /api/{types}/{id}/user-access-request/{status}``."""
    repository = call.writable()
    status = call.parameters["status"]
    if status not in STATUSES:
        raise Refusal(400, f"Invalid status {status!r}: it is pending, accepted or rejected.")
    return [_request(call, row) for row in requests_with_status(call, repository, status)]


def requests_with_status(call: Call, repository: Repository, status: str) -> list[Row]:
    """Return a repository's access requests with this status, newest first."""
    return call.hub.database.all(
        "SELECT * FROM access_requests WHERE repository_id = ? AND status = ? ORDER BY created_at DESC",
        (repository.id, status),
    )


def _request(call: Call, row: Row) -> dict[str, Any]:
    user = accounts.user_by_id(call.hub, row["user_id"])
    assert user
    person: dict[str, Any] = {
        "_id": user.id,
        "user": user.name,
        "fullname": user.fullname,
        "type": "user",
        "avatarUrl": avatar_url(call, user),
    }
    # People who request access agree to share their e-mail address; people who were granted access did not. The key is
    # always there, because huggingface_hub before 0.24 reads it.
    person["email"] = None if row["granted"] else user.email or ""
    return {
        "requestId": row["id"], "user": person, "status": row["status"], "timestamp": iso(row["created_at"]),
        "fields": json.loads(row["fields"]) or None,
    }  # fmt: skip


def handle(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/user-access-request/handle``: accept, reject, or set back to pending."""
    repository = call.writable()
    data = call.json()
    decide(call, repository, data, data.get("status"))
    return {}


def decide(call: Call, repository: Repository, request: dict[str, Any], status: object) -> None:
    """Answer the request given by ``requestId`` or ``user`` in ``request``. The caller must check rights first.

    Raises:
        Refusal: 400 for an unknown status; 404 if the request does not exist or has this status already.
    """
    if status not in STATUSES:
        raise Refusal(400, f"Invalid status {status!r}: it is pending, accepted or rejected.")
    row = _find(call, repository, request)
    if row["status"] == status:
        raise Refusal(404, _ALREADY[status])
    call.hub.database.execute("UPDATE access_requests SET status = ? WHERE id = ?", (status, row["id"]))
    call.record("access.handled", repository, status=status)


def _find(call: Call, repository: Repository, data: dict[str, Any]) -> Row:
    if isinstance(data.get("requestId"), str):
        row = call.hub.database.one(
            "SELECT * FROM access_requests WHERE id = ? AND repository_id = ?", (data["requestId"], repository.id)
        )
    else:
        user = accounts.find_user(call.hub, str(data.get("user") or ""))
        row = call.hub.database.one(
            "SELECT * FROM access_requests WHERE user_id = ? AND repository_id = ?",
            (user.id if user else "", repository.id),
        )
    if row is None:
        raise Refusal(404, marked("There is no such access request."))
    return row


def grant(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/user-access-request/grant``: grant access to a person who has not requested it."""
    repository = call.writable()
    if not repository.gated:
        raise Refusal(400, marked("This repository is not gated."))
    user = accounts.find_user(call.hub, str(call.json().get("user") or ""))
    if user is None:
        raise Refusal(404, marked("There is no such user."))
    _insert(call, repository, user.id, "accepted", granted=True)
    call.record("access.granted", repository, user=user.name)
    return {}
