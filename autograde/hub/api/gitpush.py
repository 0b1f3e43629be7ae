"""``POST /{id}/git-receive-pack``: receive a push, let git carry it out, and record it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from functools import partial
from typing import BinaryIO

import anyio.to_thread
from starlette.types import Send

from autograde.hub import push_records
from autograde.hub.api.githttp import ArrivingBody, Service, packet, run_git, start, store_body, turn
from autograde.hub.budgets import uninterrupted
from autograde.hub.events import Sender
from autograde.hub.people.accounts import User
from autograde.hub.push_records import AcceptedPush
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, quota, uploads
from autograde.hub.repos.expunging import expunge_recorded, record_lost
from autograde.hub.repos.pushes import Push, changed_refs
from autograde.hub.repos.repositories import Repository
from autograde.hub.web import disk
from autograde.hub.web.calls import Call

#: Length of an empty push. git sends one before a large push to check its credentials; it changes nothing.
_EMPTY = len("0000")

#: The most refs that the report about a refused push names.
_MAX_REPORTED = 1000


class ReceivePack(Service):
    """``POST /{id}/git-receive-pack``: pushes."""

    name = "git-receive-pack"

    async def answer(self, call: Call, repository: Repository, arriving: ArrivingBody, send: Send) -> None:
        """Receive a push and let git carry it out."""
        payer = await anyio.to_thread.run_sync(lambda: uploads.payer(call.hub, call.caller, repository))
        free_space = await anyio.to_thread.run_sync(lambda: quota.free_space(call.hub, repository, payer))
        with contextlib.ExitStack() as pending:
            # Count the bytes until git has them: a hundred pushes may wait for their turn.
            take = pending.enter_context(call.hub.pending_bytes.counting(*free_space))
            received = _ReceivedPush(call, repository, payer, pending)
            with call.hub.upload_progress.receiving(*received.upload, "git") as arriving.add:
                try:
                    # The quota counts the decompressed bytes, which git gets.
                    body = await store_body(call, call.hub.config.limits.pack, take)
                except BaseException:
                    received.end("broken off")
                    raise
            # Take a turn before begin_push, which blocks a thread while the repository is being cleaned.
            with body:
                async with turn(call):
                    await received.carry_out(body, send)


class _ReceivedPush:
    """A push whose body is in a file.

    Args:
        call: the request.
        repository: the repository.
        payer: the user whose quota it counts against; None means the repository's owner.
        pending: counts the bytes of the push until the database does.

    Attributes:
        upload: repository and sender, as in :class:`~autograde.hub.upload_progress.UploadProgress`.
    """

    def __init__(self, call: Call, repository: Repository, payer: User | None, pending: contextlib.ExitStack) -> None:
        self._call, self._hub, self._repository, self._pending = call, call.hub, repository, pending
        self._payer = payer
        user = access.require_user(call.caller)
        self.upload = (repository.id, user.id, user.name)
        self._length = 0
        self._accepted: AcceptedPush | None = None

    def end(self, outcome: str, committed: tuple[int, int] = (0, 0)) -> None:
        """Show the outcome on the repository's page."""
        self._hub.upload_progress.ended(*self.upload, outcome, committed)

    async def carry_out(self, body: BinaryIO, send: Send) -> None:
        """Run git with the push and record what it changed."""
        self._length = body.seek(0, os.SEEK_END)
        body.seek(0)
        with contextlib.ExitStack() as writing:
            if self._length > _EMPTY:
                try:
                    await anyio.to_thread.run_sync(self._hub.locks.begin_push, self._repository.id)
                except Refusal as refusal:
                    self.end("refused")
                    await _report(body, refusal, send)
                    return
                writing.callback(self._hub.locks.end_push, self._repository.id)
            with Push(self._hub, self._repository, self._call.caller, self._store) as push:
                answering = asyncio.create_task(push.answer_hook())
                try:
                    await run_git(
                        self._call, self._repository, ReceivePack.name, body, send, lambda: self._record(push, writing),
                        environment=push.environment(), stoppable=lambda: not push.accepted,
                    )  # fmt: skip
                except BaseException:
                    self.end("broken off")
                    raise
                finally:
                    answering.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await answering

    def _store(self, push: Push) -> None:
        """Store the push before git carries it out."""
        sender = Sender.of(self._call.caller.user, self._call.caller.token, request_id=self._call.request_id)
        payer = self._payer.id if self._payer else None
        self._accepted = AcceptedPush(self._hub.new_id(), sender, payer, self._length, push.details, push.proposed)
        push_records.store(self._hub, self._repository, self._accepted)

    def _record(self, push: Push, writing: contextlib.ExitStack) -> None:
        """Record a push that git has finished. git's report is sent, so the response can neither refuse the push, nor
        say that the repository was deleted meanwhile."""
        try:
            with uninterrupted():
                self._record_changes(push, writing)
        except (Refusal, *disk.ERRORS) as error:
            if not isinstance(error, Refusal) and not disk.is_deleted(error):
                raise
            self.end("broken off")

    def _record_changes(self, push: Push, writing: contextlib.ExitStack) -> None:
        """Record the refs that a push has changed, and delete the history that it replaced."""
        accepted = self._accepted
        # Other writers stay out until the lost history is recorded.
        with writing:
            changed = changed_refs(self._hub, self._repository, accepted.refs) if accepted else []
            push.clear()
            wait = record_lost(self._hub, self._repository, [old for __, old, ___ in changed])
            commits = push_records.pull_request_commits(self._hub, self._repository, changed)
        committed = (push.details["files"], push.details["size"])
        if accepted is None or not changed:
            left = partial(self._hub.git.delete_quarantines, self._repository.id)
            self._hub.locks.unless_pushed(self._repository.id, left)
            if self._length > _EMPTY:
                self.end("refused", committed)
            self._pending.close()
            if accepted:
                push_records.forget(self._hub, accepted.id)
            return
        self.end("done", committed)
        with self._hub.database.transaction():
            # Stop counting the bytes as pending before the database counts them: counted twice, they could refuse
            # another upload that fits.
            self._pending.close()
            push_records.record_changes(
                self._hub, self._repository, accepted, changed, commits,
                partial(self._call.record, "git.pushed", self._repository),
            )  # fmt: skip
        expunge_recorded(self._hub, self._repository, wait)


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
    report = b"".join(map(packet, ["unpack ok\n", *(f"ng {ref} {reason}\n" for ref in refs)])) + b"0000"
    if "side-band-64k" in capabilities:
        pieces = [report[start : start + 60_000] for start in range(0, len(report), 60_000)]
        report = b"".join(packet("\1", piece) for piece in pieces) + b"0000"
    await start(send, "git-receive-pack")
    await send({"type": "http.response.body", "body": report})
