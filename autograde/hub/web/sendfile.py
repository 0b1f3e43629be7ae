"""Send large files with the kernel's ``sendfile`` instead of copying them in Python.

Starlette's ``FileResponse`` uses it if the server supports ASGI's ``http.response.pathsend`` extension. uvicorn does
not, so this protocol adds it.
"""

from __future__ import annotations

import asyncio
import os
import select
import threading
import weakref
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

#: Seconds in which a client must read something, and the bytes that the event loop sends in that time.
_SILENCE = 60
_PIECE = 1 << 20


class SendfileProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with ``http.response.pathsend``."""

    def on_headers_complete(self) -> None:
        """Start answering a request; the answer itself begins only after this method."""
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.__class__ = _Cycle
            self.cycle.scope.setdefault("extensions", {})["http.response.pathsend"] = {}
            # A weak reference: a request that refers to itself would keep its memory until the garbage collector runs.
            self.cycle.send_file = weakref.WeakMethod(self.send_file)  # type: ignore[attr-defined]

    async def send_file(self, path: Path, size: int) -> None:
        """Send a file on this connection: in a thread while few are in use, else in the event loop."""
        with path.open("rb") as file:
            limiter = _threads()
            if limiter.borrowed_tokens >= limiter.total_tokens or self.transport.get_write_buffer_size():
                for offset in range(0, size, _PIECE):
                    async with asyncio.timeout(_SILENCE):
                        await self.loop.sendfile(self.transport, file, offset, min(_PIECE, size - offset))
                return
            # Duplicate the descriptors: ours may be closed, and their numbers reused, while the thread still sends.
            target, source = os.dup(self.transport.get_extra_info("socket").fileno()), os.dup(file.fileno())
            stopped = threading.Event()
            try:
                await anyio.to_thread.run_sync(
                    _copy, target, source, size, stopped, limiter=limiter, abandon_on_cancel=True
                )
            finally:
                stopped.set()


class _Cycle(RequestResponseCycle):
    """uvicorn's request and response, with ``http.response.pathsend``."""

    send_file: weakref.WeakMethod[Callable[[Path, int], Awaitable[None]]]

    async def send(self, message: ASGISendEvent | MutableMapping[str, Any]) -> None:
        """Send a part of the response."""
        if message["type"] != "http.response.pathsend":
            await super().send(message)  # type: ignore[arg-type]
            return
        send_file = self.send_file()
        if self.scope["method"] != "HEAD" and not self.disconnected and send_file is not None:
            try:
                await send_file(Path(message["path"]), self.expected_content_length)  # type: ignore[typeddict-item]
            except (ConnectionError, TimeoutError, RuntimeError):
                # The client aborted the download or stopped reading, which is normal. asyncio raises RuntimeError if
                # the connection was closed before.
                self.disconnected = True
                self.transport.abort()
            except BaseException:
                # Close the connection, so that the client does not take the response for complete.
                self.transport.abort()
                raise
        self.expected_content_length = 0
        await super().send({"type": "http.response.body", "body": b"", "more_body": False})


def _copy(target: int, source: int, size: int, stopped: threading.Event) -> None:
    """Send ``size`` bytes of a file on a non-blocking socket, unless stopped. Closes both descriptors."""
    try:
        ready = select.poll()
        ready.register(target, select.POLLOUT)
        offset = silent = 0
        while offset < size and not stopped.is_set():
            try:
                sent = os.sendfile(target, source, offset, size - offset)
            except BlockingIOError:
                silent = 0 if ready.poll(1000) else silent + 1
                if silent >= _SILENCE:
                    raise ConnectionError("the client does not read its answer") from None
                continue
            if not sent:
                raise ConnectionError("the file is shorter than it was")
            offset += sent
    finally:
        os.close(target)
        os.close(source)


#: Files of one Hub sent by threads at the same time; the event loop sends the others.
THREADS = 8

_limiter: RunVar[CapacityLimiter] = RunVar("sendfile")


def _threads() -> CapacityLimiter:
    """Return the limiter of this event loop; each Hub has its own."""
    try:
        return _limiter.get()
    except LookupError:
        _limiter.set(limiter := CapacityLimiter(THREADS))
        return limiter
