"""Xet uploads and downloads, which current clients use for every large file (hub-protocol, rows 9 to 12).

A xorb belongs to the person (or the fine-grained token) that uploaded it. A file that a shard assembles from the
caller's own xorbs becomes an ordinary blob of the repository. All hashes (of chunks, xorbs and files, and the SHA-256)
are computed here from the bytes. git-lfs, browsers and plain downloads get the same file.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub import budgets
from autograde.hub.api.commits import committer
from autograde.hub.api.lfs import receive
from autograde.hub.core import Hub
from autograde.hub.events import record_transfer
from autograde.hub.permissions import Credential
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, quota, uploads, xethashes, xorbs
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.repos.quota import require_room
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.xetformat import (
    CHUNK_HEADER,
    MAX_CHUNK,
    ShardFile,
    ShardTerm,
    XetRefused,
    XorbReader,
    pack,
    parse_shard,
)
from autograde.hub.storage.blobs import BlobRefused, BlobWriter
from autograde.hub.storage.drafts import Draft
from autograde.hub.storage.drain import BATCH, Drain
from autograde.hub.web import tickets
from autograde.hub.web.bodies import holding, read_all
from autograde.hub.web.calls import Call
from autograde.hub.web.ranges import ranged
from autograde.hub.web.tickets import LIFETIME, Ticket
from autograde.hub.web.turns import Places, Turns

#: Bytes of a file in one xorb of a download.
PIECE = 8 << 20

_HASH = re.compile(r"[0-9a-f]{64}")


def write_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-write-token[/{revision}]`` (row 9): for people who may commit there."""
    repository = call.readable()
    committer(call, repository, call.parameters.get("revision", ""))
    return _token(call, repository, "write")


def read_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-read-token/{revision}``: for downloads in chunks."""
    return _token(call, call.readable(), "read")


def _token(call: Call, repository: Repository, action: str) -> Response:
    token = tickets.issue(call.hub, "xet", call.caller, {"repository": repository.id, "action": action})
    expires = call.hub.now() // 1000 + LIFETIME
    # Clients cache, by this URL, which chunks the server has. Another Hub or another person must have another URL, or
    # the client would refer to chunks that were never uploaded there.
    cas = f"{call.base_url}/xet/{_instance(call.hub, call.caller)}"
    headers = {"X-Xet-Cas-Url": cas, "X-Xet-Access-Token": token, "X-Xet-Token-Expiration": str(expires)}
    return JSONResponse({"casUrl": cas, "exp": expires, "accessToken": token}, headers=headers)


def _scope(caller: Caller) -> str:
    """Return the scope of the xorbs that a caller may use: the user; for a fine-grained token, which may not read
    everything of its owner, only that token."""
    if caller.user is None:
        return "anonymous"
    fine = caller.token is not None and caller.credential is Credential.FINE
    return f"{caller.user.id}.{caller.token.id}" if fine and caller.token else caller.user.id


def _instance(hub: Hub, caller: Caller) -> str:
    """Return the part of the Xet URL that is different for every Hub and scope."""
    return f"{hub.generation}-{hashlib.sha256(_scope(caller).encode()).hexdigest()[:12]}"


def _ticket(hub: Hub, request: Request, action: str = "write") -> tuple[Ticket, Repository]:
    """Return a request's ticket and repository if the owner still has the right it was issued for."""
    kind, __, text = request.headers.get("authorization", "").partition(" ")
    ticket = tickets.redeem(hub, "xet", text.strip()) if kind.lower() == "bearer" else None
    if (
        ticket is None
        or ticket.claims["action"] not in (action, "write")
        or request.path_params["instance"] != _instance(hub, ticket.caller)
    ):
        raise Refusal(401, "This upload token is not valid, or no longer: start the upload again.")
    repository = tickets.repository_of(hub, ticket)
    if action == "write" and not access.can_write(hub, ticket.caller, repository):
        # Uploads by people without write access belong to pull requests, which buckets don't have.
        if repository.type == "bucket":
            access.require_write(hub, ticket.caller, repository)
        access.require_participant(ticket.caller, repository)
    return ticket, repository


def _turns(request: Request) -> Turns:
    """Return the turns for work on large files: each takes seconds, so it must not use up the threads."""
    turns: Turns = request.app.state.file_turns
    return turns


