"""Duplicate a repository, history and large files included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.errors import HubRefused
from autograde.hub.api.repositories import repository_url
from autograde.hub.api.spaces import add_entry
from autograde.hub.core import Hub
from autograde.hub.names import REPOSITORY_TYPES, repository_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, repositories
from autograde.hub.repos.contents import damaged
from autograde.hub.repos.quota import count_git, require_room
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.objects import ObjectMissing
from autograde.hub.web.calls import Call


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
    settings = _settings(call, source, data) if source.type == "space" else {}
    private = data["visibility"] != "public" if data.get("visibility") else bool(data.get("private", source.private))
    try:
        made = copy_repository(call, source, owner, name or source.name, private=private, settings=settings)
    except HubRefused as refused:
        existing = find_repository(call.hub, source.type, f"{owner.name}/{name or source.name}")
        url = repository_url(call, existing) if existing else ""
        raise Refusal(409, str(refused), body={"url": url}) from None
    return JSONResponse({"url": repository_url(call, made)})


def _settings(call: Call, source: Repository, data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the secrets and variables of a Space's duplicate: those in the request, and the other variables."""
    settings: dict[str, dict[str, Any]] = {"secrets": {}, "variables": dict(source.settings.get("variables", {}))}
    for kind, entries in settings.items():
        items = data.get(kind) or []
        if not isinstance(items, list):
            raise Refusal(400, f"{kind!r} must be a list of objects with a key and a value.")
        for item in items:
            add_entry(entries, kind, item, call.hub.now())
    return settings


def copy_repository(
    call: Call, source: Repository, owner: User, name: str, *, private: bool, settings: Mapping[str, Any] | None = None
) -> Repository:
    """Copy a repository under another name, completely or not at all. The caller must check rights first.

    ``settings`` replace those of the original.

    Raises:
        HubRefused: the name is taken.
        Refusal: 413, it does not fit in the owner's quota; 422, it is damaged; 503, others are changing it.
    """
    with call.hub.locks.lock(source.id):
        made = _copy(call, source, owner, name, private=private, settings=settings or {})
    call.record("repository.duplicated", made, source=source.full_name)
    return made


def _copy(
    call: Call, source: Repository, owner: User, name: str, *, private: bool, settings: Mapping[str, Any]
) -> Repository:
    """Copy a repository while the caller holds its lock."""
    sizes = call.hub.database.one(
        "SELECT (SELECT coalesce(sum(size), 0) FROM bindings WHERE repository_id = ?1) AS large_files,"
        " (SELECT count(*) FROM bindings WHERE repository_id = ?1) AS number,"
        " (SELECT coalesce(sum(size), 0) FROM git_storage WHERE repository_id = ?1) AS git",
        (source.id,),
    )
    assert sizes
    # A copy counts towards its owner's quota, like an upload.
    require_room(call.hub, source, sizes["large_files"] + sizes["git"], owner, files=sizes["number"])
    # Only writers may see the names of a Space's secrets. And the next mirror must not take this for its own copy.
    kept = {key: source.settings[key] for key in source.settings.keys() - {"secrets", repositories.MIRRORED}}
    made = repositories.create_repository(
        call.hub, owner, name, type=source.type, private=private, settings={**kept, **settings}
    )
    try:
        count_git(call.hub, made, sizes["git"])
        # Bindings before refs, so that refs never name large files that the repository does not have.
        call.hub.database.execute(
            "INSERT INTO bindings (repository_id, oid, size, xet_hash, created_at)"
            " SELECT ?, oid, size, xet_hash, created_at FROM bindings WHERE repository_id = ?",
            (made.id, source.id),
        )
        refs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        call.hub.git.run(made.id, "fetch", "--quiet", str(call.hub.git.path(source.id)), *refs)
    except BaseException as error:
        repositories.delete_repository(call.hub, made)
        if isinstance(error, GitError):
            _require_complete(call.hub, source)
        raise
    return made


def _require_complete(hub: Hub, repository: Repository) -> None:
    """Check that no object of a repository is missing.

    Raises:
        Refusal: 422, one is.
    """
    try:
        hub.git.run(repository.id, "fsck", "--connectivity-only", "--no-dangling")
    except GitError as error:
        if missing := re.search(b"^missing [a-z]+ ([0-9a-f]{40})", error.output, re.MULTILINE):
            raise damaged(ObjectMissing(missing[1].decode())) from error
