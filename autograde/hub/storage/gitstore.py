"""Bare Git repositories, and the only place where the Hub runs git.

Every call has a clean environment (no system or user configuration, no hooks except the Hub's own), so that neither the
machine's Git configuration nor a repository's content can change what git does.
"""

from __future__ import annotations

import glob
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

from autograde.errors import MissingTool
from autograde.hub.budgets import check, current, uninterrupted
from autograde.hub.storage.last_changes import LastChanges
from autograde.hub.storage.objects import ObjectMissing, ObjectReader

#: None on macOS.
prlimit = getattr(resource, "prlimit", None)

#: Processes for reading Git objects that one Hub keeps open between requests.
MAX_READERS = 16

#: The id that stands for no object, for a ref that is created or deleted.
NO_OBJECT = "0" * 40

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


#: Limits of one git process: memory in bytes, CPU time in seconds.
PROCESS_MEMORY = 1 << 30
PROCESS_SECONDS = 600

#: Seconds after which a git process whose output is being read is killed, if the request's budget is not smaller.
_MAX_SECONDS = 600.0


def limit_process(pid: int) -> None:
    """Limit the memory and CPU time of a new process, where the system supports it (Linux)."""
    if prlimit is not None:
        with suppress(ProcessLookupError, PermissionError):
            prlimit(pid, resource.RLIMIT_DATA, (PROCESS_MEMORY, PROCESS_MEMORY))
            prlimit(pid, resource.RLIMIT_CPU, (PROCESS_SECONDS, PROCESS_SECONDS))


class GitError(Exception):
    """Raised when git fails; the message is git's own. ``status`` is its exit code, ``output`` what it had printed."""

    def __init__(self, message: str, status: int = -1, output: bytes = b"") -> None:
        super().__init__(message)
        self.status, self.output = status, output


class RepositoryDeleted(GitError):
    """Raised when git fails because the repository was deleted meanwhile."""


