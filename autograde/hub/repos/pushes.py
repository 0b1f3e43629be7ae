"""Check a ``git push`` while git keeps its objects in quarantine, before any ref changes.

Git's pre-receive hook (see ``core.py``) writes the proposed refs to one named pipe and reads the answer from another.
The check runs here, in the Hub, because only the database contains which LFS files were uploaded to the repository.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

import anyio.to_thread

from autograde.hub.core import Hub
from autograde.hub.names import branch_name_problem
from autograde.hub.refusals import Refusal
from autograde.hub.repos.access import Caller, require_write
from autograde.hub.repos.branches import require_room_for_refs
from autograde.hub.repos.contents import resolve
from autograde.hub.repos.discussions import require_open_pull
from autograde.hub.repos.expunging import target_of
from autograde.hub.repos.pointers import MAX_POINTER, parse_pointer
from autograde.hub.repos.pushed_contents import PushedContents, Rejected
from autograde.hub.repos.quarantine import Quarantine
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.uploads import adopt, any_offered
from autograde.hub.storage.gitstore import NO_OBJECT

_RULE = "-" * 73

#: The longest question of the hook, in bytes. Git itself takes millions of lines, each with two ids and a ref.
_MAX_QUESTION = 1 << 20

#: How many offending files an error message names.
_NAMED = 20


#: A ref that a push changes: its name, and the ids of its object before and afterwards.
RefChange = tuple[str, str, str]


def changed_refs(hub: Hub, repository: Repository, refs: Iterable[RefChange]) -> list[RefChange]:
    """Return those of the requested changes that git has made."""
    return [change for change in refs if (target_of(hub, repository, change[0]) or NO_OBJECT) == change[2]]


class Push:
    """A push in progress. A context manager: leaving it removes the pipes.

    Args:
        hub: the Hub.
        repository: the one that is pushed to.
        sender: who pushes. Without write access, only to pull requests that they have opened.
        before_acceptance: called before the hook is told to accept the push.

    Attributes:
        proposed: the changes of refs that git was asked for.
    """

    def __init__(
        self, hub: Hub, repository: Repository, sender: Caller, before_acceptance: Callable[[Push], object]
    ) -> None:
        self._hub, self._repository, self._sender = hub, repository, sender
        self._folder = Path(tempfile.mkdtemp(prefix="push-", dir=hub.temporary))
        self.proposed: list[RefChange] = []
        self._before_acceptance = before_acceptance
        #: Whether the hook was told to accept the push. From then on git changes refs and must not be killed.
        self.accepted = False
        #: Details for the event: new files, their size in bytes (including LFS files), 1 if there are model weights.
        self.details: dict[str, int] = {"files": 0, "size": 0, "weights": 0}
        # Open both ends for reading and writing, so that neither side waits for the other to open its end.
        self._question, self._answer = (self._pipe(name) for name in ("question", "answer"))

    def _pipe(self, name: str) -> int:
        os.mkfifo(self._folder / name, 0o600)
        return os.open(self._folder / name, os.O_RDWR | os.O_NONBLOCK)

    def __enter__(self) -> Push:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in (self._question, self._answer):
            if descriptor >= 0:
                os.close(descriptor)
        self.clear()

    def clear(self) -> None:
        """Delete the pipes. Call this after the hook has opened them, or after git has ended without running it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """Return the environment variables that the hook needs."""
        return {"AUTOGRADE_PUSH": str(self._folder), "AUTOGRADE_HUB": str(os.getpid())}

    async def answer_hook(self) -> None:
        """Wait for the hook's question and answer it. Cancel this if git ends without running the hook."""
        question = await self._read_question()
        try:
            text = await anyio.to_thread.run_sync(lambda: self._verdict(question))
        except Exception as error:
            # Answer whatever the error is; otherwise git would wait forever.
            message = "The Hub could not check this push; nothing was changed."
            text = _framed(Rejected(message, type(error).__name__))
        answer = "refused\n" + text if text else "accepted\n"
        self.accepted = not text
        # The hook already has the other end open. Cut texts longer than the pipe's buffer, which would block.
        with os.fdopen(self._answer, "wb") as pipe:
            self._answer = -1
            pipe.write(answer.encode("utf-8", "replace")[: 1 << 15])

    async def _read_question(self) -> bytes:
        """Return the hook's question, cut off if it is too long."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        received, end = bytearray(), b""
        loop.add_reader(self._question, ready.set)
        try:
            while end != b"\nend\n":
                await ready.wait()
                ready.clear()
                with contextlib.suppress(BlockingIOError):
                    piece = os.read(self._question, 1 << 16)
                    end = (end + piece)[-5:]
                    # Read on to the end: until then the hook waits.
                    if len(received) <= _MAX_QUESTION:
                        received += piece
        finally:
            loop.remove_reader(self._question)
        return bytes(received)

    def _verdict(self, question: bytes) -> str:
        """Return an error message if the push is rejected, or an empty text if it is accepted."""
        try:
            if len(question) > _MAX_QUESTION:
                raise Rejected("The push has too many branches and tags, or too long names; push them in parts.")
            self._check(*question.decode("utf-8", "surrogateescape").split("\n")[:-2])
        except Rejected as rejected:
            return _framed(rejected)
        except Refusal as refusal:
            return _framed(Rejected(refusal.message))
        self._before_acceptance(self)
        return ""

    def _check(self, quarantine: str, *updates: str) -> None:
        """Check a push.

        Args:
            quarantine: folder of the new objects, relative to the repository.
            updates: for each ref, ``old new ref`` as git writes them.

        Raises:
            Rejected, Refusal: the push is not allowed.
        """
        if len(updates) > (limit := self._hub.config.limits.refs):
            raise Rejected(f"A push has at most {limit:,} branches and tags, not {len(updates):,}; push them in parts.")
        for update in updates:
            old, new, ref = update.split(" ", 2)
            self.proposed.append((ref, old, new))
            self._check_ref(ref, new)
        added = sum((old == NO_OBJECT) - (new == NO_OBJECT) for __, old, new in self.proposed)
        if added > 0:
            require_room_for_refs(self._hub, self._repository, added)
        objects = Quarantine(self._hub.git, self._repository, quarantine)
        if tips := [(ref, new) for ref, __, new in self.proposed if new != NO_OBJECT]:
            self.details = PushedContents(self._hub, self._repository, objects, tips).check()
        self._adopt(objects)

    def _adopt(self, objects: Quarantine) -> None:
        """Bind blobs offered in pull requests to the repository when a branch or a tag now contains them."""
        reached = [new for ref, __, new in self.proposed if new != NO_OBJECT and not ref.startswith("refs/pr/")]
        if not reached or not any_offered(self._hub, self._repository):
            return
        short = f"--filter=blob:limit={MAX_POINTER + 1}"
        # These options are arguments, because only newer versions of git read options from --stdin.
        command = ["rev-list", "--objects", short, "--stdin", "--not", "--branches", "--tags"]
        listed = objects.run(*command, stdin="\n".join(reached).encode())
        checked = objects.run("cat-file", "--batch-check=%(objecttype) %(objectname) %(rest)", stdin=listed)
        lines = [line.split(" ") for line in checked.decode("utf-8", "surrogateescape").split("\n")[:-1]]
        with contextlib.closing(objects.reader()) as reader:
            contents = [reader.blob(oid) for kind, oid, *__ in lines if kind == "blob"]
        adopt(self._hub, self._repository, [pointer.oid for c in contents if (pointer := parse_pointer(c))])

    def _check_ref(self, ref: str, new: str) -> None:
        if ref == "refs/heads/main" and new == NO_OBJECT:
            raise Rejected("The branch main cannot be deleted.")
        found = re.fullmatch(r"refs/(heads|tags|pr)/(.+)", ref)
        if not found or branch_name_problem(found[2]):
            raise Rejected(f"Only branches (refs/heads/…) and tags (refs/tags/…) can be pushed, not {ref}.")
        author_id = ""
        if found[1] == "pr":
            if resolve(self._hub, self._repository, ref) is None:
                raise Rejected(f"There is no pull request {found[2]}; open it first.")
            if new == NO_OBJECT:
                raise Rejected("The changes of a pull request cannot be deleted; close it instead.")
            author_id = require_open_pull(self._hub, self._repository, ref).author.id
        # Only the author of a pull request needs no write access.
        if self._sender.user is None or self._sender.user.id != author_id:
            require_write(self._hub, self._sender, self._repository)


def _framed(rejected: Rejected) -> str:
    body = list(rejected.lines)
    if offending := rejected.offending:
        body += ["", "Offending files:", *[f"  - {name}" for name in offending[:_NAMED]]]
        if len(offending) > _NAMED:
            body.append(f"  … and {len(offending) - _NAMED} more")
    return "\n".join([_RULE, *body, _RULE, ""])
