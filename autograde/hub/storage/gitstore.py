"""The git port: bare repositories under opaque ids, and the one way in which the Hub runs git.

Every call has a clean environment (no system or user configuration, no hooks but the Hub's own), so that neither the
machine's git configuration nor a repository's content can change what git does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from autograde.errors import MissingTool
from autograde.hub.budgets import current
from autograde.hub.storage.objects import ObjectReader
from autograde.hub.storage.touched import LastTouched

try:
    import resource

    prlimit = getattr(resource, "prlimit", None)
except ImportError:  # Windows
    prlimit = None

#: Readers (git processes) that one Hub keeps open between requests.
MAX_READERS = 16

_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[receive]
\tfsckObjects = true
\tautogc = false
\tadvertisePushOptions = false
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
"""


#: What one git process may use: bytes of memory of its own, and seconds of the processor.
PROCESS_MEMORY = 1 << 30
PROCESS_SECONDS = 600

#: Seconds after which a git process whose output is read is ended, where no request has a budget.
_LONGEST = 600.0


def limit_process(pid: int) -> None:
    """Give a process that was just started its limits, where the system has them (Linux)."""
    if prlimit is not None:
        with suppress(ProcessLookupError, PermissionError):
            prlimit(pid, resource.RLIMIT_DATA, (PROCESS_MEMORY, PROCESS_MEMORY))
            prlimit(pid, resource.RLIMIT_CPU, (PROCESS_SECONDS, PROCESS_SECONDS))


class GitError(Exception):
    """git refused or failed; the message is git's own. ``status`` is its exit code, ``output`` what it wrote before."""

    def __init__(self, message: str, status: int = -1, output: bytes = b"") -> None:
        super().__init__(message)
        self.status, self.output = status, output


