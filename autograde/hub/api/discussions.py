"""Discussions and pull requests over the API."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from typing import Any

from autograde.hub.api.account import avatar_url
from autograde.hub.api.repositories import author_of
from autograde.hub.markdown import to_html
from autograde.hub.people import attempts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, discussions
from autograde.hub.repos.contents import resolve
from autograde.hub.repos.diffs import since_fork, text_of
from autograde.hub.repos.discussions import Discussion, DiscussionEvent
from autograde.hub.repos.repositories import Repository
from autograde.hub.times import iso
from autograde.hub.web.calls import Call

PAGE = 50

#: Time limit for rendering the comments of one response, in seconds.
_SECONDS = 2.0

#: The largest diff in a response, in bytes.
_DIFF = 1 << 20


def _person(call: Call, user: User) -> dict[str, Any]:
    return {
        "_id": user.id,
        "name": user.name,
        "fullname": user.fullname,
        "type": user.kind,
        "avatarUrl": avatar_url(call, user),
    }


def _summary(call: Call, repository: Repository, discussion: Discussion) -> dict[str, Any]:
    return {
        "num": discussion.number,
        "title": discussion.title,
        "status": discussion.status,
        "isPullRequest": discussion.pull_request,
        "createdAt": iso(discussion.created_at),
        "author": _person(call, discussion.author),
        "pinned": False,
        "repo": {"name": repository.full_name, "type": repository.type},
        "repoOwner": {"name": repository.owner, "type": "user"},
        "numComments": 0,
        "topReactions": [],
    }


class _Comments:
    """Renders comments as HTML until the response's time limit is used up, then as source text.

    Users may write hundreds of comments that take a tenth of a second each.
    """

    def __init__(self) -> None:
        self._spent = 0.0

    def __call__(self, text: str) -> str:
        if self._spent > _SECONDS:
            return f"<pre>{html.escape(text)}</pre>"
        started = time.monotonic()
        rendered = str(to_html(text))
        self._spent += time.monotonic() - started
        return rendered


def event(call: Call, event: DiscussionEvent, rendered: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return an event in the format that clients read; ``rendered`` converts a comment to HTML."""
    data = dict(event.data)
    if event.type == "comment":
        versions = data["versions"]
        latest = versions[-1]
        hidden = data["hidden"]
        raw = "" if hidden else latest["raw"]
        data = {
            "edited": len(versions) > 1,
            "hidden": hidden,
            "numEdits": len(versions) - 1,
            "latest": {
                "raw": raw,
                "html": (rendered or _Comments())(raw),
                "updatedAt": iso(latest["at"]),
                "author": {"name": latest["author"]},
            },
            "history": []
            if hidden
            else [
                {"raw": v["raw"], "updatedAt": iso(v["at"]), "author": {"name": v["author"]}}
                for v in reversed(versions[:-1])
            ],
        }
    return {
        "id": event.id,
        "type": event.type,
        "createdAt": iso(event.created_at),
        "author": _person(call, event.author),
        "data": data,
    }


def _detail(call: Call, repository: Repository, discussion: Discussion) -> dict[str, Any]:
    answer = _summary(call, repository, discussion)
    rendered = _Comments()
    answer["events"] = [event(call, e, rendered) for e in discussions.events(call.hub, discussion)]
    if discussion.pull_request:
        changes: dict[str, Any] = {"base": "refs/heads/main"}
        if discussion.merge_commit:
            changes["mergeCommitId"] = discussion.merge_commit
        answer["changes"] = changes
        answer["filesWithConflicts"] = discussions.conflicts(call.hub, repository, discussion)
        if call.flag("diff"):
            answer["diff"] = _diff(call, repository, discussion)
    return answer


def _diff(call: Call, repository: Repository, discussion: Discussion) -> str:
    head, base = resolve(call.hub, repository, discussion.ref), resolve(call.hub, repository, "main")
    if head is None or base is None:
        return ""
    return text_of(call.hub, repository, since_fork(call.hub, repository, base, head), limit=_DIFF)


def _found(call: Call) -> tuple[Repository, Discussion]:
    repository = call.readable()
    number = call.parameters["number"]
    if not number.isdecimal() or len(number) > 9:
        raise Refusal(404, f"There is no discussion {number!r}.")
    return repository, discussions.find(call.hub, repository, int(number))


