"""uvicorn's HTTP protocol with limits: number of connections, size of request headers, and waiting time.

uvicorn has a time limit for idle connections only. Here, a client that sends half a request, or does not read its
response, is disconnected. If there are too many connections, the oldest idle one of the address with the most
connections is closed. If too many bytes of responses wait to be read, the address with the most of them loses the
connection whose request is oldest.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httptools
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.protocols.http.flow_control import FlowControl

from autograde.hub.budgets import Budget
from autograde.hub.web.receiving import ReceivingProtocol


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of connections.

    Attributes:
        connections: open at the same time.
        head: largest size of the request line and headers, in bytes.
        head_seconds: seconds until the headers must be complete.
        silence: seconds that a client may pause while it sends a body or reads its response.
        pipelined: requests that a client may send before it gets the response to the first.
        unread: unread bytes of responses in memory, for one client address and for all together.
    """

    connections: int = 600
    head: int = 64 << 10
    head_seconds: float = 15
    silence: float = 60
    pipelined: int = 1000
    unread: tuple[int, int] = (128 << 20, 512 << 20)


#: Unread bytes of one response after which the unread bytes of all clients are checked.
_CHECK_UNREAD = 256 << 10

_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-type: text/plain\r\n"
    b"content-length: 34\r\n\r\nThe headers are longer than 64 KiB"
)


class GuardedProtocol(ReceivingProtocol):
    """uvicorn's HTTP protocol with the limits of :class:`ConnectionLimits`, and a budget for every request."""

    __slots__ = ("_head", "_in_head", "_stuck_since", "_unread", "began", "heard")

    limits = ConnectionLimits()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a client. If there are too many connections, close an idle one."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self.app = _after_earlier_responses(self.app, self.flow)
        self.began = self.heard = time.monotonic()
        self._head, self._in_head = 0, True
        self._unread, self._stuck_since = 0, 0.0
        if len(self.connections) > self.limits.connections:
            _make_room(self.connections)  # type: ignore[arg-type]

    @property
    def waiting(self) -> bool:
        """Whether this connection is idle: no request, or only part of its headers has arrived."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def is_closed(self) -> bool:
        """Whether this connection is closed and has nothing left to send. After ``Connection: close``, it is closing
        until the client has read the response."""
        return self.transport.is_closing() and not self.transport.get_write_buffer_size()

    def data_received(self, data: bytes | memoryview) -> None:
        """Receive bytes of a request. They must not be kept, because the buffer is reused for the next ones."""
        self.heard, before = time.monotonic(), self._in_head
        if before:
            data = bytes(data)
        self._unset_keepalive_if_required()
        self._parse(data)
        # Count header bytes until the headers are complete; the bytes may end with the beginning of another request.
        self._head = self._head + len(bytes(data).rpartition(b"\r\n\r\n")[2]) if before and self._in_head else 0
        if self._head > self.limits.head and not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()
        # Each request takes some kilobytes of memory.
        if len(self.pipeline) > self.limits.pipelined:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Answer the next request, and don't read more requests until those that have arrived are answered."""
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()
        if self.transport.get_write_buffer_size() > _CHECK_UNREAD:
            _limit_unread(self.connections, self.limits.unread)  # type: ignore[arg-type]

    def _parse(self, data: bytes | memoryview) -> None:
        """Parse bytes as uvicorn does, but ignore an offered upgrade (``Upgrade: h2c``).

        The parser stops after the headers of such a request and would lose its body.
        """
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            rest, method = bytes(data[upgrade.args[0] :]), self.parser.get_method()
            if method == b"CONNECT":
                self.send_400_response("This Hub is not a proxy.")
                return
            version = self.parser.get_http_version().encode("ascii")
            head = [b"%s %s HTTP/%s" % (method, self.url, version), *_without_upgrade(self.headers)]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self._parse(b"\r\n".join(head) + b"\r\n\r\n" + rest)
        except httptools.HttpParserError:
            # Not logged: any client can send garbage, or TLS, at any time.
            self.send_400_response("Invalid HTTP request received.")

    def on_message_begin(self) -> None:
        """Note the start of a request."""
        super().on_message_begin()
        self.began, self._in_head, self._head = time.monotonic(), True, 0

    def on_headers_complete(self) -> None:
        """Note that a request's headers are complete, and give it a budget."""
        if self.parser.should_upgrade():
            return  # _parse parses the request again
        self._in_head = False
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.scope["autograde.budget"] = Budget()  # type: ignore[typeddict-unknown-key]

    def on_message_complete(self) -> None:
        """Note that a request's body is complete."""
        if not self.parser.should_upgrade():
            super().on_message_complete()
            # uvicorn has paused it for a large body, and would not notice that the client disconnects.
            if not self.pipeline:
                self.flow.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the work for a client that disconnected."""
        super().connection_lost(exc)
        if self.cycle is not None and (budget := self.cycle.scope.get("autograde.budget")):
            budget.end()  # type: ignore[attr-defined]

    def overdue(self, now: float) -> bool:
        """Return whether this client has kept the Hub waiting for too long."""
        if self.transport is None or self.is_closed:
            return False
        # Check this first, because the Hub reads no more requests from a client that does not read responses.
        if self.flow.write_paused or self.transport.is_closing():
            # A client that keeps reading some of the waiting bytes is slow, not silent.
            unread = self.transport.get_write_buffer_size()
            if unread != self._unread or not self._stuck_since:
                self._unread, self._stuck_since = unread, now
            return now - self._stuck_since > self.limits.silence
        self._stuck_since = 0.0
        if self._in_head and self.timeout_keep_alive_task is None:
            return now - self.began > self.limits.head_seconds
        arriving = self.cycle is not None and self.cycle.more_body and not self.flow.read_paused
        return arriving and not self.cycle.response_complete and now - self.heard > self.limits.silence


def _without_upgrade(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[bytes]:
    """Yield the lines of a request's headers without an offered upgrade."""
    for name, value in headers:
        if name in (b"upgrade", b"http2-settings"):
            continue
        if name == b"connection":
            kept = [t for t in value.split(b",") if t.strip().lower() not in (b"upgrade", b"http2-settings")]
            value = b",".join(kept)
        yield name + b": " + value


