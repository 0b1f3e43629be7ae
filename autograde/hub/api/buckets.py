"""Create, list, fill and read buckets, as used by ``hf cp`` and ``hf://buckets/…``.

Only the endpoints that the official client uses. :mod:`autograde.hub.api.xet_uploads` receives the bytes.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.errors import HubRefused
from autograde.hub import budgets
from autograde.hub.api.repositories import owner_of, private_of, repository_url
from autograde.hub.core import Hub
from autograde.hub.names import repository_name_problem
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, buckets, repositories
from autograde.hub.repos.bindings import bind
from autograde.hub.repos.buckets import PAGE, BucketFile
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.quota import require_room
from autograde.hub.repos.repositories import REPOSITORY_TYPES_BY_PLURAL, Repository, find_repository
from autograde.hub.times import iso
from autograde.hub.untrusted import Unreadable, read_json
from autograde.hub.web.admission import admit
from autograde.hub.web.calls import Call
from autograde.hub.web.sending import blob_response

#: Lines of a batch that are written in one transaction.
_CHUNK = 500

#: Largest number of paths in one request.
_MAX_PATHS = 10_000


def create(call: Call) -> Response:
    """``POST /api/buckets/{owner}/{name}``; the owner ``me`` is the caller."""
    name, owner_name = call.parameters["name"], call.parameters["owner"]
    owner = owner_of(call, None if owner_name == "me" else owner_name)
    if problem := repository_name_problem(name):
        raise Refusal(400, problem)
    private = bool(private_of(call.json(), default=bool(owner.settings.get("private_by_default"))))
    try:
        bucket = repositories.create_repository(call.hub, owner, name, type="bucket", private=private)
    except HubRefused:
        existing = find_repository(call.hub, "bucket", f"{owner.name}/{name}")
        if existing is None:
            raise
        body: dict[str, object] = {"url": repository_url(call, existing)}
        raise Refusal(409, f"There is a bucket called {existing.full_name} already.", body=body) from None
    call.record("repository.created", bucket, private=private, type="bucket")
    return JSONResponse({"url": repository_url(call, bucket), "id": bucket.full_name})


def _described(hub: Hub, bucket: Repository) -> dict[str, Any]:
    files, size = buckets.totals(hub, bucket)
    return {
        "id": bucket.full_name, "private": bucket.private, "visibility": "private" if bucket.private else "public",
        "createdAt": iso(bucket.created_at), "updatedAt": iso(bucket.updated_at), "size": size, "totalFiles": files,
    }  # fmt: skip


def info(call: Call) -> dict[str, Any]:
    """``GET /api/buckets/{id}``."""
    return _described(call.hub, call.readable())


def listing(call: Call) -> list[dict[str, Any]]:
    """``GET /api/buckets/{owner}``: the buckets that the caller may see."""
    name = call.parameters["owner"]
    owner = access.require_user(call.caller) if name == "me" else accounts.find_user(call.hub, name)
    if owner is None:
        raise Refusal(404, "This Hub has no user or organization with this name.")
    text = call.request.query_params.get("search", "").lower()
    found = [b for b in repositories.repositories_of(call.hub, owner, "bucket") if text in b.full_name.lower()]
    return [_described(call.hub, bucket) for bucket in found if access.can_see(call.hub, call.caller, bucket)]


def no_owner(call: Call) -> Response:
    """``DELETE /api/buckets/{name}``: refuse, because the owner is missing."""
    raise access.not_found(call.caller)


def delete(call: Call) -> dict[str, Any]:
    """``DELETE /api/buckets/{id}``."""
    bucket = call.administered()
    repositories.delete_repository(call.hub, bucket)
    call.record("repository.deleted", bucket)
    return {}


def change(call: Call) -> dict[str, Any]:
    """``PUT /api/buckets/{id}/settings``: change the visibility."""
    bucket = call.administered()
    private = private_of(call.json())
    repositories.change_settings(call.hub, bucket, private=private)
    call.record("repository.changed", bucket, private=private)
    return {"private": bucket.private if private is None else private}


def batch(call: Call) -> Response:
    """``POST /api/buckets/{id}/batch``: add, copy and delete files; one JSON object per line.

    Lines are independent: the response lists those that failed, and the others take effect.
    """
    bucket = call.writable()
    limits = call.hub.config.limits
    if call.body.count(b"\n") > limits.files_per_commit:
        raise Refusal(413, f"A batch has at most {limits.files_per_commit:,} lines; send several.")
    lines = [line for line in call.body.split(b"\n") if line.strip()]
    added = sum(b'"deleteFile"' not in line for line in lines)
    if added and buckets.totals(call.hub, bucket)[0] + added > limits.files:
        raise Refusal(413, f"A bucket has at most {limits.files:,} files.")
    failed: list[dict[str, str]] = []
    size = 0
    operations = [_operation(line) for line in lines]
    # Several transactions, so that other requests can write in between.
    for first in range(0, len(operations), _CHUNK):
        budgets.check()
        with call.hub.database.transaction():
            for operation in operations[first : first + _CHUNK]:
                try:
                    size += _carry_out(call, bucket, operation, operation["path"])
                except Refusal as refusal:
                    failed.append({"path": operation["path"], "error": refusal.message})
    repositories.touch(call.hub, bucket)
    call.record("bucket.changed", bucket, files=len(lines) - len(failed), size=size)
    status = 422 if failed and len(failed) == len(lines) else 200
    return JSONResponse({"success": not failed, "processed": len(lines) - len(failed), "failed": failed}, status)


def _operation(line: bytes) -> dict[str, Any]:
    """Parse one line of a batch.

    Raises:
        Refusal: 400, it is not an operation on a path.
    """
    try:
        operation = read_json(line)
        if isinstance(operation["path"], str):
            return dict(operation)
    except (Unreadable, KeyError, TypeError):
        pass
    raise Refusal(400, "A line of the batch is not an operation on a path.")


def _carry_out(call: Call, bucket: Repository, operation: dict[str, Any], path: str) -> int:
    """Carry out one line; return the size of the added file in bytes."""
    kind, name = operation.get("type"), operation.get("xetHash")
    if kind == "deleteFile":
        if not buckets.remove(call.hub, bucket, path):
            raise Refusal(404, "There is no such file in this bucket.")
        return 0
    if kind not in ("addFile", "copyFile"):
        raise Refusal(400, "A bucket's files can be added, copied and deleted.")
    if problem := path_problem(path, portable=call.hub.config.portable_names):
        raise Refusal(400, problem)
    oid, size = _content(call, bucket, operation, str(name))
    changed = operation.get("mtime")
    now = call.hub.now()
    when = changed if isinstance(changed, int) and 0 <= changed < 1 << 53 else now
    buckets.put(call.hub, bucket, BucketFile(path, oid, size, str(name), when, now))
    return size


def _content(call: Call, bucket: Repository, operation: dict[str, Any], name: str) -> tuple[str, int]:
    """Return the blob of a Xet hash: one uploaded to this bucket, or one of a repository that the caller may read."""
    source = bucket
    if operation["type"] == "copyFile":
        type = operation.get("sourceRepoType")
        if type not in REPOSITORY_TYPES_BY_PLURAL.values():
            raise Refusal(400, "A file is copied from a model, dataset, Space or bucket.")
        found = find_repository(call.hub, str(type), str(operation.get("sourceRepoId")))
        source = access.require_readable(call.hub, call.caller, found)
    row = call.hub.database.one(
        "SELECT oid, size, xet_hash FROM bindings WHERE repository_id = ? AND coalesce(xet_hash, oid) = ?",
        (source.id, name),
    )
    if row is None:
        raise Refusal(404, "The file's content was never uploaded here; send it again.")
    if source.id != bucket.id:
        require_room(call.hub, bucket, row["size"], files=1)
        bind(call.hub, bucket.id, row["oid"], row["size"], row["xet_hash"])
    return row["oid"], row["size"]


def _file(file: BucketFile) -> dict[str, Any]:
    return {
        "type": "file", "path": file.path, "size": file.size, "xetHash": file.xet_hash,
        "mtime": iso(file.changed_at), "uploadedAt": iso(file.uploaded_at),
    }  # fmt: skip


def paths_info(call: Call) -> list[dict[str, Any]]:
    """``POST /api/buckets/{id}/paths-info``: the files at the given paths; unknown paths are skipped."""
    bucket, paths = call.readable(), call.json().get("paths")
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise Refusal(400, "'paths' must be a list of file names.")
    if len(paths) > _MAX_PATHS:
        raise Refusal(413, f"Ask about at most {_MAX_PATHS:,} paths at a time.")
    return [_file(file) for path in paths if (file := buckets.find(call.hub, bucket, path))]


def tree(call: Call) -> Response:
    """``GET /api/buckets/{id}/tree[/{prefix}]``: files with this path prefix, or one level (``recursive=false``)."""
    bucket, query = call.readable(), call.request.query_params
    prefix, after = call.parameters.get("path", ""), query.get("cursor", "")
    flat = query.get("recursive", "true").lower() not in ("false", "0")
    listed = (buckets.files if flat else buckets.level)(call.hub, bucket, prefix, after)
    found = list(islice(listed, PAGE + 1))
    headers = {}
    if len(found) > PAGE:
        last = found[PAGE - 1]
        headers = call.next_page(cursor=last.path if isinstance(last, BucketFile) else f"{last.path}/")
    answer = [
        _file(item)
        if isinstance(item, BucketFile)
        else {"type": "directory", "path": item.path, "uploadedAt": iso(item.uploaded_at)}
        for item in found[:PAGE]
    ]
    return JSONResponse(answer, headers=headers)


async def serve(request: Request) -> Response:
    """``HEAD`` and ``GET /buckets/{id}/resolve/{path}``: a file."""
    hub: Hub = request.app.state.hub

    def work() -> Response:
        call = Call(hub, request, admit(hub, request), b"")
        bucket = call.readable()
        file = buckets.find(hub, bucket, call.parameters["path"])
        if file is None:
            raise Refusal(404, "There is no such file in this bucket.", code="EntryNotFound")
        route = f"{call.base_url}/api/{bucket.path}/xet-read-token"
        headers = {
            "ETag": f'"{file.oid}"', "X-Linked-ETag": f'"{file.oid}"', "X-Linked-Size": str(file.size),
            "X-Xet-Hash": file.xet_hash, "X-Xet-Refresh-Route": route, "Link": f'<{route}>; rel="xet-auth"',
            "Content-Disposition": "attachment", "Content-Security-Policy": "default-src 'none'; sandbox",
        }  # fmt: skip
        if request.method == "GET":
            with hub.database.relaxed_transaction():
                call.record("file.downloaded", bucket, path=file.path, files=1, size=file.size)
        return blob_response(hub.blobs, file.oid, headers)

    try:
        return await anyio.to_thread.run_sync(work)
    except Refusal as refusal:
        return refusal.response(plain=False)
