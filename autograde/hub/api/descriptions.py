"""Describe repositories: one in full, and each of a list."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import nullcontext
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.hub.budgets import BudgetSpent
from autograde.hub.refusals import Refusal
from autograde.hub.repos.cards import RepositoryCard, parse_card, tags
from autograde.hub.repos.contents import Entry, Revision, open_revision, resolve
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.tensors import parameter_counts, tensors_in
from autograde.hub.times import iso
from autograde.hub.untrusted import MAX_INTEGER, Unreadable, clean_text, read_json
from autograde.hub.web.calls import Call
from autograde.hub.web.clients import loads_model

#: Longer values of config.json are not shown, in characters.
_MAX_VALUE = 4096

#: Responses that list more files than this can take tens of megabytes, so they are created one at a time.
_MANY_FILES = 5_000

#: Largest number of dtypes in one model; safetensors defines about twenty.
_MAX_DTYPES = 64

#: Seconds of CPU time to read the weight files of one model. A header of eight megabytes takes more than a second.
_WEIGHTS_SECONDS = 2.0


def info(call: Call) -> Response | dict[str, Any]:
    """``GET /api/{types}/{id}[/revision/{revision}]``."""
    repository = call.visible()
    revision = call.parameters.get("revision", "main")
    if repository.type == "model" and loads_model(call.request):
        with call.hub.database.relaxed_transaction():
            call.record("model.loaded", repository)
    if resolve(call.hub, repository, revision) is None and "revision" not in call.parameters:
        return expanded(
            call, {"_id": repository.id[:24], "id": repository.full_name, "private": repository.private, "siblings": []}
        )
    with open_revision(call.hub, repository, revision) as at:
        many = at.count() > _MANY_FILES
    with call.hub.listing_lock if many else nullcontext():
        found = describe(call, repository, revision, siblings=True, blobs=call.flag("blobs"))
        return JSONResponse(expanded(call, found))


def expanded(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    """Return only the fields in ``?expand=``, if given."""
    wanted = call.request.query_params.getlist("expand") + call.request.query_params.getlist("expand[]")
    if not wanted:
        return answer
    return {key: answer[key] for key in ("_id", "id", *wanted) if key in answer}


def describe(
    call: Call, repository: Repository, revision: str = "main", *, siblings: bool, blobs: bool = False
) -> dict[str, Any]:
    """Return a repository in the format of ``/api/models/{id}``."""
    with open_revision(call.hub, repository, revision) as at:
        answer = _described(call, repository, _content(call, repository, at))
        if siblings:
            answer["siblings"] = [sibling(entry, blobs=blobs) for entry in at.list(recursive=True) if entry.is_file]
    return answer


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
        return name_only(repository) | {"error": clean_text(reason)}


def name_only(repository: Repository) -> dict[str, Any]:
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
        return name_only(repository)
    return describe(call, repository, siblings=siblings)


def card_of(call: Call, at: Revision, type: str) -> RepositoryCard:
    """Return the card of a repository at a revision; an empty one without README.md."""
    return parse_card(at.text("README.md", call.hub.config.limits.card) or "", type=type)


def used_storage(call: Call, repository: Repository) -> int:
    """Return the size of a repository's large files in bytes."""
    row = call.hub.database.one(
        "SELECT coalesce(sum(size), 0) AS used FROM bindings WHERE repository_id = ?", (repository.id,)
    )
    return int(row["used"]) if row else 0


def _described(call: Call, repository: Repository, content: dict[str, Any]) -> dict[str, Any]:
    """Combine a repository's data in the database with the summary of one of its commits."""
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


def _content(call: Call, repository: Repository, at: Revision) -> dict[str, Any]:
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


def sibling(entry: Entry, *, blobs: bool) -> dict[str, Any]:
    """Return a file in the format of ``siblings``, with its size and ids if ``blobs``."""
    sibling: dict[str, Any] = {"rfilename": entry.utf8_path}
    if blobs:
        sibling |= {"size": entry.size, "blobId": entry.oid}
        if entry.lfs:
            sibling["lfs"] = {"sha256": entry.lfs.oid, "size": entry.lfs.size, "pointerSize": entry.blob_size}
    return sibling


def _config(call: Call, at: Revision) -> dict[str, Any] | None:
    """Return the architectures and the model type in config.json, except values that are too long."""
    try:
        config = read_json(at.text("config.json", call.hub.config.limits.card) or "null")
    except Unreadable:
        return None
    if not isinstance(config, dict):
        return None
    shown = {key: config[key] for key in ("architectures", "model_type") if key in config}
    return {key: value for key, value in shown.items() if len(json.dumps(value)) <= _MAX_VALUE}


def _safetensors(call: Call, at: Revision) -> dict[str, Any] | None:
    """Return the number of parameters per dtype in the safetensors files, or None without such files, or if reading
    them takes too long."""
    counts: Counter[str] = Counter()
    known: dict[str, dict[str, int]] = {}
    started = time.thread_time()
    for entry in at.list():
        if entry.lfs and entry.path.endswith(".safetensors") and call.hub.blobs.has(oid := entry.lfs.oid):
            if oid not in known:
                if time.thread_time() - started > _WEIGHTS_SECONDS:
                    return None
                with call.hub.blobs.open(oid) as stream:
                    known[oid] = parameter_counts(tensors_in(stream) or [])
            counts.update(known[oid])
    # Clients in other languages cannot read integers of more than 64 bits.
    if not counts or len(counts) > _MAX_DTYPES or counts.total() > MAX_INTEGER:
        return None
    return {"parameters": dict(counts), "total": counts.total()}
