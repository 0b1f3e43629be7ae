"""Large files and whole histories: list, delete permanently, copy, squash, duplicate (tiers 2 and 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.errors import HubRefused
from autograde.hub.api.repositories import author_of, repository_url
from autograde.hub.budgets import check
from autograde.hub.names import REPOSITORY_TYPES, repository_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, repositories, rewriting, uploads
from autograde.hub.repos.bindings import bind, bound_size
from autograde.hub.repos.pointers import is_oid
from autograde.hub.repos.quota import count_git, require_room
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.times import iso
from autograde.hub.web.calls import Call

#: Largest number of files in one request to copy large files.
_MAX_FILES = 1000


def super_squash(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/super-squash/{branch}``."""
    repository = call.writable()
    user = access.require_user(call.caller)
    branch = call.parameters["branch"]
    message = str(call.json().get("message") or f"Super-squash branch '{branch}'")
    oid = rewriting.squash(call.hub, repository, branch, author_of(user), message)
    call.record("history.squashed", repository, branch=branch, commit=oid)
    return {"commitOid": oid}


def lfs_files(call: Call) -> list[dict[str, Any]]:
    """``GET /api/{types}/{id}/lfs-files``: list the large files of all refs."""
    repository = call.writable()
    answers, seen = [], set()
    for blob, oid, path, size in uploads.lfs_pointers(call.hub, repository):
        if oid in seen or bound_size(call.hub, repository.id, oid) is None:
            continue
        seen.add(oid)
        ref, when = rewriting.ref_of(call.hub, repository, blob)
        answers.append({"fileOid": oid, "filename": path, "oid": oid, "pushedAt": iso(when), "ref": ref, "size": size})
    return answers


def delete_lfs_files(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/lfs-files/batch``: delete permanently, from every commit."""
    repository = call.administered()
    deletions = call.json().get("deletions")
    oids = deletions.get("sha") if isinstance(deletions, dict) else None
    if not isinstance(deletions, dict) or not isinstance(oids, list) or not all(is_oid(oid) for oid in oids):
        raise Refusal(400, "'deletions.sha' is a list of SHA-256 ids.")
    rewriting.remove_lfs_files(call.hub, repository, set(oids), rewrite=bool(deletions.get("rewriteHistory", True)))
    call.record("lfs.deleted", repository, files=len(oids))
    return {}


def copy_lfs_files(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/lfs-files/duplicate``: copy large files to another repository without uploading them."""
    source = call.readable()
    data = call.json()
    target, files = data.get("target"), data.get("files")
    if not isinstance(target, dict) or not isinstance(files, list):
        raise Refusal(400, "'target' is {type, name} and 'files' a list.")
    if len(files) > _MAX_FILES:
        raise Refusal(413, f"Copy at most {_MAX_FILES:,} files at a time.")
    repository = access.require_write(
        call.hub, call.caller, find_repository(call.hub, str(target.get("type") or "model"), str(target.get("name")))
    )
    failed = []
    for file in files:
        check()
        oid = file.get("sha256") if isinstance(file, dict) else None
        row = (
            call.hub.database.one("SELECT * FROM bindings WHERE repository_id = ? AND oid = ?", (source.id, oid))
            if is_oid(oid)
            else None
        )
        if row is None:
            failed.append({"sha256": oid, "error": "The file does not exist in this repository."})
        else:
            if bound_size(call.hub, repository.id, row["oid"]) is None:
                require_room(call.hub, repository, row["size"])
            bind(call.hub, repository.id, row["oid"], row["size"], row["xet_hash"])
    return {"failed": failed}


def duplicate(call: Call) -> Response:
    """``POST /api/{types}/{id}/duplicate``: a copy of a repository, history and large files included."""
    source = call.readable()
    data = call.json()
    if source.type not in REPOSITORY_TYPES:
        raise Refusal(400, "This kind of repository cannot be duplicated.")
    owner_name, __, name = str(data.get("repository") or "").rpartition("/")
    owner = accounts.find_user(call.hub, owner_name) if owner_name else access.require_user(call.caller)
    if owner is None:
        raise Refusal(403, f"You don't have the rights to create a repository under the namespace {owner_name!r}.")
    access.require_create(call.hub, call.caller, owner)
    if problem := repository_name_problem(name or source.name):
        raise Refusal(400, problem)
    private = data["visibility"] != "public" if data.get("visibility") else bool(data.get("private", source.private))
    try:
        made = copy_repository(call, source, owner, name or source.name, private=private)
    except HubRefused as refused:
        existing = find_repository(call.hub, source.type, f"{owner.name}/{name or source.name}")
        url = repository_url(call, existing) if existing else ""
        raise Refusal(409, str(refused), body={"url": url}) from None
    return JSONResponse({"url": repository_url(call, made)})


def copy_repository(call: Call, source: Repository, owner: User, name: str, *, private: bool) -> Repository:
    """Copy a repository under another name. The caller must check rights first.

    Raises:
        HubRefused: the name is taken.
    """
    size = call.hub.database.one(
        "SELECT (SELECT coalesce(sum(size), 0) FROM bindings WHERE repository_id = ?)"
        " + (SELECT coalesce(sum(size), 0) FROM git_storage WHERE repository_id = ?) AS size",
        (source.id, source.id),
    )
    assert size
    # A copy counts towards its owner's quota, like an upload.
    require_room(call.hub, replace(source, owner_id=owner.id, owner=owner.name), int(size["size"]))
    made = repositories.create_repository(
        call.hub, owner, name, type=source.type, private=private, settings=source.settings
    )
    git = call.hub.database.one(
        "SELECT coalesce(sum(size), 0) AS size FROM git_storage WHERE repository_id = ?", (source.id,)
    )
    count_git(call.hub, made, int(git["size"]) if git else 0)
    # Bindings before refs, so that refs never name large files that the repository does not have.
    call.hub.database.execute(
        "INSERT INTO bindings (repository_id, oid, size, xet_hash, created_at)"
        " SELECT ?, oid, size, xet_hash, created_at FROM bindings WHERE repository_id = ?",
        (made.id, source.id),
    )
    refs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    with call.hub.git.lock(source.id):
        call.hub.git.run(made.id, "fetch", "--quiet", str(call.hub.git.path(source.id)), *refs)
    call.record("repository.duplicated", made, source=source.full_name)
    return made
