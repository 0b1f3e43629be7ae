"""The page of a repository's branches and tags."""

from __future__ import annotations

from starlette.responses import Response

from autograde.hub.api.repositories import author_of
from autograde.hub.pages.forms import field
from autograde.hub.pages.links import redirect
from autograde.hub.pages.rendering import problem_of, render
from autograde.hub.pages.repository import common, url
from autograde.hub.pages.sessions import required_user
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, branches
from autograde.hub.repos.repositories import Repository
from autograde.hub.web.calls import Call

#: Largest number of branches, and of tags, on the page.
_SHOWN = 100


def refs(call: Call) -> Response:
    """``/{owner}/{name}/refs``: list branches and tags; writers can create and delete them."""
    repository = call.readable()
    problem, status, given = "", 200, {key: field(call, key).strip() for key in ("name", "start")}
    if call.request.method == "POST":
        required_user(call)
        access.require_write(call.hub, call.caller, repository)
        try:
            _act(call, repository)
        except Refusal as refused:
            status, problem = problem_of(call, refused)
        else:
            return redirect(f"/{repository.path}/refs")
    lists = branches.branches_and_tags(call.hub, repository)
    with call.hub.git.reader(repository.id) as reader:
        rows = [
            [(found, url(found.name).replace("/", "%2F"), reader.commit(found.commit)) for found in listed[:_SHOWN]]
            for listed in lists
        ]
    return render(
        call, "refs.html", status, **common(call, repository, "main", "files"), rows=rows, problem=problem, given=given,
        left_off=[max(len(listed) - _SHOWN, 0) for listed in lists],
    )  # fmt: skip


def _act(call: Call, repository: Repository) -> None:
    act, name = field(call, "act"), field(call, "name").strip()
    if act in ("branch", "tag"):
        commit = branches.commit_of(call.hub, repository, field(call, "start").strip() or "main")
        if act == "branch":
            branches.create_branch(call.hub, repository, name, commit)
            call.record("branch.created", repository, branch=name, commit=commit)
        else:
            branches.create_tag(call.hub, repository, name, commit, author_of(access.require_user(call.caller)))
            call.record("tag.created", repository, tag=name, commit=commit)
    elif act == "delete-branch":
        branches.delete_branch(call.hub, repository, name)
        call.record("branch.deleted", repository, branch=name)
    elif act == "delete-tag":
        branches.delete_tag(call.hub, repository, name)
        call.record("tag.deleted", repository, tag=name)
