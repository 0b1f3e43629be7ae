"""Create, change, move and delete repositories."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.errors import HubRefused
from autograde.hub.names import REPOSITORY_TYPES, repository_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, repositories
from autograde.hub.repos.binaries import SAMPLE, is_binary
from autograde.hub.repos.cards import LICENSES
from autograde.hub.repos.commits import Author, Operation, WriteFile, write_commit
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.quota import require_room_for_move
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.web.calls import Call
from autograde.hub.web.clients import takes_path_for_type
from autograde.hub.web.origin import path_prefix

#: Files that a request to create a repository may contain.
_FIRST_FILES = 100


def author_of(user: User) -> Author:
    """Return a person as the author of commits that the Hub creates."""
    return Author(user.name, f"{user.name}@users.noreply.localhost")


def create_with_first_commit(
    call: Call,
    owner: User,
    name: str,
    *,
    type: str,
    private: bool,
    card: str = "",
    settings: dict[str, Any] | None = None,
    files: Sequence[WriteFile] = (),
) -> Repository:
    """Create a repository with its first commit. The caller must check rights first.

    Args:
        call: the request.
        owner: the namespace.
        name: the repository's name.
        type: model, dataset, space or kernel.
        private: whether only members of the namespace see it.
        card: the text of its README.md; empty for none.
        settings: more settings.
        files: more files for the first commit; a README.md among them replaces ``card``.

    Raises:
        HubRefused: the name is taken or not allowed.
    """
    if problem := repository_name_problem(name):
        raise HubRefused(problem)
    repository = repositories.create_repository(call.hub, owner, name, type=type, private=private, settings=settings)
    operations: list[Operation] = [WriteFile(".gitattributes", INITIAL_GITATTRIBUTES.encode())]
    if card:
        operations.append(WriteFile("README.md", card.encode()))
    given = {file.path for file in files}
    operations = [*(each for each in operations if each.path not in given), *files]
    creator = call.caller.user or owner
    write_commit(
        call.hub, repository, "main", operations, author=author_of(creator), message="initial commit", create=True
    )
    call.record("repository.created", repository, private=private, type=type)
    return repository


def repository_url(call: Call, repository: Repository) -> str:
    """Return the URL of a repository's page; for some clients, one that leads there."""
    type = (
        "models/"
        if repository.type == "model" and path_prefix(call.request) and takes_path_for_type(call.request)
        else ""
    )
    return f"{call.base_url}/{type}{repository.path}"


def _type_of(data: dict[str, Any]) -> str:
    type = data.get("type") or "model"
    if type not in REPOSITORY_TYPES:
        raise Refusal(
            400, f"There are no repositories of type {type!r} here; the types are model, dataset, space and kernel."
        )
    return str(type)


def private_of(data: dict[str, Any], default: bool | None = None) -> bool | None:
    """Return whether a request sets a repository private, else ``default``. Raises :class:`Refusal`."""
    visibility = data.get("visibility")
    if visibility is not None:
        if visibility not in ("public", "private", "protected"):
            raise Refusal(400, f"Invalid visibility {visibility!r}: it is public or private.")
        return bool(visibility != "public")
    private = data.get("private")
    return default if private is None else bool(private)


def owner_of(call: Call, name: str | None) -> User:
    """Return the namespace of this name, or the caller's own if None. Raises :class:`Refusal`."""
    user = access.require_user(call.caller)
    owner = user if not name else accounts.find_user(call.hub, name)
    if owner is None:
        raise Refusal(403, f"You don't have the rights to create a repository under the namespace {name!r}.")
    access.require_create(call.hub, call.caller, owner)
    return owner


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise Refusal(400, f"{key!r} is missing from the request.")
    return value


