"""git over HTTP: list the refs, and run ``git upload-pack`` for fetches.

Uses ASGI directly: git may answer while a push's body is still arriving, and Starlette's streaming response would read
from the same channel and lose bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import BinaryIO, cast

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from autograde.hub.budgets import Budget, current
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.discussions import has_open_pull
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.gitstore import RepositoryDeleted, limit_process
from autograde.hub.web.admission import admit
from autograde.hub.web.bodies import chunks, too_large
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import in_turn
from autograde.hub.web.origin import client_address
from autograde.hub.web.turns import Turns

#: Seconds that a clone or a push may take after its request has arrived.
_TIMEOUT = 1800

_SERVICES = ("git-upload-pack", "git-receive-pack")


def _environment(hub: Hub, request: Request) -> dict[str, str]:
    environment = hub.git.environment()
    protocol = request.headers.get("git-protocol", "")
    if re.fullmatch(r"[a-z0-9=:.-]{1,64}", protocol):
        environment["GIT_PROTOCOL"] = protocol
    return environment


def _authorize(call: Call, service: str) -> Repository:
    """Return the repository, by its current or a former name, if the caller may fetch from it, or push to it."""
    # Don't redirect from a former name: after a 401, git follows it for the first request but not for the push.
    if service == "git-receive-pack":
        # git sends no credentials until it gets a 401.
        user = access.require_user(call.caller)
        repository = access.require_visible(call.hub, call.caller, call.find())
        if has_open_pull(call.hub, repository, user) and not access.can_write(call.hub, call.caller, repository):
            # Push allows only the branches of these pull requests.
            access.require_participant(call.caller, repository)
            return access.require_readable(call.hub, call.caller, repository)
        return access.require_write(call.hub, call.caller, repository)
    return access.require_readable(call.hub, call.caller, call.find())


async def advertise(request: Request) -> Response:
    """``GET /{id}/info/refs?service=…``: list the refs."""
    hub: Hub = request.app.state.hub
    service = request.query_params.get("service", "")

    def work() -> bytes:
        if service not in _SERVICES:
            raise Refusal(403, "This Hub supports only git's smart protocol; use a newer git.")
        caller = admit(hub, request, changes=service == "git-receive-pack")
        repository = _authorize(Call(hub, request, caller, b""), service)

        command = [
            hub.git.git,
            service.removeprefix("git-"),
            "--stateless-rpc",
            "--advertise-refs",
            str(hub.git.path(repository.id)),
        ]
        try:
            return subprocess.run(
                command, env=_environment(hub, request), capture_output=True, check=True, timeout=60
            ).stdout
        except subprocess.CalledProcessError as error:
            if hub.git.is_missing(repository.id):
                raise RepositoryDeleted("the repository was deleted") from error
            raise

    def answer() -> Response:
        return Response(
            packet(f"# service={service}\n") + b"0000" + work(),
            media_type=f"application/x-{service}-advertisement",
            headers={"Cache-Control": "no-cache, max-age=0, must-revalidate"},
        )

    try:
        return await in_turn(request, answer)
    except Refusal as refusal:
        return refusal.response(plain=True)


async def body_of(request: Request, limit: int, inflation: int) -> AsyncIterator[bytes]:
    """Yield a request's body, decompressed if git compressed it.

    Raises:
        Refusal: 413 for more than ``limit`` bytes, or ``inflation`` times the compressed size; 400 for invalid gzip.
    """
    if request.headers.get("content-encoding") not in ("gzip", "x-gzip"):
        async for chunk in chunks(request, limit):
            yield chunk
        return
    inflate = zlib.decompressobj(wbits=31)
    sent = total = 0
    async for chunk in chunks(request, limit):
        sent += len(chunk)
        while chunk:
            if inflate.eof:
                # zlib would keep all of them in memory.
                raise Refusal(400, "There are bytes after the end of the gzip stream.")
            try:
                content = inflate.decompress(chunk, 1 << 20)
            except zlib.error as error:
                raise Refusal(400, f"The request is not gzip: {error}") from error
            total += len(content)
            if total > limit or total > inflation * sent + (1 << 20):
                raise too_large(limit)
            if content:
                yield content
            chunk = inflate.unconsumed_tail or inflate.unused_data
    if not inflate.eof:
        raise Refusal(400, "The gzip stream of the request is incomplete.")


class ArrivingBody:
    """ASGI's ``receive`` of a request. Keeps the body's first bytes; calls ``add`` with the length of each chunk."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.beginning = b""
        self.add: Callable[[int], None] = lambda length: None

    async def __call__(self) -> Message:
        message = await self._receive()
        if body := message.get("body"):
            self.beginning = self.beginning or bytes(body[:64])
            self.add(len(body))
        return message


