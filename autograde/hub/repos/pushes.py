"""Check a ``git push`` while git keeps its objects in quarantine, before any ref changes.

Git's pre-receive hook (see ``core.py``) writes the proposed refs to one named pipe and reads the answer from another.
The check runs here, in the Hub, because only the database knows which LFS files were uploaded to the repository.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import anyio.to_thread

from autograde.hub.core import Hub
from autograde.hub.names import branch_name_problem
from autograde.hub.refusals import Refusal
from autograde.hub.repos.binaries import REJECTED, binary_blobs, is_binary
from autograde.hub.repos.branches import require_few
from autograde.hub.repos.cards import parse_card
from autograde.hub.repos.contents import resolve
from autograde.hub.repos.discussions import require_open_pull
from autograde.hub.repos.pointers import MAX_POINTER, parse_pointer
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.tensors import is_weights
from autograde.hub.repos.trees import tree_problem
from autograde.hub.repos.uploads import adopt, any_offered, readable_size
from autograde.hub.storage.objects import ObjectReader

_NONE = "0" * 40
_RULE = "-" * 73

#: Size limits of Git objects in bytes, by kind. A tree of 100,000 files has a few megabytes.
_LARGEST = {"commit": 320 << 10, "tag": 320 << 10, "tree": 32 << 20}

#: Limit of the new objects of one push: the check needs a kilobyte for each.
MAX_OBJECTS = 250_000

#: Bytes up to which a file counts as short.
_SHORT = 1 << 16

#: How many offending files an error message names.
_NAMED = 20


class Push:
    """A push in progress. A context manager: leaving it removes the pipes."""

    def __init__(self, hub: Hub, repository: Repository) -> None:
        self._hub, self._repository = hub, repository
        self._folder = Path(tempfile.mkdtemp(prefix="push-", dir=hub.temporary))
        self._proposed: list[tuple[str, str, str]] = []
        #: Details of the recorded event: new files, their bytes (large files in full), 1 if weights are included.
        self.brought: dict[str, int] = {"files": 0, "size": 0, "weights": 0}
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
        """Delete the pipes: the hook has opened them, or git has ended without running it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """Return the environment variables that tell the hook about this push."""
        return {"AUTOGRADE_PUSH": str(self._folder), "AUTOGRADE_HUB": str(os.getpid())}

    async def judge(self) -> None:
        """Wait for the hook's question and answer it. Cancel this when git ends without asking."""
        lines = await self._asked()
        try:
            text = await anyio.to_thread.run_sync(lambda: self._verdict(lines))
        except Exception as error:
            # Answer whatever the error is, because git would wait forever.
            text = _framed("The Hub could not look at what was pushed; nothing was changed.", type(error).__name__)
        answer = "refused\n" + text if text else "accepted\n"
        # The hook already has the other end open. Cut texts longer than the pipe's buffer, which would block.
        with os.fdopen(self._answer, "wb") as pipe:
            self._answer = -1
            pipe.write(answer.encode("utf-8", "replace")[: 1 << 15])

    async def _asked(self) -> list[str]:
        """Return the lines of the hook's question."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        received = b""
        loop.add_reader(self._question, ready.set)
        try:
            while not received.endswith(b"\nend\n"):
                await ready.wait()
                ready.clear()
                with contextlib.suppress(BlockingIOError):
                    received += os.read(self._question, 1 << 16)
        finally:
            loop.remove_reader(self._question)
        return received.decode("utf-8", "surrogateescape").split("\n")[:-2]

    def landed(self) -> list[tuple[str, str, str]]:
        """Return ``(ref, old, new)`` of every ref that the push changed, once git has ended."""
        return [
            item
            for item in self._proposed
            if (resolve(self._hub, self._repository, item[0]) or _NONE) == self._peeled(item[2])
        ]

    def _peeled(self, oid: str) -> str:
        return resolve(self._hub, self._repository, oid) or oid

    def _verdict(self, lines: list[str]) -> str:
        """Return an error message when the push is refused, or an empty text when it is accepted."""
        quarantine, *updates = lines
        if len(updates) > (most := self._hub.config.limits.refs):
            return _framed(f"A push has at most {most:,} branches and tags, not {len(updates):,}; push them in parts.")
        for update in updates:
            old, new, ref = update.split(" ", 2)
            self._proposed.append((ref, old, new))
            if problem := self._ref_problem(ref, new):
                return _framed(problem)
        made = sum((old == _NONE) - (new == _NONE) for __, old, new in self._proposed)
        try:
            if made > 0:
                require_few(self._hub, self._repository, made)
        except Refusal as refusal:
            return _framed(refusal.message)
        commits = [new for __, __, new in self._proposed if new != _NONE]
        problem = self._content_problem(quarantine, commits) if commits else ""
        return problem or self._adoption_problem(quarantine)

    def _adoption_problem(self, quarantine: str) -> str:
        """Bind blobs offered in pull requests to the repository when a branch or a tag now contains them."""
        reached = [new for ref, __, new in self._proposed if new != _NONE and not ref.startswith("refs/pr/")]
        if not reached or not any_offered(self._hub, self._repository):
            return ""
        limit = f"--filter=blob:limit={MAX_POINTER + 1}"
        # Options in what is read from --stdin are for newer versions of git only.
        command = ["rev-list", "--objects", limit, "--stdin", "--not", "--branches", "--tags"]
        listed = self._git(quarantine, *command, stdin="\n".join(reached).encode())
        checked = self._git(quarantine, "cat-file", "--batch-check=%(objecttype) %(objectname) %(rest)", stdin=listed)
        lines = [line.split(" ") for line in checked.decode("utf-8", "surrogateescape").split("\n")[:-1]]
        contents = self._blobs(quarantine, [oid for kind, oid, *__ in lines if kind == "blob"])
        try:
            adopt(
                self._hub, self._repository, [pointer.oid for c in contents.values() if (pointer := parse_pointer(c))]
            )
        except Refusal as refusal:
            return _framed(refusal.message)
        return ""

    def _ref_problem(self, ref: str, new: str) -> str:
        if ref == "refs/heads/main" and new == _NONE:
            return "The branch main cannot be deleted."
        found = re.fullmatch(r"refs/(heads|tags|pr)/(.+)", ref)
        if not found or branch_name_problem(found[2]):
            return f"Only branches (refs/heads/…) and tags (refs/tags/…) can be pushed, not {ref}."
        if found[1] == "pr":
            if resolve(self._hub, self._repository, ref) is None:
                return f"There is no pull request {found[2]}; open it first."
            try:
                require_open_pull(self._hub, self._repository, ref)
            except Refusal as refusal:
                return refusal.message
        return ""

    def _environment(self, quarantine: str) -> dict[str, str]:
        """Return the environment for git processes that must also see the pushed objects."""
        git = self._hub.git
        return git.environment() | {
            "GIT_OBJECT_DIRECTORY": str(git.path(self._repository.id) / quarantine),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(git.path(self._repository.id) / "objects"),
        }

    def _git(self, quarantine: str, *arguments: str, stdin: bytes = b"") -> bytes:
        git = self._hub.git
        environment = self._environment(quarantine)
        command = [git.git, f"--git-dir={git.path(self._repository.id)}", *arguments]
        return subprocess.run(
            command, input=stdin, env=environment, capture_output=True, check=True, timeout=300
        ).stdout

    def _content_problem(self, quarantine: str, commits: list[str]) -> str:
        """Check every new blob: its size, the LFS file behind a pointer, and the model card."""
        listed = self._git(
            quarantine, "rev-list", "--objects", "--stdin", "--not", "--all", stdin="\n".join(commits).encode()
        )
        if (number := listed.count(b"\n")) > MAX_OBJECTS:
            return _framed(
                f"A push has at most {MAX_OBJECTS:,} new objects, not {number:,}; push the history in parts."
            )
        checked = self._git(
            quarantine, "cat-file", "--batch-check=%(objecttype) %(objectname) %(objectsize) %(rest)", stdin=listed
        )
        large, small = list[str](), list[tuple[str, str]]()
        short, long = dict[str, str](), dict[str, str]()
        cards, made = list[str](), list[str]()
        size_of_all = 0
        # splitlines would also split a file name at U+2028 and similar characters.
        for line in checked.decode("utf-8", "surrogateescape").split("\n")[:-1]:
            kind, oid, size, path = [*line.split(" ", 3), ""][:4]
            if int(size) > _LARGEST.get(kind, 1 << 62):
                return _framed(f"Your push was rejected because the {kind} {oid[:12]} has {int(size):,} bytes.")
            if kind == "commit":
                made.append(oid)
            if kind != "blob":
                continue
            size_of_all += int(size)
            self.brought["files"] += 1
            self.brought["weights"] |= is_weights(path)
            if int(size) > self._hub.config.limits.regular_file:
                large.append(path)
                continue
            if int(size):
                (short if int(size) <= _SHORT else long)[oid] = path
            if 0 < int(size) <= MAX_POINTER:
                small.append((oid, path))
        refs = ", ".join(ref for ref, __, new in self._proposed if new != _NONE)
        if large:
            return _framed(
                "Your push was rejected because it contains files larger than 10 MiB.",
                "Please use https://git-lfs.github.com/ to store large files.",
                "See also: https://hf.co/docs/hub/repositories-getting-started#terminal",
                offending=[f"{path} (ref: {refs})" for path in large],
            )
        git = [self._hub.git.git, f"--git-dir={self._hub.git.path(self._repository.id)}"]
        # One process for all that is short: to start another one takes longer than to read them.
        reader = ObjectReader(git[0], self._hub.git.path(self._repository.id), self._environment(quarantine))
        try:
            if problem := self._trees_problem(reader, made, cards):
                return _framed("Your push was rejected.", problem)
            binary, contents = list[str](), dict[str, bytes]()
            for oid, path in short.items():
                content = reader.blob(oid)
                if is_binary(content):
                    binary.append(path)
                if len(content) <= MAX_POINTER:
                    contents[oid] = content
            binary += [long[oid] for oid in binary_blobs(git, self._environment(quarantine), long)]
            if binary:
                return _framed(*REJECTED, offending=[f"{path} (ref: {refs})" for path in binary])
            contents |= {oid: reader.blob(oid) for oid in cards if oid not in contents}
        finally:
            reader.close()
        missing = []
        for oid, path in small:
            pointer = parse_pointer(contents[oid])
            size_of_all += pointer.size - len(contents[oid]) if pointer else 0
            if pointer and readable_size(self._hub, self._repository.id, pointer.oid) != pointer.size:
                missing.append(path)
        if missing:
            return _framed(
                "Your push was rejected because an LFS pointer pointed to a file that does not exist.",
                "For instance, this can happen if you used git push --no-verify to push your changes.",
                "Push again with git-lfs installed: git lfs push --all origin",
                offending=missing,
            )
        self.brought["size"] = size_of_all
        for oid in cards:
            if errors := parse_card(contents[oid].decode("utf-8", "replace"), type=self._repository.type).errors:
                return _framed(
                    "Your push was rejected because of invalid metadata in README.md:",
                    *[f"- {error}" for error in errors],
                )
        return ""

    def _trees_problem(self, reader: ObjectReader, made: list[str], cards: list[str]) -> str:
        """Check the tree of each new commit, and collect each ref's README.md, including unchanged and renamed ones.

        Args:
            reader: sees the new objects.
            made: ids of the new commits.
            cards: the ids of the README.md blobs are added to this list.
        """
        limits = self._hub.config.limits
        for oid in made:
            if problem := tree_problem(self._hub.census, reader, reader.commit(oid).tree, limits.files):
                return f"Commit {oid[:12]}: {problem}"
        for ref, __, new in self._proposed:
            if new == _NONE:
                continue
            found = reader.info(f"{new}^{{commit}}")
            if found is None:
                return f"{ref} does not name a commit."
            card = reader.find(reader.commit(found[0]).tree, "README.md")
            blob = reader.info(card.oid) if card else None
            if blob and blob[1] == "blob" and blob[2] <= limits.card:
                cards.append(blob[0])
        return ""

    def _blobs(self, quarantine: str, oids: list[str]) -> dict[str, bytes]:
        output = self._git(quarantine, "cat-file", "--batch", stdin="\n".join(oids).encode()) if oids else b""
        found, position = {}, 0
        while position < len(output):
            end = output.index(b"\n", position)
            oid, __, size = output[position:end].decode().split(" ")
            found[oid] = output[end + 1 : end + 1 + int(size)]
            position = end + 2 + int(size)
        return found


def _framed(*lines: str, offending: list[str] | None = None) -> str:
    body = list(lines)
    if offending:
        body += ["", "Offending files:", *[f"  - {name}" for name in offending[:_NAMED]]]
        if len(offending) > _NAMED:
            body.append(f"  … and {len(offending) - _NAMED} more")
    return "\n".join([_RULE, *body, _RULE, ""])