async def put_xorb(request: Request) -> Response:
    """``POST {cas}/v1/xorbs/default/{hash}`` (row 10)."""
    hub: Hub = request.app.state.hub
    try:
        ticket, __ = await anyio.to_thread.run_sync(lambda: _ticket(hub, request))
        claims, name = ticket.claims, request.path_params["hash"]
        if not _HASH.fullmatch(name):
            raise Refusal(400, "A xorb is named by 64 hexadecimal digits.")
        user = access.require_user(ticket.caller)
        account = await anyio.to_thread.run_sync(lambda: quota.xorb_account(hub, user))
        scope = _scope(ticket.caller)
        with (
            hub.pending_bytes.counting(*account) as take,
            hub.upload_progress.receiving(claims["repository"], claims["user"], None, "Xet") as add,
            _places(request).take(user.id) as early,
            hub.drafts.begin(scope) if early else nullcontext() as draft,
        ):
            limit = hub.config.limits.xorb
            if draft is not None:
                # The uncompressed content is stored, so it is what counts.
                with _drafting(draft, take) as (drain, reader):
                    await receive(request, drain, limit, add, lambda length: None)
                    keep = partial(_keep_draft, hub, drain, reader, draft, user.id, name)
                    fresh = await anyio.to_thread.run_sync(keep)
            else:
                reader = XorbReader()
                with hub.xorbs.writer(hashed=False, also=reader.feed if early else None) as writer:
                    await receive(request, writer, limit, add, take)
                    store = partial(_keep_xorb, hub, writer, reader, scope, user.id, name, read=early)
                    async with nullcontext() if early else _turns(request).take(user.id):
                        fresh = await anyio.to_thread.run_sync(store)
        return JSONResponse({"was_inserted": fresh})
    except XetRefused as refused:
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _places(request: Request) -> Places:
    """Return the places for xorbs that are parsed while they arrive; other xorbs are parsed afterwards, in turn."""
    places: Places = request.app.state.file_places
    return places


@contextmanager
def _drafting(draft: Draft, take: Callable[[int], None]) -> Iterator[tuple[Drain, XorbReader]]:
    """Open a reader that writes the content of a xorb into a draft, and the drain that feeds it in a thread."""

    def give(content: bytes | memoryview) -> None:
        take(len(content))
        draft.writer.write(content)

    reader = XorbReader(give)
    drain = Drain(None, hashed=False, also=reader.feed)
    try:
        yield drain, reader
    finally:
        drain.close()


def _check_hash(reader: XorbReader, name: str) -> None:
    """Refuse a xorb whose name is not the hash of its content."""
    reader.end()
    if (actual := xethashes.hash_text(xethashes.root_hash(reader.leaves))) != name:
        raise XetRefused(f"the xorb's hash is {actual}, not {name}")


def _keep_draft(hub: Hub, drain: Drain, reader: XorbReader, draft: Draft, user_id: str, name: str) -> bool:
    """Store the xorb of a draft if its name is the hash of its content; return False if it is already present."""
    drain.flush()
    _check_hash(reader, name)
    fresh = not xorbs.is_kept(hub, draft.scope, name)
    if fresh:
        place = secrets.token_hex(32)
        hub.xorbs.share(draft.writer, place)
        size = draft.writer.size
        xorbs.record_xorb(hub, draft.scope, user_id, name, place, size, reader.leaves, plain=True)
    else:
        xorbs.mark_used(hub, draft.scope, [name])
    draft.keep(name, reader.leaves)
    return fresh


def _keep_xorb(
    hub: Hub, writer: BlobWriter, reader: XorbReader, scope: str, user_id: str, name: str, *, read: bool
) -> bool:
    """Store a xorb as it was sent; returns as :func:`_keep_draft`. ``read``: whether the reader already has the
    bytes."""
    writer.wait()
    if not read:
        with writer.mapped() as data:
            for start in range(0, len(data), BATCH):
                reader.feed([data[start : start + BATCH]])
    _check_hash(reader, name)
    if xorbs.is_kept(hub, scope, name):
        xorbs.mark_used(hub, scope, [name])
        return False
    # Store it per scope: xorbs of one person or token are not available to others.
    place, size = secrets.token_hex(32), writer.size
    writer.commit_as(place)
    xorbs.record_xorb(hub, scope, user_id, name, place, size, reader.leaves, plain=False)
    return True