class GitStore:
    """Bare repositories in a folder.

    Args:
        root: folder of the repositories.
        hooks: folder with the Hub's own hooks.
        durable: whether objects and refs survive a loss of power.

    Raises:
        MissingTool: git is not installed.
    """

    def __init__(self, root: Path, hooks: Path, *, durable: bool) -> None:
        self.root, self.hooks, self.durable = root, hooks, durable
        root.mkdir(parents=True, exist_ok=True)
        git = shutil.which("git")
        if git is None:
            raise MissingTool(
                "git is not installed, and the Hub keeps its repositories in git.", "Install git 2.38 or newer."
            )
        self.git = git
        self._locks: dict[str, threading.RLock] = {}
        self._readers: OrderedDict[str, list[ObjectReader]] = OrderedDict()
        self._guard = threading.Lock()
        self._pushing = threading.Condition()
        self._pushes: Counter[str] = Counter()
        self._cleaning: set[str] = set()
        #: How often a repository's readers were forgotten.
        self._generations: Counter[str] = Counter()
        #: What was found out about which commit touched a path last.
        self.touched = LastTouched()

    def path(self, repository_id: str) -> Path:
        """The bare repository's folder."""
        return self.root / repository_id[:2] / f"{repository_id}.git"

    def main(self, repository_id: str) -> str | None:
        """The commit of the branch ``main``, read from git's own files, or None where there is no such branch.

        A list shows twenty repositories, and asking git would mean a process for each.
        """
        folder = self.path(repository_id)
        with suppress(FileNotFoundError):
            return (folder / "refs/heads/main").read_text(encoding="ascii").strip()
        with suppress(FileNotFoundError):
            packed = (folder / "packed-refs").read_text(encoding="utf-8", errors="surrogateescape")
            if found := re.search("^([0-9a-f]{40}) refs/heads/main$", packed, re.MULTILINE):
                return found[1]
        return None

    def environment(self) -> dict[str, str]:
        """The environment of every git process of the Hub."""
        settings = {
            "safe.directory": "*",
            "core.hooksPath": str(self.hooks),
            "core.fsync": "all" if self.durable else "none",
            "protocol.version": "2",
            "receive.fsckObjects": "true",
            # Larger contents are read in pieces: a small pack may hold gigabytes of zeros.
            "core.bigFileThreshold": "16m",
        }
        environment = {
            "PATH": os.defpath if not self.git else f"{Path(self.git).parent}{os.pathsep}{os.defpath}",
            "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for number, (key, value) in enumerate(settings.items()):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        return environment

    def create(self, repository_id: str) -> None:
        """Make an empty repository. Written by hand: ``git init`` takes four times as long and copies templates."""
        target = self.path(repository_id)
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (target / folder).mkdir(parents=True)
        (target / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
        (target / "config").write_text(_CONFIG, encoding="ascii")

    def delete(self, repository_id: str) -> None:
        """Remove a repository and everything in it."""
        with self._guard:
            for reader in self._readers.pop(repository_id, []):
                reader.close()
            self._locks.pop(repository_id, None)
        self.touched.forget(repository_id)
        shutil.rmtree(self.path(repository_id), ignore_errors=True)

    def sweep(self, repository_id: str) -> None:
        """Remove what a ``fast-import`` that failed or was killed has left; the caller holds the repository's lock."""
        path = self.path(repository_id)
        for pattern in ("objects/pack/tmp_*", "fast_import_crash_*"):
            for left in path.glob(pattern):
                left.unlink(missing_ok=True)

    def lock(self, repository_id: str) -> threading.RLock:
        """The lock that API writers of one repository hold, so that N writers make N commits."""
        with self._guard:
            return self._locks.setdefault(repository_id, threading.RLock())

    def begin_push(self, repository_id: str) -> None:
        """A push is about to write; waits while the repository is being cleaned. :meth:`end_push` must follow."""
        with self._pushing:
            self._pushing.wait_for(lambda: repository_id not in self._cleaning, 600)
            self._pushes[repository_id] += 1

    def end_push(self, repository_id: str) -> None:
        """The push has ended."""
        with self._pushing:
            self._pushes[repository_id] -= 1
            if not self._pushes[repository_id]:
                del self._pushes[repository_id]
            self._pushing.notify_all()

    @contextmanager
    def exclusive(self, repository_id: str) -> Iterator[None]:
        """Nobody writes to the repository meanwhile, by the API or by a push: what no ref names may be removed."""
        with self.lock(repository_id):
            with self._pushing:
                self._cleaning.add(repository_id)
                if not self._pushing.wait_for(lambda: not self._pushes[repository_id], _LONGEST):
                    self._cleaning.discard(repository_id)
                    raise GitError("a push to this repository did not end")
            try:
                yield
            finally:
                with self._pushing:
                    self._cleaning.discard(repository_id)
                    self._pushing.notify_all()

    def forget_readers(self, repository_id: str) -> None:
        """End the readers of a repository: those at rest now, and those in use when they come back."""
        with self._guard:
            self._generations[repository_id] += 1
            for reader in self._readers.pop(repository_id, []):
                reader.close()

    def run(self, repository_id: str, *arguments: str, stdin: bytes = b"", timeout: float = 120) -> bytes:
        """Run ``git <arguments>`` in a repository and return its output.

        Raises:
            GitError: git ended with an error, or took longer than ``timeout`` seconds.
        """
        budget = current()
        if budget is not None:
            budget.check()
            timeout = min(timeout, budget.remaining)
        with self.started(repository_id, *arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                output, errors = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired as error:
                raise GitError(f"git {arguments[0]} took longer than {timeout:.0f} seconds") from error
        if process.returncode:
            if budget is not None:
                budget.check()
            message = errors.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed"
            raise GitError(message, process.returncode, output)
        return output

    @contextmanager
    def started(
        self,
        repository_id: str,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        stderr: int = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A git process whose output is read meanwhile; it ends when the block ends, or with the request's client.

        ``environment`` is added to that of every git process.
        """
        process = subprocess.Popen(
            [self.git, f"--git-dir={self.path(repository_id)}", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=self.environment() | dict(environment or {}),
        )
        limit_process(process.pid)
        budget = current()
        # Reading its output waits for as long as git is silent.
        end = threading.Timer(budget.remaining if budget else _LONGEST, process.kill)
        end.daemon = True
        with process:
            try:
                with budget.stopping(process.kill) if budget else nullcontext():
                    if stdin == subprocess.DEVNULL:
                        end.start()
                    yield process
            finally:
                end.cancel()
                process.kill()

    @contextmanager
    def reader(self, repository_id: str) -> Iterator[ObjectReader]:
        """A reader of a repository's objects and refs, kept open between requests and used by one thread at a time."""
        with self._guard:
            idle = self._readers.get(repository_id)
            reader = idle.pop() if idle else None
            generation = self._generations[repository_id]
        if reader is None:
            reader = ObjectReader(self.git, self.path(repository_id), self.environment())
        try:
            yield reader
        except BaseException:
            # A broken-off conversation cannot be resumed: the next answer would be the last question's.
            reader.close()
            raise
        with self._guard:
            if generation == self._generations[repository_id] and self.path(repository_id).exists():
                self._readers.setdefault(repository_id, []).append(reader)
                self._readers.move_to_end(repository_id)
            else:
                reader.close()
            while sum(map(len, self._readers.values())) > MAX_READERS:
                __, oldest = self._readers.popitem(last=False)
                for stale in oldest:
                    stale.close()

    def close(self) -> None:
        """End every process that is kept open."""
        with self._guard:
            for readers in self._readers.values():
                for reader in readers:
                    reader.close()
            self._readers.clear()
