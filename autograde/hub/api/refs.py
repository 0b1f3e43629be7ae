"""List, create and delete branches and tags."""

from __future__ import annotations

from typing import Any

from autograde.hub.api.repositories import author_of
from autograde.hub.repos import access, branches
from autograde.hub.web.calls import Call


def list_refs(call: Call) -> dict[str, Any]:
    """``GET /api/{types}/{id}/refs``."""
    repository = call.readable()
    kinds = {"branches": "refs/heads/", "converts": "refs/convert/", "tags": "refs/tags/"}
    answer: dict[str, list[dict[str, str]]] = {kind: [] for kind in kinds}
    if call.flag("include_prs"):
        answer["pullRequests"] = []
    for found in branches.references(call.hub, repository):
        for kind, prefix in (*kinds.items(), ("pullRequests", "refs/pr/")):
            if found.ref.startswith(prefix) and kind in answer:
                name = found.ref if kind == "pullRequests" else found.ref.removeprefix(prefix)
                answer[kind].append({"name": name, "ref": found.ref, "targetCommit": found.commit})
    return answer


def create_branch(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/branch/{name}``."""
    repository = call.writable()
    name = branches.check_name(call.parameters["branch"])
    data = call.json()
    target = branches.commit_of(call.hub, repository, str(data.get("startingPoint") or "main"))
    if data.get("emptyBranch"):
        target = branches.empty_commit(call.hub, repository, author_of(access.require_user(call.caller)))
    branches.create_branch(call.hub, repository, name, target, overwrite=bool(data.get("overwrite")))
    call.record("branch.created", repository, branch=name, commit=target)
    return {}


def delete_branch(call: Call) -> dict[str, Any]:
    """``DELETE /api/{types}/{id}/branch/{name}``."""
    repository = call.writable()
    name = call.parameters["branch"]
    branches.delete_branch(call.hub, repository, name)
    call.record("branch.deleted", repository, branch=name)
    return {}


def create_tag(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/tag/{revision}`` with the tag's name and an optional message in the body."""
    repository = call.writable()
    data = call.json()
    commit = branches.commit_of(call.hub, repository, call.parameters["revision"])
    name, message = str(data.get("tag") or ""), str(data.get("message") or "")
    author = author_of(access.require_user(call.caller))
    branches.create_tag(call.hub, repository, name, commit, author, message)
    call.record("tag.created", repository, tag=name, commit=commit)
    return {}


def delete_tag(call: Call) -> dict[str, Any]:
    """``DELETE /api/{types}/{id}/tag/{name}``."""
    repository = call.writable()
    name = call.parameters["revision"]
    branches.delete_tag(call.hub, repository, name)
    call.record("tag.deleted", repository, tag=name)
    return {}