async def put_shard(request: Request) -> Response:
    """``POST {cas}/v1/shards`` (row 11): make every file of the shard a blob of the repository."""
    hub: Hub = request.app.state.hub
    try:
        ticket, __ = await anyio.to_thread.run_sync(lambda: _ticket(hub, request))
        user = access.require_user(ticket.caller)
        with holding(hub, user.id) as hold:
            body = await read_all(request, hub.config.limits.shard, lambda length: None, hold)
            async with _turns(request).take(user.id):
                await anyio.to_thread.run_sync(lambda: _assemble(hub, request, body))
        return JSONResponse({"result": 1})
    except (XetRefused, BlobRefused) as refused:
        # Never 5xx: the client would retry the same bytes for a minute and a half.
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _assemble(hub: Hub, request: Request, shard: bytes) -> None:
    ticket, repository = _ticket(hub, request)
    caller, claims = ticket.caller, ticket.claims
    payer = uploads.payer(hub, caller, repository)
    for file in parse_shard(shard):
        if file.size > hub.config.limits.lfs_file:
            raise Refusal(413, f"This Hub takes files of at most {hub.config.limits.lfs_file:,} bytes.")
        new = file.sha256 is None or uploads.known_size(hub, caller, repository, file.sha256) is None
        with (
            hub.pending_bytes.counting(*quota.account(hub, repository, payer)) as take,
            _open_file(hub, _scope(caller), file) as (writer, leaves),
        ):
            # Check the total first: a shard may name one piece many times.
            take(file.size if new else 0)
            _write_file(hub, _scope(caller), file, writer, leaves)
            writer.flush()
            # Store and bind it under one lock, or deleting another repository meanwhile could remove the blob.
            with hub.database.transaction():
                if new:
                    require_room(hub, repository, file.size, payer)
                oid = writer.commit(oid=file.sha256, size=file.size)
                _check_name(hub, file.hash, oid)
                uploads.keep(hub, caller, repository, oid, file.size, file.hash)
                xorbs.mark_used(hub, _scope(caller), {term.xorb for term in file.terms})
                request_id = request.scope["request_id"]
                record_transfer(hub, "xet.uploaded", request_id=request_id, claims=claims, oid=oid, size=file.size)
        hub.upload_progress.file_complete(claims["repository"], claims["user"], None, oid, file.size)


def _check_name(hub: Hub, name: str, oid: str) -> None:
    """Refuse a hash that is already used for other bytes.

    This cannot happen with hashes computed here, but the check is cheap and protects everyone's downloads.
    """
    for table in ("bindings", "offers"):
        # The table names are constants.
        sql = f"SELECT 1 FROM {table} WHERE xet_hash = ? AND oid <> ?"  # noqa: S608
        if hub.database.one(sql, (name, oid)):
            raise XetRefused(f"the file name {name} belongs to another file")


@contextmanager
def _open_file(hub: Hub, scope: str, file: ShardFile) -> Iterator[tuple[BlobWriter, list[xethashes.Leaf]]]:
    """Open a writer for a file; yields it with the list of the chunks that it already contains: those of the first
    term if it is a draft, else none."""
    draft = hub.drafts.take(scope)
    if draft is not None:
        first = ShardTerm(draft.xorb or "", 0, len(draft.leaves), draft.size)
        with draft.writer:
            # The file of a deleted blob stays on disk until its xorb is deleted, so the xorb must be most of it.
            if file.terms[:1] == (first,) and file.size <= 2 * draft.size:
                yield draft.writer, draft.leaves
                return
    with hub.blobs.writer() as writer:
        yield writer, []


def _write_file(hub: Hub, scope: str, file: ShardFile, writer: BlobWriter, leaves: list[xethashes.Leaf]) -> None:
    """Assemble a file from its chunks. ``leaves`` are those that the writer already has: its first term's, or none.

    Raises:
        XetRefused: the chunks do not match the file's hash.
    """
    for term in file.terms[1 if leaves else 0 :]:
        budgets.check_client()
        before = writer.size
        with xorbs.opened(hub, scope, term.xorb) as xorb:
            if term.end > len(xorb.hashes):
                raise XetRefused("a term of the shard asks for more chunks than its xorb has")
            for number, content in enumerate(xorb.contents(term.start, term.end), term.start):
                writer.write(content)
                leaves.append((xorb.hashes[number], len(content)))
        if writer.size - before != term.size:
            raise XetRefused("a term of the shard does not have the size that it announces")
    if (actual := xethashes.hash_text(xethashes.file_hash(leaves))) != file.hash:
        raise XetRefused(f"the file's hash is {actual}, not {file.hash}")


