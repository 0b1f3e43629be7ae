"""Xet uploads: today's clients send every large file this way and know no other (hub-protocol, rows 9 to 12).

A xorb belongs to whoever uploaded it. What a shard puts together from the caller's own xorbs becomes an ordinary blob of
the repository, verified by its SHA-256, so that git-lfs, browsers and plain downloads see one and the same file.
"""

from __future__ import annotations

import mmap
import re
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub import access
from autograde.hub.api.lfs import receive
from autograde.hub.blobs import BlobRefused, BlobWriter
from autograde.hub.calls import Call, chunks
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repositories import bind, repository_by_id
from autograde.hub.xetformat import File, XetRefused, chunks_of, parse_shard, unpack

#: How long an upload token is good for, in seconds.
LIFETIME = 3600

_HASH = re.compile(r"[0-9a-f]{64}")


def write_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-write-token/{revision}`` (row 9). The revision does not matter: a shard has none."""
    repository = call.readable()
    user = access.require_writing_token(call.caller)
    if not call.flag("create_pr") and not call.parameters["revision"].startswith("refs/pr/"):
        access.require_write(call.hub, call.caller, repository)
    expires = call.hub.now() // 1000 + LIFETIME
    claims = {"repository": repository.id, "user": user.id, "exp": expires}
    token = call.hub.signer.sign("xet", claims)
    # Clients remember, by this address, which chunks the server has. A Hub with other data, or another person, must
    # therefore have another address, or the client would send references to what was never uploaded here.
    cas = f"{call.base_url}/xet/{call.hub.instance_id}-{user.id[:12]}"
    headers = {"X-Xet-Cas-Url": cas, "X-Xet-Access-Token": token, "X-Xet-Token-Expiration": str(expires)}
    return JSONResponse({"casUrl": cas, "exp": expires, "accessToken": token}, headers=headers)


def _claims(hub: Hub, request: Request) -> dict[str, Any]:
    kind, __, token = request.headers.get("authorization", "").partition(" ")
    claims = hub.signer.read("xet", token.strip(), hub.now() / 1000) if kind.lower() == "bearer" else None
    if claims is None or request.path_params["instance"] != f"{hub.instance_id}-{claims['user'][:12]}":
        raise Refusal(401, "This upload token is not valid, or no longer: start the upload again.")
    return claims


async def put_xorb(request: Request) -> Response:
    """``POST {cas}/v1/xorbs/default/{hash}`` (row 10)."""
    hub: Hub = request.app.state.hub
    try:
        claims, name = _claims(hub, request), request.path_params["hash"]
        if not _HASH.fullmatch(name):
            raise Refusal(400, "A xorb is named by 64 hexadecimal digits.")
        with hub.xorbs.writer() as writer:
            await receive(request, writer, hub.config.limits.xorb)
            fresh = await anyio.to_thread.run_sync(lambda: _keep_xorb(hub, writer, claims["user"], name))
        return JSONResponse({"was_inserted": fresh})
    except XetRefused as refused:
        return Refusal(400, f"The upload was refused: {refused}.").response(plain=False)
    except OSError as error:
        return Refusal(507, f"The Hub cannot keep this upload: {error.strerror}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _keep_xorb(hub: Hub, writer: BlobWriter, user_id: str, name: str) -> bool:
    with writer.mapped() as data:
        if not chunks_of(data):
            raise XetRefused("the xorb is empty")
    # Kept under its content's own SHA-256: two people who give different bytes one Xet name cannot disturb each other.
    oid = writer.commit()
    return (
        hub.database.execute(
            "INSERT INTO xorbs (user_id, hash, oid, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_id, hash) DO UPDATE SET oid = excluded.oid",
            (user_id, name, oid, hub.now()),
        )
        > 0
    )


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
    except OSError as error:
        return Refusal(507, f"The Hub cannot keep this upload: {error.strerror}.").response(plain=False)
    except Refusal as refusal:
        return refusal.response(plain=False)


def _assemble(hub: Hub, claims: dict[str, Any], shard: bytes, request_id: str) -> None:
    if repository_by_id(hub, claims["repository"]) is None:
        raise Refusal(404, "Repository not found", code="RepoNotFound")
    for file in parse_shard(shard):
        if file.size > hub.config.limits.lfs_file:
            raise Refusal(413, f"This Hub takes files of at most {hub.config.limits.lfs_file:,} bytes.")
        oid = _write_file(hub, claims["user"], file)
        bind(hub, claims["repository"], oid, file.size, file.hash)
        hub.record(
            "xet.uploaded", request_id=request_id, user_id=claims["user"], repository_id=claims["repository"],
            detail={"oid": oid, "size": file.size},
        )  # fmt: skip


def _write_file(hub: Hub, user_id: str, file: File) -> str:
    with hub.blobs.writer() as writer:
        for term in file.terms:
            row = hub.database.one("SELECT oid FROM xorbs WHERE user_id = ? AND hash = ?", (user_id, term.xorb))
            if row is None:
                raise XetRefused(f"the xorb {term.xorb} was not uploaded by you to this Hub")
            before = writer.size
            with (
                hub.xorbs.path(row["oid"]).open("rb") as stream,
                mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
            ):
                found = chunks_of(data)
                if term.end > len(found):
                    raise XetRefused("a term of the shard asks for more chunks than its xorb has")
                for content in unpack(data, found[term.start : term.end]):
                    writer.write(content)
            if writer.size - before != term.size:
                raise XetRefused("a term of the shard does not have the size that it announces")
        return writer.commit(oid=file.sha256, size=file.size)