def _require_author_or_writer(call: Call, repository: Repository, discussion: Discussion) -> User:
    """Return the caller if they are the discussion's author or have write access. Raises :class:`Refusal`."""
    user = access.require_participant(call.caller, repository)
    if user.id != discussion.author.id and not access.can_write(call.hub, call.caller, repository):
        raise Refusal(403, "Only the author and people with write access to the repository can do this.")
    return user


def listing(call: Call) -> dict[str, Any]:
    """``GET /api/{types}/{id}/discussions``: fifty per page, ``?p=``."""
    repository = call.readable()
    query = call.request.query_params
    found = discussions.listing(call.hub, repository)
    if (kind := query.get("type", "all")) != "all":
        found = [d for d in found if d.pull_request == (kind == "pull_request")]
    if (status := query.get("status", "all")) != "all":
        found = [d for d in found if (d.status in ("open", "draft")) == (status == "open")]
    if author := query.get("author"):
        found = [d for d in found if d.author.name.lower() == author.lower()]
    start = call.number("p") * PAGE
    shown = [_summary(call, repository, d) for d in found[start : start + PAGE]]
    return {"discussions": shown, "count": len(found), "start": start, "numClosedDiscussions": 0}


def create(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/discussions``."""
    repository = call.readable()
    user = access.require_participant(call.caller, repository)
    data = call.json()
    attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
    discussion = discussions.open_discussion(
        call.hub,
        repository,
        user,
        data.get("title"),
        str(data.get("description") or ""),
        pull_request=bool(data.get("pullRequest")),
    )
    call.record("discussion.opened", repository, number=discussion.number, pull_request=discussion.pull_request)
    return {"num": discussion.number, "url": f"{call.base_url}/{repository.path}/discussions/{discussion.number}"}


def detail(call: Call) -> dict[str, Any]:
    """``GET …/discussions/{number}``."""
    return _detail(call, *_found(call))


def comment(call: Call) -> dict[str, Any]:
    """``POST …/discussions/{number}/comment``."""
    repository, discussion = _found(call)
    user = access.require_participant(call.caller, repository)
    attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
    added = discussions.comment(call.hub, discussion, user, call.json().get("comment"))
    call.record("discussion.commented", repository, number=discussion.number)
    return {"newMessage": event(call, added)}


def edit(call: Call) -> dict[str, Any]:
    """``POST …/discussions/{number}/comment/{event}/edit``."""
    repository, discussion = _found(call)
    user = access.require_participant(call.caller, repository)
    attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
    changed = discussions.edit_comment(call.hub, discussion, user, call.parameters["event"], call.json().get("content"))
    return {"updatedComment": event(call, changed)}


def hide(call: Call) -> dict[str, Any]:
    """``PUT …/discussions/{number}/comment/{event}/hide``."""
    repository, discussion = _found(call)
    _require_author_or_writer(call, repository, discussion)
    return {"updatedComment": event(call, discussions.hide_comment(call.hub, discussion, call.parameters["event"]))}


def title(call: Call) -> dict[str, Any]:
    """``POST …/discussions/{number}/title``."""
    repository, discussion = _found(call)
    user = _require_author_or_writer(call, repository, discussion)
    attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
    return {"newTitle": event(call, discussions.rename(call.hub, discussion, user, call.json().get("title")))}


def status(call: Call) -> dict[str, Any]:
    """``POST …/discussions/{number}/status``."""
    repository, discussion = _found(call)
    user = _require_author_or_writer(call, repository, discussion)
    data = call.json()
    attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
    changed = discussions.change_status(call.hub, discussion, user, data.get("status"))
    if data.get("comment"):
        discussions.comment(call.hub, discussion, user, data["comment"])
    call.record("discussion.status", repository, number=discussion.number, status=data.get("status"))
    return {"newStatus": event(call, changed)}


def merge(call: Call) -> dict[str, Any]:
    """``POST …/discussions/{number}/merge``."""
    repository, discussion = _found(call)
    access.require_write(call.hub, call.caller, repository)
    user = access.require_participant(call.caller, repository)
    if text := call.json().get("comment"):
        discussions.comment(call.hub, discussion, user, text)
    oid = discussions.merge(call.hub, repository, discussion, user, author_of(user))
    call.record("discussion.merged", repository, number=discussion.number, commit=oid)
    return {"mergeCommitId": oid}