def sweep(connections: Iterable[Any]) -> None:
    """Close the connections of clients that have kept the Hub waiting for too long."""
    now = time.monotonic()
    for connection in list(connections):
        if isinstance(connection, GuardedProtocol) and connection.overdue(now):
            connection.transport.abort()


def _after_earlier_responses(app: ASGI3Application, flow: FlowControl) -> ASGI3Application:
    """Wrap an application so that it handles a request only after the client has read the earlier responses."""

    async def waiting(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if flow.write_paused:
            await flow.drain()
        await app(scope, receive, send)

    return waiting


def _limit_unread(connections: set[GuardedProtocol], limits: tuple[int, int]) -> None:
    """Close connections until the unread bytes of every client address, and of all together, are within ``limits``."""
    unread: dict[str, dict[GuardedProtocol, int]] = {}
    for connection in connections:
        if not connection.is_closed:
            of_address = unread.setdefault(_address(connection), {})
            of_address[connection] = connection.transport.get_write_buffer_size()
    sums = {address: sum(sizes.values()) for address, sizes in unread.items()}
    while (greatest := max(sums, key=lambda address: sums[address], default=None)) is not None:
        if sums[greatest] <= limits[0] and sum(sums.values()) <= limits[1]:
            return
        waiting = [connection for connection, size in unread[greatest].items() if size]
        oldest = min(waiting, key=lambda connection: connection.began)
        sums[greatest] -= unread[greatest].pop(oldest)
        oldest.transport.abort()


def _make_room(connections: set[GuardedProtocol]) -> None:
    """Close the oldest idle connection of the address that has the most connections; if none is idle, its newest."""
    addresses = Counter(_address(connection) for connection in connections)
    crowded = max(addresses, key=lambda address: addresses[address])
    own = sorted((c for c in connections if _address(c) == crowded), key=lambda c: c.heard)
    # Closed connections stay in the set until the event loop calls connection_lost.
    open_ones = [connection for connection in own if not connection.is_closed]
    idle = [connection for connection in open_ones if connection.waiting]
    sending = [connection for connection in open_ones if not connection.waiting and connection.cycle.more_body]
    # The newest connection comes last, so it is closed if all others are being answered.
    for chosen in [*idle, *sending, *reversed(open_ones)][:1]:
        chosen.transport.abort()


def _address(connection: GuardedProtocol) -> str:
    return connection.client[0] if connection.client else ""
