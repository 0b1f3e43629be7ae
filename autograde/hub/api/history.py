"""List the commits of a repository, or squash them."""

from __future__ import annotations

import html
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.hub.api.repositories import author_of
from autograde.hub.people.accounts import find_user
from autograde.hub.repos import access, history, rewriting
from autograde.hub.repos.contents import resolve
from autograde.hub.times import iso
from autograde.hub.web.calls import Call

#: Commits on one page of the list.
PAGE = 50

#: Longer commit messages are truncated in lists, in characters.
_MESSAGE = 8_000


def commits(call: Call) -> Response:
    """``GET /api/{types}/{id}/commits/{revision}``."""
    repository = call.readable()
    query = call.request.query_params
    number = call.number("p")
    listed = history.commits(call.hub, repository, call.parameters["revision"], skip=number * PAGE, limit=PAGE + 1)
    answers = []
    formatted = "formatted" in query.getlist("expand") + query.getlist("expand[]")
    for commit in listed[:PAGE]:
        user, body = find_user(call.hub, commit.author), commit.body[:_MESSAGE]
        answer: dict[str, Any] = {
            "id": commit.oid, "title": commit.title, "message": body, "date": iso(commit.when * 1000),
            "authors": [{"user": user.name if user else commit.author}], "parents": list(commit.parents),
        }  # fmt: skip
        if formatted:
            answer["formatted"] = {"title": html.escape(commit.title), "message": html.escape(body)}
        answers.append(answer)
    head = resolve(call.hub, repository, call.parameters["revision"]) if listed else None
    headers = {"X-Total-Count": str(history.count(call.hub, repository, head))} if head else {}
    if len(listed) > PAGE:
        headers |= call.next_page(p=number + 1)
    return JSONResponse(answers, headers=headers)


def super_squash(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/super-squash/{branch}``."""
    repository = call.writable()
    user = access.require_user(call.caller)
    branch = call.parameters["branch"]
    message = str(call.json().get("message") or f"Super-squash branch '{branch}'")
    oid = rewriting.squash(call.hub, repository, branch, author_of(user), message)
    call.record("history.squashed", repository, branch=branch, commit=oid)
    return {"commitOid": oid}
