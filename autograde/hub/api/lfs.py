"""Git LFS: the batch endpoint, uploads in one piece or in parts, verification.

The URLs in the batch response are signed for one repository, one blob and one hour: clients PUT without credentials. A
blob counts as present only if it was uploaded to the same repository before; otherwise the client must send the bytes,
which proves that it has them (CVE-2026-28740).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub import budgets
from autograde.hub.core import Hub
from autograde.hub.events import record_transfer
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, quota, uploads
from autograde.hub.repos.pointers import is_oid
from autograde.hub.repos.quota import require_room
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.blobs import BlobRefused, BlobWriter
from autograde.hub.storage.drain import Drain
from autograde.hub.web import tickets
from autograde.hub.web.bodies import json_object, read_counted, stream_to
from autograde.hub.web.calls import Call
from autograde.hub.web.sending import blob_response
from autograde.hub.web.tickets import LIFETIME, Ticket
from autograde.hub.web.turns import Turns

MEDIA_TYPE = "application/vnd.git-lfs+json"

#: Largest number of objects in one batch; git-lfs requests 100.
_OBJECTS = 1000

#: The size of one part of a multipart upload, in bytes.
PART = 64 << 20

#: Links to parts in one batch. Signing them takes a second; files beyond are uploaded in one piece.
_LINKS = 10_000


def batch(call: Call) -> Response:
    """``POST /{id}.git/info/lfs/objects/batch``."""
    repository = call.readable()
    data = call.json()
    operation, objects = data.get("operation"), data.get("objects")
    if operation not in ("upload", "download") or not isinstance(objects, list):
        raise Refusal(422, "An LFS batch needs an operation (upload or download) and a list of objects.")
    # @huggingface/hub writes sha_256, and huggingface.co does not look at it.
    if re.sub(r"[_-]", "", str(data.get("hash_algo") or "sha256").lower()) != "sha256":
        raise Refusal(409, "This Hub names LFS files by sha256 only.")
    if operation == "upload" and not access.can_write(call.hub, call.caller, repository):
        # Uploads by people without write access belong to pull requests, see :mod:`autograde.hub.repos.uploads`.
        access.require_participant(call.caller, repository)
    if len(objects) > _OBJECTS:
        raise Refusal(413, f"A batch has at most {_OBJECTS:,} objects; send several.")
    transfers = data.get("transfers")
    in_parts = isinstance(transfers, list) and "multipart" in transfers
    answers, links = [], 0
    for item in objects:
        answers.append(_object(call, repository, operation, item, max_parts=_LINKS - links if in_parts else 0))
        links += len(answers[-1].get("actions", {}).get("upload", {}).get("header", {}))
    expected = [(a["oid"], a["size"]) for a in answers if "upload" in a.get("actions", {})]
    if expected and call.caller.user and access.can_write(call.hub, call.caller, repository):
        call.hub.upload_progress.announce(repository.id, call.caller.user.id, call.caller.user.name, "LFS", expected)
    transfer = (
        "multipart"
        if any("chunk_size" in a.get("actions", {}).get("upload", {}).get("header", {}) for a in answers)
        else "basic"
    )
    return JSONResponse({"transfer": transfer, "objects": answers, "hash_algo": "sha256"}, media_type=MEDIA_TYPE)


def _object(call: Call, repository: Repository, operation: str, item: Any, *, max_parts: int) -> dict[str, Any]:
    """Return the response for one object of a batch: links for at most ``max_parts`` parts, or one for the object."""
    oid, size = (item.get("oid"), item.get("size")) if isinstance(item, dict) else (None, None)
    if not isinstance(oid, str) or not is_oid(oid) or not isinstance(size, int) or size < 0:
        raise Refusal(422, "Each LFS object needs an oid (sha256) and a size in bytes.")
    answer: dict[str, Any] = {"oid": oid, "size": size}
    if operation == "download":
        stored = uploads.readable_size(call.hub, repository.id, oid)
        if stored is None:
            return {**answer, "error": {"code": 404, "message": "The file does not exist in this repository."}}
        return {
            **answer,
            "actions": {"download": {"href": _href(call, repository, oid, stored, "get"), "expires_in": LIFETIME}},
        }
    if uploads.known_size(call.hub, call.caller, repository, oid) is not None:
        return answer
    limit = call.hub.config.limits.lfs_file
    if size > limit:
        return {**answer, "error": {"code": 413, "message": f"This Hub takes files of at most {limit:,} bytes."}}
    try:
        require_room(call.hub, repository, size, uploads.payer(call.hub, call.caller, repository), files=1)
    except Refusal as refusal:
        return {**answer, "error": {"code": refusal.status, "message": refusal.message}}
    upload: dict[str, Any] = {"href": _href(call, repository, oid, size, "put"), "expires_in": LIFETIME}
    above = call.hub.config.multipart_above
    if size > above and -(-size // _part_size(size, above)) <= max_parts:
        upload = {"href": _href(call, repository, oid, size, "complete"), "header": _parts(call, repository, oid, size)}
    return {**answer, "actions": {"upload": upload, "verify": {"href": _href(call, repository, oid, size, "verify")}}}


def _href(call: Call, repository: Repository, oid: str, size: int, action: str, part: int = 0) -> str:
    claims = {"repository": repository.id, "oid": oid, "size": size, "action": action, "part": part}
    return f"{call.base_url}/lfs/{tickets.issue(call.hub, 'lfs', call.caller, claims)}"


def _part_size(size: int, multipart_above: int) -> int:
    return max(min(PART, max(multipart_above, 1)), -(-size // 10_000))


def _parts(call: Call, repository: Repository, oid: str, size: int) -> dict[str, str]:
    part = _part_size(size, call.hub.config.multipart_above)
    numbers = range(1, -(-size // part) + 1)
    # Pad the keys: clients sort them as text.
    return {"chunk_size": str(part), **{f"{n:05d}": _href(call, repository, oid, size, "part", n) for n in numbers}}


async def transfer(request: Request) -> Response:
    """Handle the signed URLs: ``PUT`` a file or a part, ``POST`` to complete or verify, ``GET`` to download."""
    hub: Hub = request.app.state.hub
    try:
        ticket = await anyio.to_thread.run_sync(lambda: _ticket(hub, request))
        return await _TRANSFERS[request.method, ticket.claims["action"]](hub, request, ticket)
    except BlobRefused as refused:
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False, lfs=True)
    except Refusal as refusal:
        return refusal.response(plain=False, lfs=True)


def _ticket(hub: Hub, request: Request) -> Ticket:
    """Return the ticket of a request if its owner still has the right that it was issued for. Raises Refusal."""
    ticket = tickets.redeem(hub, "lfs", request.path_params["ticket"])
    if ticket is None or (request.method, ticket.claims["action"]) not in _TRANSFERS:
        raise Refusal(403, "This upload or download link is not valid, or no longer: start the transfer again.")
    repository = tickets.repository_of(hub, ticket)
    if ticket.claims["action"] != "get" and not access.can_write(hub, ticket.caller, repository):
        access.require_participant(ticket.caller, repository)
    return ticket


async def receive(
    request: Request, writer: BlobWriter | Drain, limit: int, add: Callable[[int], None], take: Callable[[int], None]
) -> None:
    """Stream at most ``limit`` bytes of a request's body into a blob. ``take``, which may raise, and ``add`` are called
    with the length of each piece."""

    def give(piece: bytes) -> None:
        take(len(piece))
        writer.write(piece)
        add(len(piece))

    await stream_to(request, limit, give, writer.is_full)


def _free_space(hub: Hub, ticket: Ticket) -> tuple[str, int, Callable[[], Refusal]]:
    """Return the owner whose quota an upload uses, their remaining bytes, and the refusal if it is exceeded."""
    repository = tickets.repository_of(hub, ticket)
    return quota.free_space(hub, repository, uploads.payer(hub, ticket.caller, repository))


def _keep(hub: Hub, ticket: Ticket, writer: BlobWriter, request_id: str) -> None:
    """Store the received blob if it is the announced one and still fits the quota."""
    claims, repository = ticket.claims, tickets.repository_of(hub, ticket)
    writer.flush()
    # Check again: a parallel upload may have used the remaining quota.
    with hub.database.transaction():
        require_room(hub, repository, claims["size"], uploads.payer(hub, ticket.caller, repository), files=1)
        oid = writer.commit(oid=claims["oid"], size=claims["size"])
        uploads.keep(hub, ticket.caller, repository, oid, claims["size"])
        _record("lfs.uploaded", hub, request_id, claims)


def _record(kind: str, hub: Hub, request_id: str, claims: dict[str, Any]) -> None:
    record_transfer(hub, kind, request_id=request_id, claims=claims, oid=claims["oid"], size=claims["size"])


async def _put(hub: Hub, request: Request, ticket: Ticket) -> Response:
    claims = ticket.claims
    upload = (claims["repository"], claims["user"], None)
    free_space = await anyio.to_thread.run_sync(lambda: _free_space(hub, ticket))
    with (
        hub.blobs.writer() as writer,
        hub.upload_progress.receiving(*upload, "LFS") as add,
        hub.pending_bytes.counting(*free_space) as take,
    ):
        await receive(request, writer, claims["size"], add, take)

        def finish() -> None:
            _keep(hub, ticket, writer, request.scope["request_id"])
            hub.upload_progress.file_complete(*upload, claims["oid"], claims["size"])

        await anyio.to_thread.run_sync(finish)
    return Response(status_code=200)


async def _json(hub: Hub, request: Request, ticket: Ticket) -> dict[str, Any]:
    """Return the JSON object that a client sends to complete or to verify an upload."""
    return json_object(await read_counted(request, hub, str(ticket.claims["user"]), hub.config.limits.json_body))


def _part_path(hub: Hub, claims: dict[str, Any], number: int) -> Path:
    # Include the user in the name, because another user may upload the same file for a pull request.
    return hub.temporary / f"part-{claims['repository']}-{claims['user']}-{claims['oid']}-{number:05d}"


async def _put_part(hub: Hub, request: Request, ticket: Ticket) -> Response:
    claims = ticket.claims
    part = _part_size(claims["size"], hub.config.multipart_above)
    upload = (claims["repository"], claims["user"], None)
    path = _part_path(hub, claims, claims["part"])
    hub.pending_bytes.remove_old_parts(LIFETIME)
    free_space = await anyio.to_thread.run_sync(lambda: _free_space(hub, ticket))
    with (
        hub.blobs.writer() as writer,
        hub.upload_progress.receiving(*upload, "LFS") as add,
        hub.pending_bytes.counting(*free_space) as take,
    ):
        await receive(request, writer, part, add, take)
        etag = await anyio.to_thread.run_sync(lambda: writer.keep(path))
        hub.pending_bytes.keep_part(path, free_space[0], writer.size)
    return Response(status_code=200, headers={"ETag": f'"{etag}"'})


async def _complete(hub: Hub, request: Request, ticket: Ticket) -> Response:
    claims = ticket.claims
    listed = (await _json(hub, request, ticket)).get("parts")
    if not isinstance(listed, list) or not all(
        isinstance(p, dict) and isinstance(p.get("partNumber"), int) for p in listed
    ):
        raise Refusal(400, "An upload in parts is completed with the list of its parts.")
    number = -(-claims["size"] // _part_size(claims["size"], hub.config.multipart_above))
    if sorted(p["partNumber"] for p in listed) != list(range(1, number + 1)):
        raise Refusal(400, f"This upload has the parts 1 to {number}, each of them once.")
    paths = [_part_path(hub, claims, n) for n in range(1, number + 1)]

    def assemble() -> None:
        # Check the total size of the parts before writing anything.
        try:
            size = sum(path.stat().st_size for path in paths)
        except FileNotFoundError:
            raise Refusal(400, "Some parts of this upload never arrived; send them again.") from None
        if size != claims["size"]:
            raise Refusal(400, f"The parts of this upload have {size:,} bytes, not the announced {claims['size']:,}.")
        payer, room, full = _free_space(hub, ticket)
        with hub.blobs.writer() as writer, hub.pending_bytes.counting(f"assembled for {payer}", room, full) as take:
            take(size)
            for path in paths:
                with path.open("rb") as stream:
                    while data := stream.read(1 << 20):
                        budgets.check_client()
                        writer.write(data)
            _keep(hub, ticket, writer, request.scope["request_id"])
        hub.upload_progress.file_complete(claims["repository"], claims["user"], None, claims["oid"], claims["size"])
        for path in paths:
            hub.pending_bytes.drop_part(path)
            path.unlink(missing_ok=True)

    # Each takes as long as copying the file, and a client may ask many times for the same.
    turns: Turns = request.app.state.file_turns
    async with turns.take(str(claims["user"])):
        await anyio.to_thread.run_sync(assemble)
    return Response(status_code=200)


def _uploaded_size(hub: Hub, ticket: Ticket) -> int | None:
    """Return the size of the blob that this ticket's owner has uploaded, or None."""
    return uploads.known_size(hub, ticket.caller, tickets.repository_of(hub, ticket), ticket.claims["oid"])


