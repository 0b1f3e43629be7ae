"""git over HTTP: run ``git upload-pack`` and ``git receive-pack`` (hub-protocol, row 15 and section 6).

Uses ASGI directly: git may answer while a push's body is still arriving, and Starlette's streaming response would read
from the same channel and lose bytes (hub-study, 2.1).
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
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import BinaryIO, cast

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from autograde.hub.budgets import Budget, current, uninterrupted
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, quota, uploads
from autograde.hub.repos.discussions import has_open_pull
from autograde.hub.repos.expunging import expunge_remembered, remember
from autograde.hub.repos.pushes import Push
from autograde.hub.repos.repositories import Repository, touch
from autograde.hub.storage.gitstore import RepositoryDeleted, limit_process
from autograde.hub.web import disk
from autograde.hub.web.admission import admit
from autograde.hub.web.bodies import chunks, too_large
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import in_turn
from autograde.hub.web.origin import client_address
from autograde.hub.web.turns import Turns

#: Seconds that a clone or a push may take after its request has arrived.
_TIMEOUT = 1800

#: Length of an empty push. git sends one before a large push to check its credentials; it changes nothing.
_EMPTY = len("0000")

#: The most refs that the report about a refused push names.
_MAX_REPORTED = 1000

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
        repository = access.require_read(call.hub, call.caller, call.find())
        if has_open_pull(call.hub, repository, user) and not access.can_write(call.hub, call.caller, repository):
            # Push allows only the branches of these pull requests.
            access.require_participant(call.caller, repository)
            return access.require_content(call.hub, call.caller, repository)
        return access.require_write(call.hub, call.caller, repository)
    return access.require_content(call.hub, call.caller, call.find())


async def advertise(request: Request) -> Response:
    """``GET /{id}/info/refs?service=…``: list the refs."""
    hub: Hub = request.app.state.hub
    service = request.query_params.get("service", "")

    def work() -> bytes:
        if service not in _SERVICES:
            raise Refusal(403, "This Hub supports only git's smart protocol; use a newer git.")
        repository = _authorize(Call(hub, request, admit(hub, request), b""), service)

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
        body, line = work(), f"# service={service}\n"
        return Response(
            f"{len(line) + 4:04x}{line}0000".encode() + body,
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


class _TrackedBody:
    """A request's body while it arrives. Keeps its first bytes and calls ``add`` with the length of each chunk."""

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
    """``POST /{id}/git-upload-pack`` or ``/git-receive-pack``, as an ASGI application."""

    def __init__(self, service: str) -> None:
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tracked = _TrackedBody(receive)
        request = Request(scope, tracked)
        hub: Hub = request.app.state.hub
        try:
            call = Call(hub, request, await anyio.to_thread.run_sync(lambda: admit(hub, request)), b"")
            repository = await anyio.to_thread.run_sync(lambda: _authorize(call, self.service))
            if request.headers.get("content-type") != f"application/x-{self.service}-request":
                raise Refusal(415, "This address is for git.")
            if self.service == "git-receive-pack":
                await self._push(call, repository, send, tracked)
            else:

                def record() -> None:
                    # git lists the refs before it fetches, and often stops there: only count real fetches.
                    if b"command=ls-refs" not in tracked.beginning:
                        with hub.database.relaxed_transaction():
                            call.record("git.fetched", repository)

                with await _store_body(hub, request, hub.config.limits.json_body) as body:
                    async with _turn(call):
                        await self._run(call, repository, body, send, _environment(hub, request), record)
        except Refusal as refusal:
            await refusal.response(plain=True)(scope, receive, send)

    async def _push(self, call: Call, repository: Repository, send: Send, tracked: _TrackedBody) -> None:
        user = access.require_user(call.caller)
        upload = (repository.id, user.id, user.name)
        limits = call.hub.config.limits
        payer = await anyio.to_thread.run_sync(lambda: uploads.payer(call.hub, call.caller, repository))
        account = await anyio.to_thread.run_sync(lambda: quota.account(call.hub, repository, payer))
        # Count the bytes until git has them: a hundred pushes may wait for their turn.
        with contextlib.ExitStack() as pending:
            take = pending.enter_context(call.hub.pending_bytes.counting(*account))
            with call.hub.upload_progress.receiving(*upload, "git") as add:
                tracked.add = add
                try:
                    # The quota counts the decompressed bytes, which git gets.
                    body = await _store_body(call.hub, call.request, limits.pack, take)
                except BaseException:
                    call.hub.upload_progress.ended(*upload, "broken off")
                    raise
            # Take the turn first: a push may wait in a thread while its repository is being cleaned.
            with body:
                async with _turn(call):
                    with contextlib.ExitStack() as writing:
                        if body.seek(0, os.SEEK_END) > _EMPTY:
                            try:
                                await anyio.to_thread.run_sync(call.hub.git.begin_push, repository.id)
                            except Refusal as refusal:
                                call.hub.upload_progress.ended(*upload, "refused")
                                await _report(body, refusal, send)
                                return
                            writing.callback(call.hub.git.end_push, repository.id)
                        await self._run_push(call, repository, body, send, writing, pending)

    async def _run_push(
        self,
        call: Call,
        repository: Repository,
        body: BinaryIO,
        send: Send,
        writing: contextlib.ExitStack,
        pending: contextlib.ExitStack,
    ) -> None:
        """Run git for a push.

        ``writing`` ends when git has written everything, ``pending`` when its bytes count in the database.
        """
        user = access.require_user(call.caller)
        upload = (repository.id, user.id, user.name)
        length = body.seek(0, os.SEEK_END)
        body.seek(0)
        with Push(call.hub, repository, call.caller) as push:
            environment = {**_environment(call.hub, call.request), **push.environment()}
            answering = asyncio.create_task(push.answer_hook())
            try:

                def record() -> None:
                    try:
                        with uninterrupted():
                            self._record_push(call, repository, push, length, writing, pending)
                    except (Refusal, *disk.ERRORS) as error:
                        # git's report is sent, so the response can neither refuse the push, nor say that the repository
                        # was deleted meanwhile.
                        if not isinstance(error, Refusal) and not disk.is_deleted(error):
                            raise
                        call.hub.upload_progress.ended(*upload, "broken off")

                await self._run(call, repository, body, send, environment, record, lambda: not push.accepted)
            except BaseException:
                call.hub.upload_progress.ended(*upload, "broken off")
                raise
            finally:
                answering.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await answering

    def _record_push(
        self,
        call: Call,
        repository: Repository,
        push: Push,
        length: int,
        writing: contextlib.ExitStack,
        pending: contextlib.ExitStack,
    ) -> None:
        """Record a push that git has finished, and delete the history that it replaced."""
        with writing:
            changed = push.changed_refs()
            push.clear()
            wait = remember(call.hub, repository, [old for __, old, ___ in changed])
        # git has written everything: others may write now, and unreferenced files may be removed.
        if call.caller.user and (changed or push.details["files"] or length > _EMPTY):
            upload = (repository.id, call.caller.user.id, call.caller.user.name)
            committed = (push.details["files"], push.details["size"])
            call.hub.upload_progress.ended(*upload, "done" if changed else "refused", committed)
        if not changed:
            pending.close()
            return
        # One transaction, because each waits for the disk.
        with call.hub.database.transaction():
            # Stop counting the bytes as pending before the database counts them: counted twice, they could refuse
            # another upload that fits.
            pending.close()
            quota.count_git(call.hub, repository, length, uploads.payer(call.hub, call.caller, repository))
            for number, (ref, old, new) in enumerate(changed):
                touch(call.hub, repository)
                # Count each file once, even if several refs contain it.
                details = push.details if number == 0 else {}
                call.record("git.pushed", repository, ref=ref, old=old, new=new, via="git", **details)
        expunge_remembered(call.hub, repository, wait)

    async def _run(
        self,
        call: Call,
        repository: Repository,
        body: BinaryIO,
        send: Send,
        environment: dict[str, str],
        record: Callable[[], None],
        stoppable: Callable[[], bool] = lambda: True,
    ) -> None:
        """Pass the request to git and its output to the client. Call ``record`` before the response ends, so that the
        event is recorded when the client continues. Kill git when the client disconnects, as long as it is
        ``stoppable``."""
        process = await asyncio.create_subprocess_exec(
            call.hub.git.git,
            self.service.removeprefix("git-"),
            "--stateless-rpc",
            str(call.hub.git.path(repository.id)),
            stdin=body,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            limit=1 << 20,
            # git starts further processes: kill the whole group.
            start_new_session=True,
        )
        assert process.stdout
        limit_process(process.pid)
        budget = current() or Budget()

        def stop() -> None:
            if stoppable():
                _kill(process)

        finished = False
        try:
            with budget.stopping(stop):
                async with asyncio.timeout(_TIMEOUT):
                    await self._answer(process.stdout, send)
                    await anyio.to_thread.run_sync(record)
                await send({"type": "http.response.body", "body": b""})
            finished = True
        finally:
            if not finished:
                stop()
            await process.wait()

    async def _answer(self, output: asyncio.StreamReader, send: Send) -> None:
        """Send git's output, but don't end the response."""
        await _start(send, self.service)
        while chunk := await output.read(1 << 16):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _store_body(
    hub: Hub, request: Request, limit: int, take: Callable[[int], None] = lambda length: None
) -> BinaryIO:
    """Store a request's body in an unnamed file, so that git only starts when the body is complete. ``take`` is called
    with the length of each chunk and may raise."""
    body: BinaryIO = cast("BinaryIO", tempfile.TemporaryFile(dir=hub.temporary))  # noqa: SIM115
    try:
        async for chunk in body_of(request, limit, hub.config.limits.inflation):
            take(len(chunk))
            body.write(chunk)
        body.seek(0)
    except BaseException:
        body.close()
        raise
    return body


