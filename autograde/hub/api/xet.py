"""Xet uploads: today's clients send every large file this way and know no other (hub-protocol, rows 9 to 12).

A xorb belongs to whoever uploaded it. What a shard puts together from the caller's own xorbs becomes an ordinary blob
of the repository, verified by its SHA-256, so that git-lfs, browsers and plain downloads see one and the same file.
"""

from __future__ import annotations

import hashlib
import mmap
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.api.lfs import receive
from autograde.hub.core import Hub
from autograde.hub.diary import record_transfer
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.quota import require_room
from autograde.hub.repos.repositories import Repository, bind, bound_size, repository_by_id
from autograde.hub.repos.xetformat import (
    CHUNK_HEADER,
    MAX_CHUNK,
    File,
    XetRefused,
    chunks_of,
    pack,
    parse_shard,
    unpack,
)
from autograde.hub.storage.blobs import BlobRefused, BlobWriter
from autograde.hub.web.calls import Call, chunks
from autograde.hub.web.ranges import ranged

#: How long an upload token is good for, in seconds.
LIFETIME = 3600

#: The bytes of a file that one xorb of a download holds.
PIECE = 8 << 20

_HASH = re.compile(r"[0-9a-f]{64}")


def write_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-write-token[/{revision}]`` (row 9): a shard has no revision, so it hardly matters."""
    repository = call.readable()
    user = access.require_writing_token(call.caller)
    if not call.flag("create_pr") and not call.parameters.get("revision", "").startswith("refs/pr/"):
        access.require_write(call.hub, call.caller, repository)
    return _token(call, repository, user.id, "write")


def read_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-read-token/{revision}``: for downloads by chunks."""
    repository = call.readable()
    return _token(call, repository, call.caller.user.id if call.caller.user else "anonymous", "read")


def _token(call: Call, repository: Repository, user_id: str, action: str) -> Response:
    expires = call.hub.now() // 1000 + LIFETIME
    claims = {"repository": repository.id, "user": user_id, "action": action, "exp": expires}
    # Its id, which is no secret: the diary shall say by which token a file came or went.
    claims["token"] = call.caller.token.id if call.caller.token else None
    token = call.hub.signer.sign("xet", claims)
    # Clients remember, by this address, which chunks the server has. A Hub with other data, or another person, must
    # therefore have another address, or the client would send references to what was never uploaded here.
    cas = f"{call.base_url}/xet/{call.hub.generation}-{user_id[:12]}"
    headers = {"X-Xet-Cas-Url": cas, "X-Xet-Access-Token": token, "X-Xet-Token-Expiration": str(expires)}
    return JSONResponse({"casUrl": cas, "exp": expires, "accessToken": token}, headers=headers)


def _claims(hub: Hub, request: Request, action: str = "write") -> dict[str, Any]:
    kind, __, token = request.headers.get("authorization", "").partition(" ")
    claims = hub.signer.read("xet", token.strip(), hub.now() / 1000) if kind.lower() == "bearer" else None
    if (
        claims is None
        or claims["action"] not in (action, "write")
        or request.path_params["instance"] != f"{hub.generation}-{claims['user'][:12]}"
    ):
        raise Refusal(401, "This upload token is not valid, or no longer: start the upload again.")
    return claims


async def put_xorb(request: Request) -> Response:
    """``POST {cas}/v1/xorbs/default/{hash}`` (row 10)."""
    hub: Hub = request.app.state.hub
    try:
        claims, name = _claims(hub, request), request.path_params["hash"]
        if not _HASH.fullmatch(name):
            raise Refusal(400, "A xorb is named by 64 hexadecimal digits.")
        with (
            hub.xorbs.writer() as writer,
            hub.incoming.receiving(claims["repository"], claims["user"], None, "Xet") as add,
        ):
            await receive(request, writer, hub.config.limits.xorb, add)
            fresh = await anyio.to_thread.run_sync(lambda: _keep_xorb(hub, writer, claims["user"], name))
        return JSONResponse({"was_inserted": fresh})
    except XetRefused as refused:
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _keep_xorb(hub: Hub, writer: BlobWriter, user_id: str, name: str) -> bool:
    with writer.mapped() as data:
        if not chunks_of(data):
            raise XetRefused("the xorb is empty")
    # Kept under a name of its own: two people who give different bytes one Xet name cannot disturb each other.
    place = secrets.token_hex(32)
    writer.commit_as(place)
    key = (user_id, name)
    with hub.database.transaction():
        before = hub.database.one("SELECT oid FROM xorbs WHERE user_id = ? AND hash = ?", key)
        hub.database.execute(
            "INSERT INTO xorbs (user_id, hash, oid, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (user_id, hash) DO UPDATE SET oid = excluded.oid, created_at = excluded.created_at",
            (*key, place, hub.now()),
        )
    if before is not None:
        hub.xorbs.remove(before["oid"])
    return before is None


@contextmanager
def _xorb(hub: Hub, user_id: str, name: str) -> Iterator[mmap.mmap]:
    """The bytes of a xorb that this person has sent.

    Raises:
        XetRefused: they never did.
    """
    key = (user_id, name)
    while row := hub.database.one("SELECT oid FROM xorbs WHERE user_id = ? AND hash = ?", key):
        try:
            stream = hub.xorbs.open(row["oid"])
        except FileNotFoundError:
            # Sent again between the two lines above, and kept in another place since.
            if hub.database.one("SELECT oid FROM xorbs WHERE user_id = ? AND hash = ?", key) == row:
                break
            continue
        with stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data
        return
    raise XetRefused(f"the xorb {name} was not uploaded by you to this Hub")


