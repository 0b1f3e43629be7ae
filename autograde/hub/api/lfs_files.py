"""List the large files of a repository, delete them permanently, or copy them to another one."""

from __future__ import annotations

from typing import Any

from autograde.hub.budgets import check
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, rewriting, uploads
from autograde.hub.repos.bindings import bind, bound_size
from autograde.hub.repos.pointers import is_oid
from autograde.hub.repos.quota import require_room
from autograde.hub.repos.repositories import find_repository
from autograde.hub.times import iso
from autograde.hub.web.calls import Call

#: Largest number of files in one request to copy large files.
_MAX_FILES = 1000


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
                require_room(call.hub, repository, row["size"], files=1)
            bind(call.hub, repository.id, row["oid"], row["size"], row["xet_hash"])
    return {"failed": failed}