def create(call: Call) -> Response:
    """``POST /api/repos/create``."""
    data = call.json()
    type, name = _type_of(data), _text(data, "name")
    organization = _text(data, "organization") if data.get("organization") else None
    if "/" in name and not organization:
        organization, __, name = name.partition("/")
    owner = owner_of(call, organization)
    settings: dict[str, Any] = {}
    card = ""
    if type == "space":
        if data.get("sdk") not in ("gradio", "docker", "static", "streamlit"):
            raise Refusal(400, "A Space needs an sdk: gradio, docker or static.")
        settings["sdk"] = data["sdk"]
        card = f"---\ntitle: {json.dumps(name)}\nsdk: {data['sdk']}\n---\n"
    files = _first_files(call, data)
    if data.get("license") is not None:
        licence = _text(data, "license")
        if licence not in LICENSES:
            raise Refusal(400, f'"license" must be one of [{", ".join(LICENSES)}]')
        card = f"---\nlicense: {licence}\n" + (card.removeprefix("---\n") or "---\n")
    private = private_of(data, default=bool(owner.settings.get("private_by_default")))
    try:
        repository = create_with_first_commit(
            call, owner, name, type=type, private=bool(private), card=card, settings=settings, files=files
        )
    except HubRefused as refused:
        existing = find_repository(call.hub, type, f"{owner.name}/{name}")
        if existing is None:
            raise Refusal(400, str(refused)) from None
        # Clients with exist_ok read `url` from this error.
        raise Refusal(
            409,
            f"You already created this {type} repo: {existing.full_name}",
            body={"url": repository_url(call, existing)},
        ) from None
    return JSONResponse({"url": repository_url(call, repository), "name": repository.full_name, "id": repository.id})


def _first_files(call: Call, data: dict[str, Any]) -> list[WriteFile]:
    """Return the small files that a request to create a repository contains, each checked as in any commit."""
    given = data.get("files") or []
    if not isinstance(given, list) or len(given) > _FIRST_FILES or not all(isinstance(file, dict) for file in given):
        raise Refusal(400, f"'files' must be a list of at most {_FIRST_FILES} objects with a path and a content.")
    files = [file_of(file) for file in given]
    for file in files:
        if problem := path_problem(file.path):
            raise Refusal(422, problem)
        if is_binary(file.read(SAMPLE)):
            raise Refusal(400, f"{file.path!r} is a binary file, which belongs in LFS or Xet; upload it afterwards.")
        if file.size > call.hub.config.limits.regular_file:
            raise Refusal(400, f"{file.path!r} is too large for the first commit; upload it afterwards.")
    return files


def file_of(item: dict[str, Any]) -> WriteFile:
    """Return a regular file from its JSON form: ``path``, ``content`` and, for bytes, ``encoding: base64``.

    Raises:
        Refusal: 400, the path or the content is not a text, or not base64.
    """
    path, content = _text(item, "path"), _text(item, "content")
    try:
        encoded = content.encode()
        return WriteFile(
            path, base64.b64decode(encoded, validate=True) if item.get("encoding") == "base64" else encoded
        )
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Refusal(400, f"The content of {path!r} cannot be read: {error}") from error


def delete(call: Call) -> dict[str, Any]:
    """``DELETE /api/repos/delete``."""
    data = call.json()
    name, organization = _text(data, "name"), data.get("organization")
    if "/" not in name:
        name = f"{organization or access.require_user(call.caller).name}/{name}"
    repository = access.require_admin(call.hub, call.caller, find_repository(call.hub, _type_of(data), name))
    repositories.delete_repository(call.hub, repository)
    call.record("repository.deleted", repository)
    return {}


def move(call: Call) -> dict[str, Any]:
    """``POST /api/repos/move``."""
    data = call.json()
    type, target = "bucket" if data.get("type") == "bucket" else _type_of(data), _text(data, "toRepo")
    repository = access.require_admin(call.hub, call.caller, find_repository(call.hub, type, _text(data, "fromRepo")))
    owner_name, __, name = target.partition("/")
    owner = owner_of(call, owner_name)
    if problem := repository_name_problem(name):
        raise Refusal(400, problem)
    try:
        with call.hub.database.transaction():
            require_room_for_move(call.hub, repository, owner)
            repositories.move_repository(call.hub, repository, owner, name)
    except HubRefused as refused:
        raise Refusal(409, str(refused)) from None
    call.record("repository.moved", repository, to=f"{owner.name}/{name}")
    return {"url": f"{call.base_url}/{repositories.URL_PREFIX[type]}{owner.name}/{name}"}


def change(call: Call) -> dict[str, Any]:
    """``PUT /api/{types}/{id}/settings``."""
    repository = call.administered()
    data = call.json()
    gated = data.get("gated")
    if gated not in (None, False, "auto", "manual"):
        raise Refusal(400, f"Invalid gated setting {gated!r}: it is auto, manual or false.")
    private = private_of(data)
    repositories.change_settings(call.hub, repository, private=private, gated=None if gated is None else (gated or ""))
    call.record("repository.changed", repository, private=private, gated=gated)
    return {"private": private if private is not None else repository.private}
