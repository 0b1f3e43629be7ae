"""Read the bodies of requests, up to a limit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any, BinaryIO

from starlette.requests import ClientDisconnect, Request

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.untrusted import Unreadable, read_json
from autograde.hub.web.receiving import give_rest
from autograde.i18n.translation import marked


async def chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body as it arrives, at most ``limit`` bytes.

    Raises:
        Refusal: 413 if it is longer; 400 if the client disconnected.
    """
    _check_declared(request, limit)
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise _incomplete() from None


async def stream_to(
    request: Request, limit: int, give: Callable[[bytes], None], is_full: Callable[[Callable[[], object]], bool]
) -> None:
    """Pass a body of at most ``limit`` bytes to a function as it arrives. For large files; faster than :func:`chunks`.

    Args:
        request: its body has not been read yet.
        limit: the largest allowed size in bytes.
        give: called with each piece; may raise.
        is_full: returns whether ``give`` might block now; if so, it calls its argument once that is over.

    Raises:
        Refusal: as :func:`chunks`.
        Exception: what ``give`` raised.
    """
    _check_declared(request, limit)
    size = 0

    def take(piece: bytes, when_room: Callable[[], object] = lambda: None) -> bool:
        nonlocal size
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        give(piece)
        return not is_full(when_room)

    try:
        while True:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            if message.get("body"):
                take(message["body"])
            if not message.get("more_body") or await give_rest(request.scope, take):
                return
    except ClientDisconnect:
        raise _incomplete() from None


def _check_declared(request: Request, limit: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)


def _incomplete() -> Refusal:
    return Refusal(400, "The body ended before it was complete.")


def too_large(limit: int) -> Refusal:
    """Return the refusal of a body larger than a limit in bytes."""
    return Refusal(
        413,
        marked("The request is larger than the {limit} bytes that this Hub accepts here."),
        values={"limit": f"{limit:,}"},
    )


async def read_all(
    request: Request, limit: int, add: Callable[[int], None], hold: Callable[[int], None] = lambda length: None
) -> bytes:
    """Return a body of at most ``limit`` bytes. ``hold``, which may raise, and ``add`` get the length of each chunk.

    Raises:
        Refusal: as :func:`chunks`.
    """
    received = []
    async for chunk in chunks(request, limit):
        hold(len(chunk))
        received.append(chunk)
        add(len(chunk))
    return b"".join(received)


async def spool(
    request: Request, limit: int, add: Callable[[int], None], hold: Callable[[int], None], file: BinaryIO
) -> None:
    """Write a body to a file; otherwise as :func:`read_all`. Raises as :func:`chunks`."""
    async for chunk in chunks(request, limit):
        hold(len(chunk))
        file.write(chunk)
        add(len(chunk))
    file.seek(0)


#: Bodies of at least this many bytes are read only after the sender is authenticated.
_LONG = 1 << 16

#: Bytes of long bodies that one sender may have in memory at a time: a person, or an address without a log-in.
MOST_HELD = 128 << 20


def busy() -> Refusal:
    """Return the refusal of a body for which there is not enough memory at the moment."""
    return Refusal(503, "Too many large requests are on their way to this Hub; try again in a moment.")


def holding(hub: Hub, sender: str) -> AbstractContextManager[Callable[[int], None]]:
    """Count the bytes of one sender's bodies in memory, so that no single client can use all of it.

    ``sender`` is a person's id or an IP address. Yields a function to call with the length of each chunk.
    """
    return hub.pending_bytes.counting(f"memory of {sender}", MOST_HELD, busy)


async def read_counted(request: Request, hub: Hub, sender: str, limit: int) -> bytes:
    """Return a body of at most ``limit`` bytes, which counts towards the sender's limit while it arrives.

    Raises:
        Refusal: as :func:`chunks`; 503, the sender has too many bodies in memory.
    """
    with holding(hub, sender) as hold:
        return await read_all(request, limit, lambda length: None, hold)


def is_long(request: Request) -> bool:
    """Return whether the headers announce a long body, or one of unknown length."""
    length = request.headers.get("content-length", "")
    return int(length) >= _LONG if length.isdecimal() else "transfer-encoding" in request.headers


def json_object(body: bytes) -> dict[str, Any]:
    """Parse ``body`` as a JSON object; an empty body and ``null`` give an empty object.

    Raises:
        Refusal: 400 for anything else.
    """
    try:
        value = read_json(body) if body.strip() else {}
    except Unreadable as error:
        raise Refusal(400, f"The body cannot be read. {error}") from error
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return value


def optional_text(data: dict[str, Any], key: str) -> str | None:
    """Return the text under a key of a JSON object, or None if the key is missing.

    Raises:
        Refusal: 400 if the value is not a text.
    """
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, f"{key!r} must be a text.")
    return value