async def put_shard(request: Request) -> Response:
    """``POST {cas}/v1/shards`` (row 11): afterwards every file of the shard is a blob of the repository."""
    hub: Hub = request.app.state.hub
    try:
        claims = _claims(hub, request)
        body = b"".join([chunk async for chunk in chunks(request, hub.config.limits.shard)])
        await anyio.to_thread.run_sync(lambda: _assemble(hub, claims, body, request.scope["request_id"]))
        return JSONResponse({"result": 1})
    except (XetRefused, BlobRefused) as refused:
        # Never 5xx: the client would try the same bytes again for a minute and a half.
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _assemble(hub: Hub, claims: dict[str, Any], shard: bytes, request_id: str) -> None:
    repository = repository_by_id(hub, claims["repository"])
    if repository is None:
        raise Refusal(404, "Repository not found", code="RepoNotFound")
    for file in parse_shard(shard):
        if file.size > hub.config.limits.lfs_file:
            raise Refusal(413, f"This Hub takes files of at most {hub.config.limits.lfs_file:,} bytes.")
        if file.sha256 is None or bound_size(hub, repository.id, file.sha256) is None:
            require_room(hub, repository, file.size)
        oid = _write_file(hub, claims["user"], file)
        bind(hub, claims["repository"], oid, file.size, file.hash)
        record_transfer(hub, "xet.uploaded", request_id=request_id, claims=claims, oid=oid, size=file.size)
        hub.incoming.whole(claims["repository"], claims["user"], None, oid, file.size)


def _write_file(hub: Hub, user_id: str, file: File) -> str:
    """Put a file together from its chunks; returns its SHA-256."""
    with hub.blobs.writer() as writer:
        for term in file.terms:
            before = writer.size
            with _xorb(hub, user_id, term.xorb) as data:
                found = chunks_of(data)
                if term.end > len(found):
                    raise XetRefused("a term of the shard asks for more chunks than its xorb has")
                for content in unpack(data, found[term.start : term.end]):
                    writer.write(content)
            if writer.size - before != term.size:
                raise XetRefused("a term of the shard does not have the size that it announces")
        return writer.commit(oid=file.sha256, size=file.size)


def reconstruction(call: Call) -> Response:
    """``GET {cas}/v1/reconstructions/{hash}``: what to fetch for a file, or for the part of it that ``Range`` asks for.

    Whatever way a file came (Xet, LFS, git), it goes out cut from its blob into pieces of a few MiB, each a xorb of its
    own and always named whole: the client remembers what it has fetched by the first chunk alone, and ends in a panic
    where two answers begin with the same chunk and end with another.
    """
    claims = _claims(call.hub, call.request, "read")
    row = call.hub.database.one(
        "SELECT oid, size FROM bindings WHERE repository_id = ? AND coalesce(xet_hash, oid) = ?",
        (claims["repository"], call.parameters["hash"]),
    )
    if row is None:
        raise Refusal(404, "There is no such file in this repository.", code="EntryNotFound")
    size = row["size"]
    found = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", call.request.headers.get("range", "bytes=0-"))
    first, last = (int(found[1]), int(found[2]) if found[2] else size - 1) if found else (0, size - 1)
    if first >= size > 0:
        raise Refusal(416, "The file ends before this range.")
    if first == 0:
        # A client asks for a long file range by range; it is one download.
        record_transfer(
            call.hub, "xet.downloaded", request_id=call.request_id, claims=claims, oid=row["oid"], size=size
        )
    terms: list[dict[str, Any]] = []
    fetch: dict[str, list[dict[str, Any]]] = {}
    for number in range(first // PIECE, min(last, size - 1) // PIECE + 1):
        length = min(PIECE, size - number * PIECE)
        whole = {"start": 0, "end": -(-length // MAX_CHUNK)}
        # Named after the content, because clients keep pieces by this name.
        name = hashlib.sha256(f"{row['oid']}:{number}".encode()).hexdigest()
        expires = call.hub.now() // 1000 + LIFETIME
        ticket = call.hub.signer.sign("piece", {"oid": row["oid"], "number": number, "exp": expires})
        url = f"{call.base_url}/xet/{call.parameters['instance']}/v1/ranges/{ticket}"
        terms.append({"hash": name, "unpacked_length": length, "range": whole})
        packed = length + CHUNK_HEADER * whole["end"]
        fetch[name] = [{"range": whole, "url": url, "url_range": {"start": 0, "end": packed - 1}}]
    return JSONResponse({"offset_into_first_range": first % PIECE, "terms": terms, "fetch_info": fetch})


async def serve_piece(request: Request) -> Response:
    """``GET {cas}/v1/ranges/{ticket}``: one piece of a blob in the form of a xorb, not compressed."""
    hub: Hub = request.app.state.hub
    claims = hub.signer.read("piece", request.path_params["ticket"], hub.now() / 1000)
    if claims is None:
        return Refusal(403, "This download link is not valid, or no longer.").response(plain=False)

    def read() -> bytes:
        with hub.blobs.open(claims["oid"]) as stream:
            stream.seek(claims["number"] * PIECE)
            return pack(stream.read(PIECE))

    return ranged(request, await anyio.to_thread.run_sync(read), {}, "application/octet-stream")