class Service:
    """A service of git, such as ``POST /{id}/git-upload-pack``, as an ASGI application."""

    name: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arriving = ArrivingBody(receive)
        request = Request(scope, arriving)
        hub: Hub = request.app.state.hub
        try:
            call = Call(hub, request, await anyio.to_thread.run_sync(lambda: admit(hub, request)), b"")
            repository = await anyio.to_thread.run_sync(lambda: _authorize(call, self.name))
            if request.headers.get("content-type") != f"application/x-{self.name}-request":
                raise Refusal(415, "This address is for git.")
            await self.answer(call, repository, arriving, send)
        except Refusal as refusal:
            await refusal.response(plain=True)(scope, receive, send)

    async def answer(self, call: Call, repository: Repository, arriving: ArrivingBody, send: Send) -> None:
        """Answer a request by a person with the necessary rights.

        Raises:
            Refusal: before the answer has started.
        """
        raise NotImplementedError


class Fetch(Service):
    """``POST /{id}/git-upload-pack``: clones and fetches."""

    name = "git-upload-pack"

    async def answer(self, call: Call, repository: Repository, arriving: ArrivingBody, send: Send) -> None:
        """Send the objects that the client asks for."""

        def record() -> None:
            # git lists the refs before it fetches, and often stops there: only count real fetches.
            if b"command=ls-refs" not in arriving.beginning:
                with call.hub.database.relaxed_transaction():
                    call.record("git.fetched", repository)

        with await store_body(call, call.hub.config.limits.json_body) as body:
            async with turn(call):
                await run_git(call, repository, self.name, body, send, record)


async def run_git(
    call: Call,
    repository: Repository,
    service: str,
    body: BinaryIO,
    send: Send,
    record: Callable[[], None],
    *,
    environment: Mapping[str, str] | None = None,
    stoppable: Callable[[], bool] = lambda: True,
) -> None:
    """Pass a request to git and git's output to the client.

    Args:
        call: the request.
        repository: the repository.
        service: ``git-upload-pack`` or ``git-receive-pack``.
        body: the request's body.
        send: the client.
        record: called before the answer ends, so that the event is recorded when the client continues.
        environment: more variables for git.
        stoppable: returns whether git is killed if the client disconnects now.
    """
    process = await asyncio.create_subprocess_exec(
        call.hub.git.git,
        service.removeprefix("git-"),
        "--stateless-rpc",
        str(call.hub.git.path(repository.id)),
        stdin=body,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(call.hub, call.request) | dict(environment or {}),
        limit=1 << 20,
        # git starts further processes: kill the whole group.
        start_new_session=True,
    )
    assert process.stdout
    limit_process(process.pid)
    budget = current() or Budget()
    finished = False

    def stop() -> None:
        if stoppable():
            _kill(process)

    try:
        with budget.stopping(stop):
            async with asyncio.timeout(_TIMEOUT):
                await start(send, service)
                while chunk := await process.stdout.read(1 << 16):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await anyio.to_thread.run_sync(record)
            await send({"type": "http.response.body", "body": b""})
        finished = True
    finally:
        if not finished:
            stop()
        await process.wait()


async def store_body(call: Call, limit: int, take: Callable[[int], None] = lambda length: None) -> BinaryIO:
    """Store a request's body in an unnamed file, so that git only starts when the body is complete. ``take`` is called
    with the length of each chunk and may raise."""
    body: BinaryIO = cast("BinaryIO", tempfile.TemporaryFile(dir=call.hub.temporary))  # noqa: SIM115
    try:
        async for chunk in body_of(call.request, limit, call.hub.config.limits.inflation):
            take(len(chunk))
            body.write(chunk)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


def packet(text: str, content: bytes = b"") -> bytes:
    """Return a packet of git's protocol: its length in four hexadecimal digits, then its text and its content."""
    line = text.encode("utf-8", "surrogateescape") + content
    return f"{len(line) + 4:04x}".encode() + line


def turn(call: Call) -> AbstractAsyncContextManager[None]:
    """Return a context manager that waits for a turn to run git, and holds it.

    A turn counts for the person, or for the IP address without a log-in.
    """
    turns: Turns = call.request.app.state.git_turns
    return turns.take(call.caller.user.id if call.caller.user else client_address(call.request))


def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill git and the processes that it started. ``process.kill()`` would reap the process before asyncio does."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def start(send: Send, service: str) -> None:
    """Send the headers of git's answer."""
    headers = [(b"content-type", f"application/x-{service}-result".encode()), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
