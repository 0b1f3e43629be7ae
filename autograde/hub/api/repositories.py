"""Create, describe, list, change and delete repositories (hub-protocol, rows 2, 3, 17, 18, and the lists)."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.errors import HubRefused
from autograde.hub.budgets import BudgetSpent
from autograde.hub.names import REPOSITORY_TYPES, repository_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, repositories
from autograde.hub.repos.binaries import SAMPLE, is_binary
from autograde.hub.repos.cards import LICENSES, Card, parse_card, tags
from autograde.hub.repos.commits import INITIAL_GITATTRIBUTES, Author, Operation, WriteFile, write_commit
from autograde.hub.repos.contents import Snapshot, resolve, snapshot
from autograde.hub.repos.loading import loads_model
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.repositories import Repository, find_repository
from autograde.hub.repos.tensors import parameter_counts, tensors_in
from autograde.hub.times import iso
from autograde.hub.untrusted import MAX_INTEGER, Unreadable, clean_text, read_json
from autograde.hub.web.calls import Call

PAGE = 1000

#: Characters of each part of config.json that is shown, and of a whole list.
_NAMES = 4096
_LIST = 8 << 20

#: Files whose names take tens of megabytes: such answers are made one after another.
_MANY = 5_000

#: Data types of one model; safetensors has some twenty.
_DTYPES = 64

#: Sort key that needs the files of repositories; the others are columns of the database.
_PARAMETERS = "num_parameters"

#: Files that a request to create a repository may contain.
_FIRST_FILES = 100

#: Seconds of CPU time to read the weight files of one model. A header of eight megabytes takes more than one.
_WEIGHTS_SECONDS = 2.0

#: Seconds of CPU time for a list. Summaries are cached, so the next list shows more.
_SECONDS = 5.0


def author_of(user: User) -> Author:
    """Return a person as the author of commits that the Hub creates."""
    return Author(user.name, f"{user.name}@users.noreply.localhost")


def found_repository(
    call: Call,
    owner: User,
    name: str,
    *,
    type: str,
    private: bool,
    card: str = "",
    settings: dict[str, Any] | None = None,
    more: Sequence[WriteFile] = (),
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
        more: more files of the first commit; a README.md among them replaces ``card``.

    Raises:
        HubRefused: the name is taken or not allowed.
    """
    if problem := repository_name_problem(name):
        raise HubRefused(problem)
    repository = repositories.create_repository(call.hub, owner, name, type=type, private=private, settings=settings)
    files: list[Operation] = [WriteFile(".gitattributes", INITIAL_GITATTRIBUTES.encode())]
    if card:
        files.append(WriteFile("README.md", card.encode()))
    given = {file.path for file in more}
    files = [*(file for file in files if file.path not in given), *more]
    creator = call.caller.user or owner
    write_commit(call.hub, repository, "main", files, author=author_of(creator), message="initial commit", create=True)
    call.record("repository.created", repository, private=private, type=type)
    return repository


