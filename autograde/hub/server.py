"""A Hub on a socket: in a thread of this process, or as this process."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from dataclasses import replace

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from autograde.errors import PortInUse
from autograde.hub.app import create_app
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.late import import_all
from autograde.hub.web.protocol import ConnectionLimits, GuardedProtocol, sweep

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: Files that a process has open at most, and those that are left for everything that is not a connection.
_MOST_FILES = 8192
_OTHER_FILES = 400


class _Server(uvicorn.Server):
    """uvicorn, told from another thread to stop at once instead of at its next tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        assert self._stopping
        while not self.should_exit:
            # uvicorn looks ten times a second; a signal handler sets should_exit without our event.
            await self.on_tick(0)
            sweep(self.server_state.connections)
            try:
                await asyncio.wait_for(self._stopping.wait(), 0.5)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own, without its pause of 0.1 s before it looks whether anything is still being answered."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        loop = asyncio.get_running_loop()
        end = loop.time() + (self.config.timeout_graceful_shutdown or 0)
        while self.server_state.connections or self.server_state.tasks:
            if self.force_exit or loop.time() > end:
                break
            await asyncio.sleep(0.002)
        unfinished = list(self.server_state.tasks)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=1)

    def stop(self) -> None:
        """Ask the server to finish what it is answering and end."""
        self.should_exit = True
        if self._loop and self._stopping:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)


def open_socket(host: str, port: int) -> socket.socket:
    """A bound socket; with port 0 on a port that the system chooses.

    Raises:
        PortInUse: another program listens there.
        OSError: the address is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off for sockets that say they are TCP: an answer would wait 40 ms otherwise.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} is in use by another program.", "Choose another with --port, or 0 for any free one."
            ) from None
        raise
    return opened


def raise_file_limit() -> None:
    """Let this process have as many files open as the system allows: each connection and git's pipes are some."""
    if resource is not None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _protocol(connections: int) -> type[GuardedProtocol]:
    """The protocol with as many connections as there may be, and as there are files for."""
    if resource is not None:
        files, __ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files != resource.RLIM_INFINITY:
            connections = min(connections, max(files - _OTHER_FILES, files // 2))

    class Protocol(GuardedProtocol):
        limits = ConnectionLimits(connections=connections)

    return Protocol


class RunningHub:
    """A Hub that answers on a socket, run by a thread of this process."""

    def __init__(self, config: HubConfig, listening: socket.socket | None = None) -> None:
        self._socket = listening or open_socket(config.host, config.port)
        self.port: int = self._socket.getsockname()[1]
        try:
            self.hub = Hub(replace(config, public_url=config.public_url.replace("{port}", str(self.port))))
        except BaseException:
            self._socket.close()
            raise
        #: What answers; may be wrapped before the start, to watch or to count.
        self.application: ASGIApp = create_app(self.hub)
        self._server = _Server(
            uvicorn.Config(
                self._answer,
                interface="asgi3",
                http=_protocol(config.limits.connections),
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # a proxy is believed where it was configured, see calls.through_proxy
                date_header=True,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=3,
            )
        )
        self._thread = threading.Thread(target=self._run, name=f"hub:{self.port}", daemon=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> None:
        """Answer from now on; returns once it does."""
        self._thread.start()
        self._server.ready.wait(30)

    def end(self) -> None:
        """Ask it to end, and do not wait: what :meth:`wait` waits for. May be called by a signal's handler."""
        self._server.stop()

    def stop(self) -> None:
        """Finish what is being answered, then let go of the socket and the data."""
        self.end()
        self._thread.join(10)
        self.hub.close()

    def wait(self) -> None:
        """Wait until the Hub ends; meanwhile import what the first requests will need."""
        # Not in this thread: a signal that raises here must not be swallowed by whatever happens to be running.
        threading.Thread(target=import_all, name="hub:imports", daemon=True).start()
        while self._thread.is_alive():
            self._thread.join(0.5)
