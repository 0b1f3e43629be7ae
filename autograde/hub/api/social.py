"""Like and unlike repositories, and list likes."""

from __future__ import annotations

from typing import Any

from autograde.hub.api.account import avatar_url
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.repositories import repository_by_id
from autograde.hub.times import iso
from autograde.hub.web.calls import Call


def like(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/like``."""
    repository = call.visible()
    user = access.require_writing_token(call.caller)
    call.hub.database.execute(
        "INSERT INTO likes (user_id, repository_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (user.id, repository.id, call.hub.now()),
    )
    call.record("repository.liked", repository)
    return {}


def unlike(call: Call) -> dict[str, Any]:
    """``DELETE /api/{types}/{id}/like``."""
    repository = call.visible()
    user = access.require_writing_token(call.caller)
    call.hub.database.execute("DELETE FROM likes WHERE user_id = ? AND repository_id = ?", (user.id, repository.id))
    return {}


def likers(call: Call) -> list[dict[str, Any]]:
    """``GET /api/{types}/{id}/likers``."""
    repository = call.visible()
    rows = call.hub.database.all(
        "SELECT user_id FROM likes WHERE repository_id = ? ORDER BY created_at DESC", (repository.id,)
    )
    people = [user for row in rows if (user := accounts.user_by_id(call.hub, row["user_id"]))]
    return [
        {
            "_id": u.id,
            "user": u.name,
            "fullname": u.fullname,
            "type": "user",
            "isPro": False,
            "avatarUrl": avatar_url(call, u),
        }
        for u in people
    ]


def likes_of(call: Call) -> list[dict[str, Any]]:
    """``GET /api/users/{name}/likes``: only what the caller may see."""
    user = accounts.find_user(call.hub, call.parameters["owner"])
    if user is None:
        raise Refusal(404, f"There is no user called {call.parameters['owner']}.")
    rows = call.hub.database.all("SELECT * FROM likes WHERE user_id = ? ORDER BY created_at DESC", (user.id,))
    answer = []
    for row in rows:
        repository = repository_by_id(call.hub, row["repository_id"])
        if repository and access.can_see(call.hub, call.caller, repository):
            answer.append(
                {"createdAt": iso(row["created_at"]), "repo": {"name": repository.full_name, "type": repository.type}}
            )
    return answer
