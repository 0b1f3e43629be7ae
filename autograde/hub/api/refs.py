"""Branches and tags (hub-protocol, row 16)."""

from __future__ import annotations

from typing import Any

from autograde.hub import access
from autograde.hub.api.repositories import author_of
from autograde.hub.calls import Call
from autograde.hub.contents import resolve, revision_not_found
from autograde.hub.gitstore import GitError
from autograde.hub.names import branch_name_problem
from autograde.hub.refusals import Refusal
from autograde.hub.repositories import Repository, touch

_NONE = "0" * 40


def list_refs(call: Call) -> dict[str, Any]:
    """``GET /api/{types}/{id}/refs``."""
    repository = call.readable()
    answer: dict[str, list[dict[str, str]]] = {"branches": [], "converts": [], "tags": []}
    kinds = {"refs/heads/": "branches", "refs/convert/": "converts", "refs/tags/": "tags"}
    if call.flag("include_prs"):
        answer["pullRequests"] = []
        kinds["refs/pr/"] = "pullRequests"
    lines = call.hub.git.run(repository.id, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)").decode()
    for line in lines.splitlines():
        ref, target, *peeled = line.split(" ")
        for prefix, kind in kinds.items():
            if ref.startswith(prefix):
                name = ref if kind == "pullRequests" else ref.removeprefix(prefix)
                # A tag with a message is an object of its own; clients want the commit that it names.
                answer[kind].append({"name": name, "ref": ref, "targetCommit": (peeled and peeled[0]) or target})
    return answer


def _create(call: Call, repository: Repository, ref: str, target: str) -> None:
    with call.hub.git.lock(repository.id):
        if resolve(call.hub, repository, ref) is not None:
            raise Refusal(409, f"Reference {ref} already exists")
        try:
            call.hub.git.run(repository.id, "update-ref", ref, target, _NONE)
        except GitError as error:
            raise Refusal(409, f"Reference {ref} cannot be made: {error}") from error
    touch(call.hub, repository)


def _name(call: Call, name: str) -> str:
    if problem := branch_name_problem(name):
        raise Refusal(400, problem)
    return name


def create_branch(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/branch/{name}``."""
    repository = call.writable()
    name = _name(call, call.parameters["branch"])
    data = call.json()
    start = data.get("startingPoint") or "main"
    target = resolve(call.hub, repository, str(start))
    if target is None:
        raise revision_not_found(str(start))
    if data.get("emptyBranch"):
        target = _empty_commit(call, repository)
    ref = f"refs/heads/{name}"
    if data.get("overwrite") and resolve(call.hub, repository, ref):
        call.hub.git.run(repository.id, "update-ref", ref, target)
    else:
        _create(call, repository, ref, target)
    call.record("branch.created", repository, branch=name, commit=target)
    return {}


def _empty_commit(call: Call, repository: Repository) -> str:
    user = access.require_user(call.caller)
    tree = call.hub.git.run(repository.id, "mktree").decode().strip()
    author = author_of(user)
    identity = ["-c", f"user.name={author.name}", "-c", f"user.email={author.email}"]
    return call.hub.git.run(repository.id, *identity, "commit-tree", tree, "-m", "empty branch").decode().strip()


def delete_branch(call: Call) -> dict[str, Any]:
    """``DELETE /api/{types}/{id}/branch/{name}``."""
    repository = call.writable()
    name = call.parameters["branch"]
    if name == "main":
        raise Refusal(403, "Cannot delete refs/heads/main")
    _delete(call, repository, f"refs/heads/{name}", name)
    call.record("branch.deleted", repository, branch=name)
    return {}


def _delete(call: Call, repository: Repository, ref: str, name: str) -> None:
    if branch_name_problem(name) or resolve(call.hub, repository, ref) is None:
        raise revision_not_found(name)
    call.hub.git.run(repository.id, "update-ref", "-d", ref)
    touch(call.hub, repository)


def create_tag(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/tag/{revision}`` with the tag's name, and perhaps a message, in the body."""
    repository = call.writable()
    data = call.json()
    target = resolve(call.hub, repository, call.parameters["revision"])
    if target is None:
        raise revision_not_found(call.parameters["revision"])
    name = _name(call, str(data.get("tag") or ""))
    message = str(data.get("message") or "")
    commit = target
    if message:
        line = author_of(access.require_user(call.caller)).line(call.hub.now() // 1000)
        record = f"object {target}\ntype commit\ntag {name}\ntagger {line}\n\n{message}\n"
        target = call.hub.git.run(repository.id, "mktag", stdin=record.encode()).decode().strip()
    _create(call, repository, f"refs/tags/{name}", target)
    call.record("tag.created", repository, tag=name, commit=commit)
    return {}


def delete_tag(call: Call) -> dict[str, Any]:
    """``DELETE /api/{types}/{id}/tag/{name}``."""
    repository = call.writable()
    name = call.parameters["revision"]
    _delete(call, repository, f"refs/tags/{name}", name)
    call.record("tag.deleted", repository, tag=name)
    return {}