class GitStore:
    """Bare repositories in a folder.

    Args:
        root: folder of the repositories.
        hooks: folder with the Hub's own hooks.
        durable: whether objects and refs survive a power failure.

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
        self._readers: OrderedDict[str, list[ObjectReader]] = OrderedDict()
        self._guard = threading.Lock()
        #: How often each repository's readers were discarded.
        self._generations: Counter[str] = Counter()
        #: Cache: the last commit that changed each path.
        self.last_changes = LastChanges()

    def path(self, repository_id: str) -> Path:
        """Return the folder of a bare repository."""
        return self.root / repository_id[:2] / f"{repository_id}.git"

    def main(self, repository_id: str) -> str | None:
        """Return the commit of the branch ``main``, read from Git's files, or None when there is no such branch.

        A list shows twenty repositories, and running git would start a process for each.
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
        """Return the environment variables for every git process."""
        settings = {
            "safe.directory": "*",
            "core.hooksPath": str(self.hooks),
            "core.fsync": "all" if self.durable else "none",
            "protocol.version": "2",
            "receive.fsckObjects": "true",
            # Read larger contents in pieces: a small pack can contain gigabytes of zeros.
            "core.bigFileThreshold": "16m",
            # Each visit of a pull request merges it on trial. Comparing every deleted file with every added one may
            # take minutes; above this number, git does not look for renames.
            "merge.renameLimit": "200",
            "diff.renameLimit": "200",
        }
        environment = {
            "PATH": f"{Path(self.git).parent}{os.pathsep}{os.defpath}",
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
        """Create an empty repository. Writes the files directly, because ``git init`` takes four times as long."""
        target = self.path(repository_id)
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (target / folder).mkdir(parents=True)
        (target / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
        (target / "config").write_text(_CONFIG, encoding="ascii")

    def delete(self, repository_id: str) -> None:
        """Delete a repository and everything in it."""
        with self._guard:
            for reader in self._readers.pop(repository_id, []):
                reader.close()
        self.last_changes.forget(repository_id)
        # Rename it first, so that a concurrent request never sees a half-deleted repository.
        path = self.path(repository_id)
        deleted = path.with_suffix(".deleted")
        with suppress(OSError):
            path.rename(deleted)
        for folder in (deleted, path):
            shutil.rmtree(folder, ignore_errors=True)

    def is_missing(self, repository_id: str) -> bool:
        """Return whether a repository does not exist, or was deleted."""
        return not (self.path(repository_id) / "HEAD").exists()

    def sweep(self, repository_id: str) -> None:
        """Delete the files left by a failed or killed ``fast-import`` or ``repack``. The caller holds the repository's
        lock."""
        path = self.path(repository_id)
        for pattern in ("objects/pack/tmp_*", "objects/pack/.tmp-*", "fast_import_crash_*"):
            for left in path.glob(pattern):
                left.unlink(missing_ok=True)

    def delete_quarantines(self, repository_id: str, before: float = math.inf) -> None:
        """Delete the objects of killed pushes, from before this time in seconds since 1970. No push may be in progress.

        git keeps the objects of a push apart until it is accepted, and deletes them unless it is killed.
        """
        for left in glob.iglob(f"{self.path(repository_id)}/objects/tmp_objdir-*"):
            with suppress(FileNotFoundError):
                if Path(left).stat().st_mtime < before:
                    shutil.rmtree(left, ignore_errors=True)

    def forget_readers(self, repository_id: str) -> None:
        """Close a repository's readers: idle ones now, busy ones when they are returned."""
        with self._guard:
            self._generations[repository_id] += 1
            for reader in self._readers.pop(repository_id, []):
                reader.close()

    def run(
        self,
        repository_id: str,
        *arguments: str,
        stdin: bytes | BinaryIO = b"",
        timeout: float = 120,
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run ``git <arguments>`` in a repository and return its output.

        ``stdin`` is git's input, or a file with it. ``environment`` is added to the variables of every git process.

        Raises:
            GitError: git ended with an error, or took longer than ``timeout`` seconds.
            RepositoryDeleted: the repository was deleted meanwhile.
        """
        budget = current()
        if budget is not None:
            budget.check()
            timeout = min(timeout, budget.remaining)
        given = stdin if isinstance(stdin, bytes) else None
        source = subprocess.PIPE if isinstance(stdin, bytes) else stdin.fileno()
        with self.started(
            repository_id, *arguments, stdin=source, stderr=subprocess.PIPE, environment=environment
        ) as process:
            try:
                output, errors = process.communicate(given, timeout)
            except subprocess.TimeoutExpired as error:
                raise GitError(f"git {arguments[0]} took longer than {timeout:.0f} seconds") from error
        if process.returncode:
            self.raise_error(repository_id, arguments, process.returncode, errors, output)
        return output

    def lines(self, repository_id: str, *arguments: str) -> Iterator[bytes]:
        """Run ``git <arguments>`` and yield the lines of its output, which may be larger than the memory. Raises as
        :meth:`run`."""
        with self.started(repository_id, *arguments) as process:
            assert process.stdout
            yield from process.stdout
            code = process.wait()
        if code:
            self.raise_error(repository_id, arguments, code)

    def raise_error(
        self, repository_id: str, arguments: tuple[str, ...], code: int, errors: bytes = b"", output: bytes = b""
    ) -> NoReturn:
        """Raise the error of a git process that ended with this code, as :meth:`run` does."""
        check()
        # Clients may see the message, but not where the Hub's folder is.
        said = errors.decode("utf-8", "replace").replace(f"{self.path(repository_id)}/", "").strip()
        message = said or f"git {arguments[0]} failed"
        raise (RepositoryDeleted if self.is_missing(repository_id) else GitError)(message, code, output)

    def update_ref(self, repository_id: str, *arguments: str, stdin: bytes = b"") -> None:
        """Run ``git update-ref`` to its end, even if the client disconnects meanwhile. Raises as :meth:`run`."""
        check()
        with uninterrupted():
            self.run(repository_id, "update-ref", *arguments, stdin=stdin)

    def write_commit_object(self, repository_id: str, record: str) -> str:
        """Store a commit, given as git's text of it, and return its id. Raises as :meth:`run`."""
        arguments = ("hash-object", "-t", "commit", "-w", "--stdin")
        return self.run(repository_id, *arguments, stdin=record.encode()).decode().strip()

    @contextmanager
    def started(
        self,
        repository_id: str,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        stderr: int = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start a git process whose output the caller reads; it is killed at the end of the block or of the request.

        ``environment`` is added to the variables of every git process.
        """
        process = subprocess.Popen(
            [self.git, f"--git-dir={self.path(repository_id)}", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=self.environment() | dict(environment or {}),
            # git starts further processes: kill the whole group.
            start_new_session=True,
        )
        limit_process(process.pid)

        def kill() -> None:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

        budget = current()
        # Reading the output would block for as long as git prints nothing.
        end = threading.Timer(min(budget.remaining, _MAX_SECONDS) if budget else _MAX_SECONDS, kill)
        end.daemon = True
        with process:
            try:
                with budget.stopping(kill) if budget else nullcontext():
                    if stdin == subprocess.DEVNULL:
                        end.start()
                    yield process
            finally:
                end.cancel()
                kill()

    @contextmanager
    def reader(self, repository_id: str) -> Iterator[ObjectReader]:
        """Return a reader of a repository's objects and refs, for one thread. It is kept open for later requests.

        Raises:
            RepositoryDeleted: the repository was deleted while it was read.
        """
        with self._guard:
            idle = self._readers.get(repository_id)
            reader = idle.pop() if idle else None
            generation = self._generations[repository_id]
        if reader is None:
            reader = ObjectReader(self.git, self.path(repository_id), self.environment())
        try:
            yield reader
        except BaseException as error:
            # An interrupted reader cannot be reused: its next answer would belong to the previous question.
            reader.close()
            if isinstance(error, (OSError, ObjectMissing)) and self.is_missing(repository_id):
                raise RepositoryDeleted("the repository was deleted") from error
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
        """End every git process that was kept open."""
        with self._guard:
            for readers in self._readers.values():
                for reader in readers:
                    reader.close()
            self._readers.clear()
