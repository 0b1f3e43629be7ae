"""Pages of a repository's history, and of one commit."""

from __future__ import annotations

from starlette.responses import Response

from autograde.hub import history
from autograde.hub.calls import Call
from autograde.hub.contents import resolve
from autograde.hub.pages.repository import common, repository_and_revision
from autograde.hub.pages.view import render
from autograde.hub.refusals import Refusal

#: The longest difference that a page shows, in bytes.
_SHOWN = 256 << 10
_PAGE = 50


def commits(call: Call) -> Response:
    """``/{owner}/{name}/commits/{revision}``: the history."""
    repository, revision = repository_and_revision(call)
    page = call.request.query_params.get("p", "0")
    number = int(page) if page.isdecimal() and len(page) < 7 else 0
    listed = history.commits(call.hub, repository, revision, skip=number * _PAGE, limit=_PAGE + 1)
    return render(
        call, "commits.html", **common(call, repository, revision, "commits"), commits=listed[:_PAGE], page=number,
        more=len(listed) > _PAGE,
    )  # fmt: skip


def commit(call: Call) -> Response:
    """``/{owner}/{name}/commit/{id}``: one commit and what it changed."""
    repository, revision = repository_and_revision(call)
    oid = resolve(call.hub, repository, revision)
    if oid is None:
        raise Refusal(404, "", code="RevisionNotFound")
    with call.hub.git.reader(repository.id) as reader:
        record = reader.commit(oid)
    diff = call.hub.git.run(
        repository.id, "show", "--format=", "--no-color", "--no-ext-diff", "--no-textconv", "-M", oid
    )
    lines = diff[:_SHOWN].decode("utf-8", "replace").splitlines()
    return render(
        call,
        "commit.html",
        **common(call, repository, "main", "commits"),
        commit=record,
        lines=lines,
        cut=len(diff) > _SHOWN,
    )
