"""Pages of a repository's discussions and pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from autograde.hub.api.repositories import author_of
from autograde.hub.markdown import Place, to_html
from autograde.hub.pages.forms import field
from autograde.hub.pages.history import MAX_DIFF
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import LISTED, redirect
from autograde.hub.pages.rendering import problem_of, render
from autograde.hub.pages.repository import common, place_of
from autograde.hub.pages.sessions import required_user
from autograde.hub.people import attempts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, discussions
from autograde.hub.repos.diffs import FileChange, changes, since_fork
from autograde.hub.repos.discussions import Discussion, DiscussionEvent
from autograde.hub.repos.repositories import Repository
from autograde.hub.web.calls import Call
from autograde.i18n.translation import marked, translator

if TYPE_CHECKING:
    from markupsafe import Markup

#: Largest number of events, and of characters of text, on one page of a long discussion.
_EVENTS = 40
_CHARACTERS = 12 << 10


def listing(call: Call) -> Response:
    """``/{owner}/{name}/discussions``: list them, with a form for a new one."""
    repository = call.readable()
    status, problem, given = 200, "", {"title": "", "description": ""}
    if call.request.method == "POST":
        user = required_user(call)
        given = {key: field(call, key).strip() for key in given}
        try:
            attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
            opened = discussions.open_discussion(
                call.hub, repository, user, given["title"], given["description"], pull_request=False
            )
        except Refusal as refused:
            status, problem = problem_of(call, refused)
        else:
            call.record("discussion.opened", repository, number=opened.number)
            return redirect(f"/{repository.path}/discussions/{opened.number}")
    found, number = discussions.listing(call.hub, repository), call.number("p")
    return render(
        call, "discussions.html", status, **common(call, repository, "main", "discussions"),
        discussions=found[number * LISTED : (number + 1) * LISTED], page=number,
        more=len(found) > (number + 1) * LISTED, problem=problem, given=given,
    )  # fmt: skip


def discussion(call: Call) -> Response:
    """``/{owner}/{name}/discussions/{number}``: show a discussion, and the changes of a pull request."""
    repository = call.readable()
    number = call.parameters["number"]
    found = discussions.find(call.hub, repository, int(number) if number.isdecimal() and len(number) < 10 else 0)
    problem, status = "", 200
    if call.request.method == "POST":
        user = required_user(call)
        try:
            attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
            _act(call, repository, found, user)
        except Refusal as refused:
            status, problem = problem_of(call, refused)
        else:
            last = len(_parts(discussions.events(call.hub, found))) - 1
            return redirect(f"/{repository.path}/discussions/{found.number}" + (f"?p={last}" if last else ""))
    place = place_of(call, repository, "main")
    parts = _parts(discussions.events(call.hub, found))
    page = min(call.number("p"), len(parts) - 1)
    events = [(event, _comment_html(call, event, place)) for event in parts[page]]
    changed, conflicts = _changes(call, repository, found) if found.pull_request else ([], [])
    return render(
        call, "discussion.html", status, **common(call, repository, "main", "discussions"),
        discussion=found, events=events, page=page, more=page < len(parts) - 1,
        changes=changed, conflicts=conflicts, problem=problem, at=found.ref,
        may_decide=_may_decide(call, repository, found), given=field(call, "comment"),
    )  # fmt: skip


def _parts(events: list[DiscussionEvent]) -> list[list[DiscussionEvent]]:
    """Split a discussion into pages of limited length, each with at least one event."""
    parts, room = [list[DiscussionEvent]()], _CHARACTERS
    for event in events:
        size = len(_source_text(event))
        if parts[-1] and (len(parts[-1]) == _EVENTS or size > room):
            parts.append([])
            room = _CHARACTERS
        parts[-1].append(event)
        room -= size
    return parts


def _source_text(event: DiscussionEvent) -> str:
    """Return a comment's source text; empty for hidden comments and other events."""
    if event.type != "comment" or event.data["hidden"]:
        return ""
    return str(event.data["versions"][-1]["raw"])


def _comment_html(call: Call, event: DiscussionEvent, place: Place) -> Markup | str:
    """Return a comment as HTML; empty for hidden comments and other events."""
    text = _source_text(event)
    if text == "_No description_":  # the Hub's placeholder for an empty text
        _ = translator("hub", language_of(call.request))
        text = _("_No description_")
    return to_html(text, place, anchors=False)


def _may_decide(call: Call, repository: Repository, found: Discussion) -> bool:
    """Return whether the caller may open and close a discussion."""
    is_author = call.caller.user is not None and call.caller.user.id == found.author.id
    return is_author or access.can_write(call.hub, call.caller, repository)


def _act(call: Call, repository: Repository, found: Discussion, user: User) -> None:
    act = field(call, "act")
    if act == "comment":
        discussions.comment(call.hub, found, user, field(call, "comment"))
    elif act in ("open", "closed"):
        if not _may_decide(call, repository, found):
            raise Refusal(403, marked("Only the author and people with write access to the repository can do this."))
        discussions.change_status(call.hub, found, user, act)
    elif act == "merge":
        access.require_write(call.hub, call.caller, repository)
        discussions.merge(call.hub, repository, found, user, author_of(user))
    else:
        # The action becomes part of an event's kind, so ignore unknown ones.
        return
    call.record(f"discussion.{act}", repository, number=found.number)


def _changes(call: Call, repository: Repository, found: Discussion) -> tuple[list[FileChange], list[str]]:
    """Return the changes of a pull request, and the files in conflict."""
    base = f"{found.merge_commit}^1" if found.merge_commit else "refs/heads/main"
    changed = changes(call.hub, repository, since_fork(call.hub, repository, base, found.ref), limit=MAX_DIFF)
    return changed, discussions.conflicts(call.hub, repository, found)
