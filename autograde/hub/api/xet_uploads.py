"""Xet uploads, which current clients use for every large file: xorbs, then shards.

A xorb belongs to the person (or the fine-grained token) that uploaded it. A file that a shard assembles from the
caller's own xorbs becomes an ordinary blob of the repository. All hashes (of chunks, xorbs and files, and the SHA-256)
are computed here from the bytes. git-lfs, browsers and plain downloads get the same file.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub import budgets
from autograde.hub.api.lfs import receive
from autograde.hub.api.xet_tokens import redeem_token, scope_of
from autograde.hub.core import Hub
from autograde.hub.events import record_transfer
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, quota, uploads, xethashes, xorbs
from autograde.hub.repos.quota import QuotaFull, require_room
from autograde.hub.repos.shards import ShardFile, ShardTerm, parse_shard
from autograde.hub.repos.xorb_format import XetRefused, XorbReader
from autograde.hub.storage.blobs import BlobRefused, BlobWriter
from autograde.hub.storage.drafts import Draft
from autograde.hub.storage.drain import BATCH, Bytes, Drain
from autograde.hub.web.bodies import holding, read_all
from autograde.hub.web.turns import Places, Turns

_HASH = re.compile(r"[0-9a-f]{64}")


def _turns(request: Request) -> Turns:
    """Return the turns for work on large files: each takes seconds, so it must not use up the threads."""
    turns: Turns = request.app.state.file_turns
    return turns


async def put_xorb(request: Request) -> Response:
    """``POST {cas}/v1/xorbs/default/{hash}``."""
    hub: Hub = request.app.state.hub
    try:
        ticket, __ = await anyio.to_thread.run_sync(lambda: redeem_token(hub, request))
        claims, name = ticket.claims, request.path_params["hash"]
        if not _HASH.fullmatch(name):
            raise Refusal(400, "A xorb is named by 64 hexadecimal digits.")
        user = access.require_user(ticket.caller)
        free_space = await anyio.to_thread.run_sync(lambda: quota.free_space_for_xorbs(hub, user))
        scope = scope_of(ticket.caller)
        with (
            hub.pending_bytes.counting(*free_space) as take,
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

    unpacked, size = list[Bytes](), 0

    def give(content: Bytes) -> None:
        nonlocal size
        take(len(content))
        unpacked.append(content)
        size += len(content)
        if size >= BATCH:  # a few bytes may unpack to many megabytes
            write()

    def write() -> None:
        nonlocal size
        draft.writer.write_here(unpacked)
        unpacked.clear()
        size = 0

    def read(batch: Sequence[Bytes]) -> None:
        reader.feed(batch)
        write()

    reader = XorbReader(give)
    drain = Drain(None, hashed=False, also=read)
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
        stored_name = secrets.token_hex(32)
        hub.xorbs.share(draft.writer, stored_name)
        size = draft.writer.size
        xorbs.record_xorb(hub, draft.scope, user_id, name, stored_name, size, reader.leaves, plain=True)
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
    stored_name, size = secrets.token_hex(32), writer.size
    writer.commit_as(stored_name)
    xorbs.record_xorb(hub, scope, user_id, name, stored_name, size, reader.leaves, plain=False)
    return True


async def put_shard(request: Request) -> Response:
    """``POST {cas}/v1/shards``: make every file of the shard a blob of the repository."""
    hub: Hub = request.app.state.hub
    try:
        ticket, __ = await anyio.to_thread.run_sync(lambda: redeem_token(hub, request))
        user = access.require_user(ticket.caller)
        with holding(hub, user.id) as hold:
            body = await read_all(request, hub.config.limits.shard, lambda length: None, hold)
            turns: Turns = request.app.state.shard_turns
            async with turns.take(user.id):
                await anyio.to_thread.run_sync(lambda: _assemble(hub, request, body))
        return JSONResponse({"result": 1})
    except (XetRefused, BlobRefused) as refused:
        # Never 5xx: the client would retry the same bytes for a minute and a half.
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _assemble(hub: Hub, request: Request, shard: bytes) -> None:
    ticket, repository = redeem_token(hub, request)
    caller, claims = ticket.caller, ticket.claims
    payer = uploads.payer(hub, caller, repository)
    with xorbs.OpenXorbs(hub, scope_of(caller)) as kept:
        for file in parse_shard(shard):
            if file.size > hub.config.limits.lfs_file:
                raise Refusal(413, f"This Hub takes files of at most {hub.config.limits.lfs_file:,} bytes.")
            new = file.sha256 is None or uploads.known_size(hub, caller, repository, file.sha256) is None
            with (
                # The commit refuses the file, with a message that the client shows.
                suppress(QuotaFull),
                hub.pending_bytes.counting(*quota.free_space(hub, repository, payer)) as take,
                _open_file(hub, scope_of(caller), file) as (writer, leaves),
            ):
                # Check the total first: a shard may name one piece many times.
                take(file.size if new else 0)
                _write_file(kept, file, writer, leaves)
                writer.flush()
                # Store and bind it under one lock, or deleting another repository meanwhile could remove the blob.
                with hub.database.transaction():
                    if new:
                        require_room(hub, repository, file.size, payer, files=1)
                    oid = writer.commit(oid=file.sha256, size=file.size)
                    _check_name(hub, file.hash, oid)
                    uploads.keep(hub, caller, repository, oid, file.size, file.hash)
                    xorbs.mark_used(hub, scope_of(caller), {term.xorb for term in file.terms})
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


def _batches(contents: Iterator[bytes]) -> Iterator[list[Bytes]]:
    """Yield the contents in lists of about a megabyte."""
    batch, size = list[Bytes](), 0
    for content in contents:
        batch.append(content)
        size += len(content)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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


def _write_file(kept: xorbs.OpenXorbs, file: ShardFile, writer: BlobWriter, leaves: list[xethashes.Leaf]) -> None:
    """Assemble a file from its chunks. ``leaves`` are those that the writer already has: its first term's, or none.

    Raises:
        XetRefused: the chunks do not match the file's hash.
    """
    for term in file.terms[1 if leaves else 0 :]:
        before = writer.size
        xorb = kept.get(term.xorb)
        if term.end > xorb.length:
            raise XetRefused("a term of the shard asks for more chunks than its xorb has")
        number = term.start
        for batch in _batches(xorb.contents(term.start, term.end)):
            budgets.check_client()
            writer.write_here(batch)
            leaves += zip(xorb.hashes(number, number + len(batch)), map(len, batch), strict=True)
            number += len(batch)
        if writer.size - before != term.size:
            raise XetRefused("a term of the shard does not have the size that it announces")
    if (actual := xethashes.hash_text(xethashes.file_hash(leaves))) != file.hash:
        raise XetRefused(f"the file's hash is {actual}, not {file.hash}")
