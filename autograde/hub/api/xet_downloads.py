"""Xet downloads: a file's pieces, and the bytes of each."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.api.xet_tokens import redeem_token
from autograde.hub.core import Hub
from autograde.hub.events import record_transfer
from autograde.hub.refusals import Refusal
from autograde.hub.repos import uploads
from autograde.hub.repos.access import ANONYMOUS
from autograde.hub.repos.xorb_format import CHUNK_HEADER, MAX_CHUNK, pack
from autograde.hub.web import tickets
from autograde.hub.web.calls import Call
from autograde.hub.web.ranges import ranged

#: Bytes of a file in one xorb of a download.
PIECE = 8 << 20


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
    reading, repository = redeem_token(call.hub, call.request, "read")
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
