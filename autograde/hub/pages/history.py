"""Pages of a repository's history, and of one commit."""

from __future__ import annotations

from starlette.responses import Response

from autograde.hub.pages.rendering import render
from autograde.hub.pages.repository import common, repository_and_revision
from autograde.hub.refusals import Refusal
from autograde.hub.repos import history
from autograde.hub.repos.contents import resolve
from autograde.hub.repos.diffs import EMPTY_TREE, changes
from autograde.hub.web.calls import Call

#: Largest length of a diff on a page, for all files together, in characters.
MAX_DIFF = 16 << 10
_PAGE = 50


def commits(call: Call) -> Response:
    """``/{owner}/{name}/commits/{revision}``: the history."""
    repository, revision = repository_and_revision(call)
    number = call.number("p")
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
    # For a merge, show the changes relative to its first parent.
    before = record.parents[0] if record.parents else EMPTY_TREE
    found = changes(call.hub, repository, before, oid, limit=MAX_DIFF)
    return render(
        call, "commit.html", **common(call, repository, "main", "commits"), commit=record, changes=found, at=oid,
    )  # fmt: skip
