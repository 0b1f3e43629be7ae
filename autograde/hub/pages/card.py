"""A repository's main page: its card, the commands to fill an empty repository, or a request for access."""

from __future__ import annotations

from hashlib import sha256

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub.api import gating, social
from autograde.hub.api.duplication import copy_repository
from autograde.hub.markdown import MAX_TEXT, Rendered, render_text
from autograde.hub.names import repository_name_problem
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import current_path, redirect
from autograde.hub.pages.new_repository import chosen_owner, owners_for
from autograde.hub.pages.rendering import problem_of, render
from autograde.hub.pages.repository import common, place_of, repository_and_revision
from autograde.hub.pages.sessions import required_user
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, history
from autograde.hub.repos.cards import parse_card, tags
from autograde.hub.repos.contents import open_revision
from autograde.hub.times import size_text
from autograde.hub.web.calls import Call
from autograde.i18n.translation import translator


def with_type(call: Call) -> Response:
    """Redirect ``/models/ada/bert`` and the addresses below it, git's too, to those without ``/models``."""
    return redirect(current_path(call.request).removeprefix("/models"))


def card(call: Call) -> Response:
    """``/{owner}/{name}``: the model card; for a repository without files, the commands that fill it."""
    repository = call.visible()
    if not access.can_read(call.hub, call.caller, repository):
        if call.request.method == "POST":
            gating.request_access(call)
            return redirect(f"/{repository.path}")
        call.request.scope["framed"] = False
        status = access.request_status(call.hub, call.caller, repository)
        return render(call, "gated.html", **common(call, repository, "main", "card"), request_status=status)
    repository, revision = repository_and_revision(call)
    shared = common(call, repository, revision, "card")
    with open_revision(call.hub, repository, revision) as at:
        # Don't make a list of them: there may be a hundred thousand.
        files = size = others = has_card = 0
        for entry in at.walk():
            files += not entry.is_folder
            size += entry.size
            has_card += entry.path == "README.md"
            others += entry.path not in (".gitattributes", "README.md")
        readme = at.text("README.md", call.hub.config.limits.card)
        commits = history.count(call.hub, repository, at.commit.oid)
    parsed = parse_card(readme or "", type=repository.type)
    rendered = render_text(parsed.text, place_of(call, repository, revision))
    too_large, empty = readme is None and bool(has_card), not others and commits == 1
    return render(
        call, "card.html", **shared, empty=empty, tags=tags(parsed, repository.type), commits=commits,
        card=rendered.html, notice=_notice(call, rendered, too_large=too_large),
        files=files, size=size,
    )  # fmt: skip


def _notice(call: Call, rendered: Rendered, *, too_large: bool) -> str:
    """Return the page's notice if the card is not shown, or not completely."""
    _ = translator("hub", language_of(call.request))
    if too_large:
        limit = size_text(call.hub.config.limits.card)
        return _("README.md is larger than {limit}, so it is not shown here. Make it shorter.").format(limit=limit)
    if rendered.plain:
        return _("The Markdown of this card takes too long to render, so you see its source text.")
    if rendered.cut:
        limit = f"{MAX_TEXT:,}"
        return _("This card is longer than {limit} characters; the rest is not shown here.").format(limit=limit)
    return ""


def uploads(call: Call) -> Response:
    """``/{owner}/{name}/incoming``: the part of a repository's page that shows uploads in progress."""
    repository = call.readable()
    response = render(call, "uploads.html", **common(call, repository, "main", ""))
    version = f'"{sha256(response.body).hexdigest()[:16]}"'
    if call.request.headers.get("if-none-match") == version:
        return Response(status_code=304, headers={"ETag": version, "Cache-Control": "no-store"})
    response.headers["ETag"] = version
    return response


def like(call: Call) -> Response:
    """``POST /{owner}/{name}/like``: like or unlike it."""
    required_user(call)
    repository = call.visible()
    (social.unlike if field(call, "act") == "unlike" else social.like)(call)
    return redirect(f"/{repository.path}")


def duplicate(call: Call) -> Response:
    """``/{owner}/{name}/duplicate``: copy it with its whole history."""
    user = required_user(call)
    source = call.readable()
    owners = owners_for(call, user)
    given = {"owner": user.name, "name": source.name, "visibility": "private" if source.private else "public"}
    given = {key: field(call, key).strip() or value for key, value in given.items()}
    status, problem = 200, ""
    if call.request.method == "POST":
        try:
            if wrong := repository_name_problem(given["name"], language_of(call.request)):
                raise HubRefused(wrong)
            owner = chosen_owner(call, owners, given["owner"], given["name"], source.type)
            made = copy_repository(call, source, owner, given["name"], private=given["visibility"] == "private")
        except (HubRefused, Refusal) as refused:
            status, problem = problem_of(call, refused)
        else:
            return redirect(f"/{made.path}")
    return render(
        call, "duplicate.html", status, **common(call, source, "main", "card"), owners=owners, given=given,
        problem=problem,
    )  # fmt: skip