async def _report(body: BinaryIO, refusal: Refusal, send: Send) -> None:
    """Answer a push with the reason why none of its refs was changed, in git's format ``report-status``: of an HTTP
    error, git shows only the number.

    Raises:
        Refusal: the given one, when the body is not a push, or its client does not read such a report.
    """
    body.seek(0)
    refs, capabilities = list[str](), list[str]()
    while re.fullmatch(b"[0-9a-f]{4}", head := body.read(4)) and (length := int(head, 16)) > len(head):
        command, __, more = body.read(length - len(head)).decode("utf-8", "surrogateescape").partition("\0")
        capabilities += more.split()
        if found := re.fullmatch("[0-9a-f]{40} [0-9a-f]{40} (.+)", command.rstrip("\n")):
            refs.append(found[1])
        if len(refs) > _MAX_REPORTED:
            break
    if not refs or not any(capability.startswith("report-status") for capability in capabilities):
        raise refusal
    reason = " ".join(refusal.message.split())
    report = b"".join(map(_packet, ["unpack ok\n", *(f"ng {ref} {reason}\n" for ref in refs)])) + b"0000"
    if "side-band-64k" in capabilities:
        pieces = [report[start : start + 60_000] for start in range(0, len(report), 60_000)]
        report = b"".join(_packet("\1", piece) for piece in pieces) + b"0000"
    await _start(send, "git-receive-pack")
    await send({"type": "http.response.body", "body": report})


def _packet(text: str, content: bytes = b"") -> bytes:
    """Return a packet of git's protocol: its length in four hexadecimal digits, then its text and its content."""
    line = text.encode("utf-8", "surrogateescape") + content
    return f"{len(line) + 4:04x}".encode() + line


def _turn(call: Call) -> AbstractAsyncContextManager[None]:
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


async def _start(send: Send, service: str) -> None:
    headers = [(b"content-type", f"application/x-{service}-result".encode()), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