async def reconstruct(request: Request) -> Response:
    """``GET {cas}/v1/reconstructions/{hash}``: the pieces to fetch for a file, or for its ``Range``."""
    hub: Hub = request.app.state.hub
    try:
        return await anyio.to_thread.run_sync(lambda: _reconstruction(Call(hub, request, ANONYMOUS, b"")))
    except Refusal as refusal:
        return refusal.response(plain=False)


def _reconstruction(call: Call) -> Response:
    """Return the pieces of a file.

    However a file was uploaded (Xet, LFS, git), its blob is served in pieces of a few MiB, each a xorb of its own. A
    response always lists whole pieces: the client caches them by their first chunk alone, and panics if two responses
    start with the same chunk but end with different ones.
    """
    reading, repository = _ticket(call.hub, call.request, "read")
    claims = reading.claims
    row = call.hub.database.one(
        "SELECT oid, size FROM bindings WHERE repository_id = ? AND coalesce(xet_hash, oid) = ?"
        " UNION ALL SELECT oid, size FROM offers WHERE repository_id = ? AND coalesce(xet_hash, oid) = ?",
        (repository.id, call.parameters["hash"]) * 2,
    )
    if row is None:
        raise Refusal(404, "There is no such file in this repository.", code="EntryNotFound")
    size = row["size"]
    found = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", call.request.headers.get("range", "bytes=0-"))
    first, last = (int(found[1]), int(found[2]) if found[2] else size - 1) if found else (0, size - 1)
    if first >= size > 0:
        raise Refusal(416, "The file ends before this range.")
    if first == 0:
        # A client requests a long file range by range; record one download.
        with call.hub.database.relaxed_transaction():
            record_transfer(
                call.hub, "xet.downloaded", request_id=call.request_id, claims=claims, oid=row["oid"], size=size
            )
    terms: list[dict[str, Any]] = []
    fetch: dict[str, list[dict[str, Any]]] = {}
    for number in range(first // PIECE, min(last, size - 1) // PIECE + 1):
        length = min(PIECE, size - number * PIECE)
        whole = {"start": 0, "end": -(-length // MAX_CHUNK)}
        # Named by content, because clients cache pieces by this name.
        name = hashlib.sha256(f"{row['oid']}:{number}".encode()).hexdigest()
        piece = {"repository": repository.id, "oid": row["oid"], "number": number}
        ticket = tickets.issue(call.hub, "piece", reading.caller, piece)
        url = f"{call.base_url}/xet/{call.parameters['instance']}/v1/ranges/{ticket}"
        terms.append({"hash": name, "unpacked_length": length, "range": whole})
        packed = length + CHUNK_HEADER * whole["end"]
        fetch[name] = [{"range": whole, "url": url, "url_range": {"start": 0, "end": packed - 1}}]
    return JSONResponse({"offset_into_first_range": first % PIECE, "terms": terms, "fetch_info": fetch})


async def serve_piece(request: Request) -> Response:
    """``GET {cas}/v1/ranges/{ticket}``: one piece of a blob as an uncompressed xorb."""
    hub: Hub = request.app.state.hub

    def read() -> bytes:
        ticket = tickets.redeem(hub, "piece", request.path_params["ticket"])
        if ticket is None:
            raise Refusal(403, "This download link is not valid, or no longer.")
        repository, claims = tickets.repository_of(hub, ticket), ticket.claims
        if uploads.readable_size(hub, repository.id, claims["oid"]) is None:
            raise Refusal(404, "There is no such file in this repository.", code="EntryNotFound")
        with hub.blobs.open(claims["oid"]) as stream:
            stream.seek(claims["number"] * PIECE)
            return pack(stream.read(PIECE))

    try:
        return ranged(request, await anyio.to_thread.run_sync(read), {}, "application/octet-stream")
    except Refusal as refusal:
        return refusal.response(plain=False)
