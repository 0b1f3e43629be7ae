"""Serve a Hub on a socket, in a thread of this process."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import resource
import socket
import threading
import time
from dataclasses import replace

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from autograde.errors import CannotListen, PortInUse
from autograde.hub.app import create_app, import_handlers
from autograde.hub.budgets import Budget, BudgetSpent, begin
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.memory import release_memory
from autograde.hub.web import disk
from autograde.hub.web.protocol import ConnectionLimits, GuardedProtocol, sweep

#: How many open files are reserved for everything except connections.
_RESERVED_FILES = 400

#: Collect garbage and release memory after this many half-seconds without a request.
_QUIET = 4

#: Seconds until unused files are removed for the first time, and between the later times.
_FIRST_CLEANING = 10.0
_CLEANING = 3600.0

#: Seconds after which the Hub tries again to delete the history of repositories that were in use.
_RETRY = 300.0


class _Server(uvicorn.Server):
    """A uvicorn server that stops immediately, instead of at its next tick, when another thread stops it."""

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
            # Check twice a second (uvicorn: ten times), because a signal handler sets should_exit without our event.
            await self.on_tick(0)
            sweep(self.server_state.connections)
            try:
                await asyncio.wait_for(self._stopping.wait(), 0.5)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut down as uvicorn does, but without its pause of 0.1 s before it checks for running requests."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listening in server.sockets:
                loop.remove_reader(listening)
        # Let accepted clients become connections first: asyncio loses their sockets when their server is closed.
        await _run_loop()
        for server in self.servers:
            server.close()
        for given in sockets or []:
            given.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
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
        # Close sockets that are still open: after the event loop ends, only the garbage collector would.
        for connection in list(self.server_state.connections):
            if isinstance(connection, GuardedProtocol):
                connection.transport.abort()
        await _run_loop()

    def stop(self) -> None:
        """Tell the server to finish its running requests and stop."""
        self.should_exit = True
        if self._loop and self._stopping:
            with contextlib.suppress(RuntimeError):  # it has already stopped
                self._loop.call_soon_threadsafe(self._stopping.set)


async def _run_loop() -> None:
    """Let the event loop run three times, which it needs to open or close a connection."""
    for _iteration in range(3):
        await asyncio.sleep(0)


def open_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 lets the system choose a port.

    Raises:
        PortInUse: another program uses the port.
        CannotListen: this machine does not have the address, or only its administrator may use the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only if the protocol is TCP; otherwise a response waits 40 ms.
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
        raise CannotListen(
            f"The Hub cannot listen on port {port} of {host}: {error.strerror}.",
            "Use --host 0.0.0.0 for all addresses of this machine, and a --port of 1024 or more.",
        ) from error
    return opened


def _protocol(connections: int) -> type[GuardedProtocol]:
    """Return the protocol class with a limit of connections that the limit of open files allows."""
    files, __ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY:
        connections = min(connections, max(files - _RESERVED_FILES, files // 2))

    class Protocol(GuardedProtocol):
        limits = ConnectionLimits(connections=connections)

    return Protocol


class RunningHub:
    """A Hub served on a socket by a thread of this process."""

    def __init__(self, config: HubConfig, listening: socket.socket | None = None) -> None:
        self._socket = listening or open_socket(config.host, config.port)
        self.port: int = self._socket.getsockname()[1]
        try:
            self.hub = Hub(replace(config, public_url=config.public_url.replace("{port}", str(self.port))))
        except BaseException:
            self._socket.close()
            raise
        if self.hub.database.one("SELECT 1 FROM accepted_pushes"):
            # Import late: it is rarely needed, and the Hub starts sooner without it.
            from autograde.hub.push_records import record_interrupted

            # Ignore a full disk or a damaged repository: the cleaning tries again.
            with contextlib.suppress(*disk.ERRORS):
                record_interrupted(self.hub)
        #: The ASGI application; may be wrapped before the start, for example to count requests.
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
                proxy_headers=False,  # we trust configured proxies only, see origin.through_proxy
                date_header=True,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=3,
            )
        )
        self._thread = threading.Thread(target=self._run, name=f"hub:{self.port}", daemon=True)
        self._ended = threading.Event()
        self._stopped = threading.Event()
        #: Ends the cleaning's git processes; each has a time limit of its own.
        self._cleaning_budget = Budget(threading.TIMEOUT_MAX)
        self._cleaning = threading.Thread(target=self._clean, name=f"hub:{self.port}:unused", daemon=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)

    def _run(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        finally:
            self._ended.set()

    def _clean(self) -> None:
        """Remove unused files soon after the start, and then every hour; postponed history more often."""
        begin(self._cleaning_budget)
        pause, due = _FIRST_CLEANING, 0.0
        while not self._stopped.wait(pause):
            # Import late: the Hub answers its first requests sooner without these modules.
            from autograde.hub.push_records import record_interrupted
            from autograde.hub.repos.expunging import expunge_postponed
            from autograde.hub.repos.unused import remove_unused

            # Ignore a full disk or a damaged database: requests report it, and the next cleaning tries again.
            with contextlib.suppress(BudgetSpent, *disk.ERRORS):
                if time.monotonic() >= due:
                    due = time.monotonic() + _CLEANING
                    record_interrupted(self.hub)
                    remove_unused(self.hub)
                else:
                    expunge_postponed(self.hub)
            pause = _RETRY

    def start(self) -> None:
        """Start the server; return once it answers."""
        self._cleaning.start()
        self._thread.start()
        self._server.ready.wait(30)

    def end(self) -> None:
        """Tell the server to stop, without waiting; :meth:`wait` then returns. Safe in signal handlers."""
        self._server.stop()

    def stop(self) -> None:
        """Finish running requests, then close the socket and the data folder."""
        self.end()
        self._stopped.set()
        self._cleaning_budget.end()
        for thread in (self._thread, self._cleaning):
            if thread.ident is not None:  # an interrupted start() started only some of them
                thread.join(10)
        self._socket.close()
        self.hub.close()

    def wait(self) -> None:
        """Wait until the Hub stops; meanwhile import the modules that the first requests need."""
        # Import in another thread: an exception from a signal handler must not be swallowed by an import.
        threading.Thread(target=import_handlers, name="hub:imports", daemon=True).start()
        handled = quiet = 0
        # Not join(): if a signal handler raises during it, Python before 3.13 marks the thread as finished, and stop()
        # would close the data folder while requests are still running.
        while not self._ended.wait(0.5):
            state = self._server.server_state
            if state.tasks:
                quiet = 0
            elif state.total_requests != handled:
                handled, quiet = state.total_requests, 0
                release_memory()
            else:
                quiet += 1
                if quiet == _QUIET:
                    # Collecting stops all threads for about 50 ms; no request is running now.
                    gc.collect()
                    self.hub.database.forget_pages()
                    release_memory()
