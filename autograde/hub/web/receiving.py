"""Receive the bodies of large uploads without a task for every piece.

uvicorn pauses reading after each piece, wakes the task that waits for it, and reads on when that task asks. For 90 MiB,
this costs more than the upload itself. A handler can ask for the rest of its request's body to be given to a function
instead, as it arrives (:func:`give_rest`).
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

#: Gets the bytes of one piece. It may raise, and return whether it can take more; if not, it calls the given function
#: once it can, from any thread.
Take = Callable[[bytes, Callable[[], None]], bool]

#: Bytes that are read at a time. For larger pieces, the allocator would ask the system each time.
READ = 120 << 10

_KEY = "autograde.body"


class ReceivingProtocol(SendfileProtocol, asyncio.BufferedProtocol):
    """uvicorn's HTTP protocol, which reads into one buffer and can give a body to a function."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._take: Take | None = None
        self._trouble: BaseException | None = None

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the buffer for the next bytes: one for all connections, because it is emptied before the next read."""
        return _shared.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Receive the bytes in the buffer."""
        self.data_received(_shared.buffer[:nbytes])  # type: ignore[arg-type]

    def on_headers_complete(self) -> None:
        """Let the request's handler ask for its body."""
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.scope[_KEY] = (weakref.ref(self), self.cycle)  # type: ignore[literal-required]

    def on_body(self, body: bytes) -> None:
        """Receive a piece of a body."""
        if self._take is None:
            super().on_body(body)
            return
        if self._trouble is not None:
            return  # the handler does not want the rest
        try:
            if not self._take(body, self._resume):
                self.flow.pause_reading()
        except BaseException as error:
            self._trouble = error
            self.flow.pause_reading()
            self.cycle.message_event.set()

    def _resume(self) -> None:
        """Read on; called from any thread."""
        with contextlib.suppress(RuntimeError):  # the Hub has stopped
            self.loop.call_soon_threadsafe(self._read_on)

    def _read_on(self) -> None:
        if self._take is not None and self._trouble is None and not self.transport.is_closing():
            self.flow.resume_reading()

    async def give_rest(self, cycle: RequestResponseCycle, take: Take) -> None:
        """Give the rest of a request's body to a function. Raises as :func:`give_rest`."""
        self._take, self._trouble = take, None
        try:
            if cycle.body:
                take(bytes(cycle.body), lambda: None)
                cycle.body.clear()
            self.flow.resume_reading()
            while cycle.more_body and not cycle.disconnected and self._trouble is None:
                cycle.message_event.clear()
                await cycle.message_event.wait()
            if self._trouble is not None:
                raise self._trouble
            if cycle.more_body:
                raise ClientDisconnect
        finally:
            self._take = self._trouble = None


async def give_rest(scope: Scope, take: Take) -> bool:
    """Give the rest of a request's body to ``take`` and return True; False if the server cannot.

    Raises:
        ClientDisconnect: the client disconnected before the end.
        Exception: what ``take`` raised.
    """
    if _KEY not in scope:
        return False
    found, cycle = scope[_KEY]
    protocol: ReceivingProtocol | None = found()
    if protocol is None:
        raise ClientDisconnect
    await protocol.give_rest(cycle, take)
    return True


class _Shared(threading.local):
    """The buffer of the thread that reads: each Hub has its own."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(READ))


_shared = _Shared()