async def _verify(hub: Hub, request: Request, ticket: Ticket) -> Response:
    claims = ticket.claims
    body = await _json(hub, request, ticket)
    if body.get("oid") != claims["oid"] or _uploaded_size(hub, ticket) != body.get("size"):
        raise Refusal(404, "The file was not uploaded, or not completely.")
    return Response(status_code=200)


async def _get(hub: Hub, request: Request, ticket: Ticket) -> Response:
    claims = ticket.claims

    def answer() -> Response:
        if uploads.readable_size(hub, claims["repository"], claims["oid"]) is None:
            raise Refusal(404, "The file does not exist in this repository.")
        if request.method == "GET":
            with hub.database.relaxed_transaction():
                _record("lfs.downloaded", hub, request.scope["request_id"], claims)
        return blob_response(hub.blobs, claims["oid"], {"ETag": f'"{claims["oid"]}"'})

    return await anyio.to_thread.run_sync(answer)


_TRANSFERS: dict[tuple[str, str], Callable[[Hub, Request, Ticket], Awaitable[Response]]] = {
    ("PUT", "put"): _put,
    ("PUT", "part"): _put_part,
    ("POST", "complete"): _complete,
    ("POST", "verify"): _verify,
    ("GET", "get"): _get,
    ("HEAD", "get"): _get,
}


def locks(call: Call) -> Response:
    """``…/info/lfs/locks``, ``…/locks/verify`` and ``…/locks/{id}/unlock``: 404, because this Hub has no locks.

    git-lfs shows the message after ``git lfs lock``; before a push it asks ``verify``, and accepts 404 silently.
    """
    return JSONResponse(
        {"message": "This Hub has no file locks; pushes work without them."}, 404, media_type=MEDIA_TYPE
    )
