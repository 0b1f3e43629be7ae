"""A repository's first page: its card; while it is empty, the commands that fill it; while it is gated, the gate."""

from __future__ import annotations

from starlette.responses import Response

from autograde.hub import access, history
from autograde.hub.api import gating
from autograde.hub.calls import Call
from autograde.hub.cards import parse_card, tags
from autograde.hub.contents import snapshot
from autograde.hub.markdown import to_html
from autograde.hub.pages.repository import common, repository_and_revision
from autograde.hub.pages.view import redirect, render


def card(call: Call) -> Response:
    """``/{owner}/{name}``: the model card; for a repository without files, the commands that fill it."""
    repository = call.visible()
    if not access.can_read(call.hub, call.caller, repository):
        if call.request.method == "POST":
            gating.ask(call)
            return redirect(f"/{repository.path}")
        asked = access.request_status(call.hub, call.caller, repository)
        return render(call, "gated.html", **common(call, repository, "main", "card"), asked=asked)
    repository, revision = repository_and_revision(call)
    shared = common(call, repository, revision, "card")
    with snapshot(call.hub, repository, revision) as at:
        listed = at.list(recursive=True)
        readme = at.text("README.md", call.hub.config.limits.card)
        commits = history.count(call.hub, repository, at.commit.oid)
    parsed = parse_card(readme or "", type=repository.type)
    empty = all(entry.path in (".gitattributes", "README.md") for entry in listed) and commits == 1
    return render(
        call, "card.html", **shared, empty=empty, tags=tags(parsed, repository.type), card=to_html(parsed.text),
        files=sum(not e.is_folder for e in listed), size=sum(e.size for e in listed), commits=commits,
    )  # fmt: skip
