"""Receive the bodies of large uploads without switching tasks for every piece.

uvicorn pauses reading after each piece, wakes the waiting task, and resumes when that task asks for more. For 90 MiB,
this costs more than the upload itself. With :func:`give_rest`, a handler passes a function that is called with each
piece of the body as it arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Callable
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from autograde.hub.web.sendfile import SendfileProtocol

#: Receives one piece; may raise. Returns whether it can take more; if not, it calls the given function when it can,
#: from any thread.
Take = Callable[[bytes, Callable[[], None]], bool]

#: Bytes that are read at a time. For larger pieces, the allocator would make a system call each time.
READ = 120 << 10

_KEY = "autograde.body"


class ReceivingProtocol(SendfileProtocol, asyncio.BufferedProtocol):
    """uvicorn's HTTP protocol, but it reads into one buffer and can pass a body to a function."""

    # Slots, because an object with more than thirty other attributes needs 1.5 KB more.
    __slots__ = ("_error", "_take")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._take: Take | None = None
        self._error: BaseException | None = None

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the buffer for the next bytes. All connections share it, because it is processed before the next
        read."""
        return _shared.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Receive the bytes in the buffer."""
        self.data_received(_shared.buffer[:nbytes])  # type: ignore[arg-type]

    def on_headers_complete(self) -> None:
        """Let the request's handler ask for its body."""
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.scope[_KEY] = (weakref.ref(self), weakref.ref(self.cycle))  # type: ignore[literal-required]

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body to the function, or to uvicorn if there is none."""
        if self._take is None:
            super().on_body(body)
            return
        if self._error is not None:
            return  # the handler does not want the rest
        try:
            if not self._take(body, self._resume):
                self.flow.pause_reading()
        except BaseException as error:
            self._error = error
            self.flow.pause_reading()
            self.cycle.message_event.set()

    def _resume(self) -> None:
        """Resume reading; may be called from any thread."""
        with contextlib.suppress(RuntimeError):  # the Hub has stopped
            self.loop.call_soon_threadsafe(self._read_on)

    def _read_on(self) -> None:
        if self._take is not None and self._error is None and not self.transport.is_closing():
            self.flow.resume_reading()

    async def give_rest(self, cycle: RequestResponseCycle, take: Take) -> None:
        """Pass the rest of a request's body to a function. Raises as :func:`give_rest`."""
        self._take, self._error = take, None
        try:
            if cycle.body:
                take(bytes(cycle.body), lambda: None)
                cycle.body.clear()
            self.flow.resume_reading()
            while cycle.more_body and not cycle.disconnected and self._error is None:
                cycle.message_event.clear()
                await cycle.message_event.wait()
            if self._error is not None:
                raise self._error
            if cycle.more_body:
                raise ClientDisconnect
        finally:
            self._take = self._error = None


async def give_rest(scope: Scope, take: Take) -> bool:
    """Pass the rest of a request's body to ``take`` and return True; return False if the server doesn't support it.

    Raises:
        ClientDisconnect: the client disconnected before the end.
        Exception: what ``take`` raised.
    """
    if _KEY not in scope:
        return False
    protocol: ReceivingProtocol | None
    cycle: RequestResponseCycle | None
    protocol, cycle = (found() for found in scope[_KEY])
    if protocol is None or cycle is None:
        raise ClientDisconnect
    await protocol.give_rest(cycle, take)
    return True


class _Shared(threading.local):
    """The read buffer of one thread; each Hub has its own thread."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(READ))


_shared = _Shared()