def repository_url(call: Call, repository: Repository) -> str:
    """Return the URL of a repository's page."""
    return f"{call.base_url}/{repository.path}"


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
    """``POST /api/repos/create`` (row 2)."""
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
    more = _first_files(call, data)
    if data.get("license") is not None:
        licence = _text(data, "license")
        if licence not in LICENSES:
            raise Refusal(400, f'"license" must be one of [{", ".join(LICENSES)}]')
        card = f"---\nlicense: {licence}\n" + (card.removeprefix("---\n") or "---\n")
    private = private_of(data, default=bool(owner.settings.get("private_by_default")))
    try:
        repository = found_repository(
            call, owner, name, type=type, private=bool(private), card=card, settings=settings, more=more
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
    """``DELETE /api/repos/delete`` (row 17)."""
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
        repositories.move_repository(call.hub, repository, owner, name)
    except HubRefused as refused:
        raise Refusal(409, str(refused)) from None
    call.record("repository.moved", repository, to=f"{owner.name}/{name}")
    return {"url": f"{call.base_url}/{repositories.URL_PREFIX[type]}{owner.name}/{name}"}


def change(call: Call) -> dict[str, Any]:
    """``PUT /api/{types}/{id}/settings`` (row 18)."""
    repository = call.administered()
    data = call.json()
    gated = data.get("gated")
    if gated not in (None, False, "auto", "manual"):
        raise Refusal(400, f"Invalid gated setting {gated!r}: it is auto, manual or false.")
    private = private_of(data)
    repositories.change_settings(call.hub, repository, private=private, gated=None if gated is None else (gated or ""))
    call.record("repository.changed", repository, private=private, gated=gated)
    return {"private": private if private is not None else repository.private}


def card_of(call: Call, at: Snapshot, type: str) -> Card:
    """Return the card of a repository at a revision; an empty one without README.md."""
    return parse_card(at.text("README.md", call.hub.config.limits.card) or "", type=type)


def describe(
    call: Call, repository: Repository, revision: str = "main", *, siblings: bool, blobs: bool = False
) -> dict[str, Any]:
    """Return a repository in the format of ``/api/models/{id}`` (row 3)."""
    with snapshot(call.hub, repository, revision) as at:
        answer = _described(call, repository, _content(call, repository, at))
        if siblings:
            answer["siblings"] = [_sibling(entry, blobs) for entry in at.list(recursive=True) if not entry.is_folder]
    return answer


def _described(call: Call, repository: Repository, content: dict[str, Any]) -> dict[str, Any]:
    """Combine what the database has about a repository with the summary of one of its commits."""
    answer: dict[str, Any] = {
        "_id": repository.id[:24],
        "id": repository.full_name,
        "author": repository.owner,
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "gated": repository.gated or False,
        "disabled": False,
        "downloads": repository.downloads,
        "downloadsAllTime": repository.downloads,
        "likes": repository.likes,
        "trendingScore": repository.likes,
        "createdAt": iso(repository.created_at),
        "lastModified": iso(repository.updated_at),
        "usedStorage": used_storage(call, repository),
        **content,
    }
    if repository.type == "model":
        answer |= {"modelId": repository.full_name, "spaces": [], "inference": None, "widgetData": None}
    elif repository.type == "dataset":
        answer |= {"citation": None, "paperswithcode_id": None}
    else:
        answer["sdk"] = answer["sdk"] or repository.settings.get("sdk")
        answer["subdomain"] = repository.full_name.replace("/", "-").lower()
        answer["models"] = []
        answer["datasets"] = []
        answer["runtime"] = {"stage": "NO_APP_FILE", "hardware": {"current": None, "requested": None}}
    return answer


def _content(call: Call, repository: Repository, at: Snapshot) -> dict[str, Any]:
    """Return the summary of a commit. It never changes, so it is cached for lists."""
    if (known := call.hub.summaries.get(repository.id, at.commit.oid)) is not None:
        return known
    card = card_of(call, at, repository.type)
    metadata = card.metadata
    content = {"sha": at.commit.oid, "tags": tags(card, repository.type), "cardData": metadata or None}
    if repository.type == "model":
        content |= {key: metadata.get(key) for key in ("pipeline_tag", "library_name", "model-index")}
        content |= {"config": _config(call, at), "safetensors": _safetensors(call, at)}
    elif repository.type == "dataset":
        content["description"] = card.text.strip()[:300] or None
    else:
        content["sdk"] = metadata.get("sdk")
    call.hub.summaries.keep(repository.id, at.commit.oid, content)
    return content


def _sibling(entry: Any, blobs: bool) -> dict[str, Any]:
    sibling: dict[str, Any] = {"rfilename": entry.utf8_path}
    if blobs:
        sibling |= {"size": entry.size, "blobId": entry.oid}
        if entry.lfs:
            sibling["lfs"] = {"sha256": entry.lfs.oid, "size": entry.lfs.size, "pointerSize": entry.blob_size}
    return sibling


def _config(call: Call, at: Snapshot) -> dict[str, Any] | None:
    """Return the keys of config.json that the Hub shows, unless they are long: then they are no names."""
    try:
        config = read_json(at.text("config.json", call.hub.config.limits.card) or "null")
    except Unreadable:
        return None
    if not isinstance(config, dict):
        return None
    shown = {key: config[key] for key in ("architectures", "model_type") if key in config}
    return {key: value for key, value in shown.items() if len(json.dumps(value)) <= _NAMES}


def _safetensors(call: Call, at: Snapshot) -> dict[str, Any] | None:
    """Return the number of parameters per dtype in the safetensors files, or None without such files, or if reading
    them takes too long."""
    counts: Counter[str] = Counter()
    known: dict[str, dict[str, int]] = {}
    begun = time.thread_time()
    for entry in at.list():
        if entry.lfs and entry.path.endswith(".safetensors") and call.hub.blobs.has(oid := entry.lfs.oid):
            if oid not in known:
                if time.thread_time() - begun > _WEIGHTS_SECONDS:
                    return None
                with call.hub.blobs.open(oid) as stream:
                    known[oid] = parameter_counts(tensors_in(stream) or [])
            counts.update(known[oid])
    # A number of more than 64 bits is none in the clients' languages.
    if not counts or len(counts) > _DTYPES or counts.total() > MAX_INTEGER:
        return None
    return {"parameters": dict(counts), "total": counts.total()}


def used_storage(call: Call, repository: Repository) -> int:
    """Return the size of a repository's large files in bytes."""
    row = call.hub.database.one(
        "SELECT coalesce(sum(size), 0) AS used FROM bindings WHERE repository_id = ?", (repository.id,)
    )
    return int(row["used"]) if row else 0


def _expanded(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    """Return only the fields in ``?expand=``, if given."""
    wanted = call.request.query_params.getlist("expand") + call.request.query_params.getlist("expand[]")
    if not wanted:
        return answer
    return {key: answer[key] for key in ("_id", "id", *wanted) if key in answer}


def info(call: Call) -> Response | dict[str, Any]:
    """``GET /api/{types}/{id}[/revision/{revision}]`` (row 3)."""
    repository = call.visible()
    revision = call.parameters.get("revision", "main")
    if repository.type == "model" and loads_model(call.request):
        with call.hub.database.note():
            call.record("model.loaded", repository)
    if resolve(call.hub, repository, revision) is None and "revision" not in call.parameters:
        return _expanded(
            call, {"_id": repository.id[:24], "id": repository.full_name, "private": repository.private, "siblings": []}
        )
    with snapshot(call.hub, repository, revision) as at:
        many = at.count() > _MANY
    with call.hub.listing if many else nullcontext():
        found = describe(call, repository, revision, siblings=True, blobs=call.flag("blobs"))
        return JSONResponse(_expanded(call, found))


def listing(call: Call) -> Response:
    """``GET /api/{types}``: search, filter, sort and paginate."""
    query = call.request.query_params
    order = query.get("sort", "lastModified")
    if order not in (orders := (*repositories.ORDERS, _PARAMETERS)):
        raise Refusal(400, f"Invalid sort {order!r}: choose one of {', '.join(orders)}.")
    gated = query.get("gated")
    wanted = repositories.Search(
        type=call.repository_type,
        viewer=accounts.namespaces(call.hub, call.caller.user),
        author=query.get("author", ""),
        text=query.get("search", ""),
        gated=None if gated is None else gated.lower() == "true",
    )
    filters = [item for value in query.getlist("filter") for item in value.split(",") if item]
    filters += [value for key in ("pipeline_tag", "library", "language") if (value := query.get(key))]
    skip = _number(query.get("skip"), 0)
    limit = min(_number(query.get("limit"), PAGE), PAGE)
    full = call.flag("full") or query.get("full") is not None
    descending = query.get("direction", "-1") == "-1"
    listed_by = "lastModified" if order == _PARAMETERS else order
    found = repositories.search(call.hub, wanted, order=listed_by, descending=descending)
    # A token may have fewer rights than its owner.
    found = (r for r in found if access.can_see(call.hub, call.caller, r))
    begun = time.thread_time()

    def described_in_time(repository: Repository, *, siblings: bool) -> dict[str, Any]:
        """Describe a repository for a list; only its name if slow cards of others have used up the list's time."""
        known = call.hub.summaries.has(repository.id, call.hub.git.main(repository.id) or "")
        if time.thread_time() - begun > _SECONDS and (siblings or not known):
            return _named(repository) | {"error": "This list took too long; open the repository to see more."}
        return describe_listed(call, repository, siblings=siblings)

    if filters:
        found = (r for r in found if set(filters) <= {r.full_name, *described_in_time(r, siblings=False)["tags"]})
    if order == _PARAMETERS:

        def parameters(repository: Repository) -> int:
            return int((described_in_time(repository, siblings=False).get("safetensors") or {}).get("total", 0))

        found = iter(sorted(found, key=parameters, reverse=descending))
    shown = list(islice(found, skip, skip + limit + 1))
    page, length = list[dict[str, Any]](), 0
    for repository in shown[:limit]:
        described = described_in_time(repository, siblings=full)
        if not full and not call.flag("cardData"):
            described.pop("cardData", None)
        length += len(json.dumps(described))
        if length > _LIST:
            # Each of a thousand cards may have 64 KiB of metadata.
            described = _named(repository) | {"error": "This list is too long; open the repository to see more."}
        page.append(described)
    headers = {}
    if len(shown) > limit:
        following = call.request.url.include_query_params(skip=skip + limit)
        headers["Link"] = f'<{call.base_url}{following.path}?{following.query}>; rel="next"'
    return JSONResponse([_expanded(call, described) for described in page], headers=headers)


def describe_listed(call: Call, repository: Repository, *, siblings: bool) -> dict[str, Any]:
    """Describe a repository for a list, whether or not it has a commit yet.

    If it cannot be read, return its name and the reason, so that the rest of the list still works.
    """
    try:
        return _listed(call, repository, siblings=siblings)
    except BudgetSpent:
        raise
    except Exception as error:
        reason = error.message if isinstance(error, Refusal) else "This repository cannot be read."
        return _named(repository) | {"error": clean_text(reason)}


def _named(repository: Repository) -> dict[str, Any]:
    """Describe a repository for a list without reading its content."""
    return {
        "_id": repository.id[:24],
        "id": repository.full_name,
        "private": repository.private,
        "tags": [],
        "siblings": [],
    }


def _listed(call: Call, repository: Repository, *, siblings: bool) -> dict[str, Any]:
    main = call.hub.git.main(repository.id)
    if main and not siblings and (content := call.hub.summaries.get(repository.id, main)):
        return _described(call, repository, content)
    if main is None:
        return _named(repository)
    return describe(call, repository, siblings=siblings)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else default
