"""Start and control a template process, from the grader's side."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from autograde import settings
from autograde.errors import MalformedEvidence, SandboxUnavailable
from autograde.files import raise_file_limit
from autograde.grading.sandbox.limits import SandboxLimits
from autograde.grading.sandbox.lines import Closed, Lines, TimedOut, pair
from autograde.grading.sandbox.syscalls import supported
from autograde.grading.sandbox.view import package, system_view
from autograde.i18n import messages

_ = messages("cli")

#: Timeout for starting a template and for loading libraries, in seconds.
_PATIENCE = 180.0

#: Timeout for a template to exit by itself, in seconds.
_PARTING = 2.0

#: Settings of the C library's heap: huge pages, which make a fork two to four times as fast, for objects of up to 32
#: MB; up to 128 MB are kept for later objects, because the system would clear each page again.
_MALLOC = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=134217728"


class TemplateProcess:
    """A template process that is starting; a context manager that stops it and all processes forked from it.

    Attributes:
        process: the process.
        lines: the connection to it.

    Raises:
        SandboxUnavailable: this system cannot isolate processes.
    """

    def __init__(self) -> None:
        if not supported():
            raise unavailable(_("it needs Linux on x86-64 or ARM64"))
        # The kernel counts open files that wait in sockets for all processes of a user together, also in sandboxes, and
        # a process whose own limit is lower than this count cannot send any. A learner's limit allows about 1,300.
        raise_file_limit()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.lines, remote = pair()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograde.grading.sandbox.template", str(remote.fileno())],
                stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, cwd="/", env=_environment(),
                pass_fds=(remote.fileno(),), start_new_session=True,
            )  # fmt: skip
        finally:
            remote.close()
        with contextlib.suppress(Closed):
            self.lines.send({"view": system_view().to_json()})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def connection(self) -> Iterator[socket.socket]:
        """Yield another connection to the process, to be passed on to a worker inside the block."""
        local, remote = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with local, remote:
            with contextlib.suppress(Closed):
                self.lines.send({"do": "connect"}, [remote.fileno()])
            remote.close()
            yield local

    def alive(self) -> bool:
        """Return whether the process is still running."""
        return self.process.poll() is None

    def failure_reason(self) -> str:
        """Return the end of what the process has printed."""
        self._log.seek(0)
        return self._log.read()[-500:].decode("utf-8", "replace").strip() or "?"

    def close(self) -> None:
        """Stop the process and all processes forked from it."""
        self.lines.close()
        try:
            # It exits when the connection is closed. Waiting adds the processor time of its children to this process's.
            self.process.wait(_PARTING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


class TemplateHandle:
    """A template process that is ready.

    Args:
        connected: a connection to a process that this one shares with others; None starts a process of its own.

    Attributes:
        own: the process, if it is not shared.

    Raises:
        SandboxUnavailable: this system cannot isolate processes.
    """

    def __init__(self, connected: socket.socket | None = None) -> None:
        self._loaded: frozenset[str] = frozenset()
        self._tried: frozenset[str] = frozenset()
        self.own: TemplateProcess | None = None
        if connected is None:
            self.own = TemplateProcess()
            self._lines = self.own.lines
        else:
            self._lines = Lines(connected)
        try:
            answer = self._lines.receive(_PATIENCE)
        except (Closed, TimedOut, MalformedEvidence):
            answer = {"failed": self._failure_reason()}
        if "failed" in answer:
            self.close()
            raise unavailable(str(answer["failed"]))

    def alive(self) -> bool:
        """Return whether the process is still running; True for one that is shared, as long as nothing has failed."""
        return self.own is None or self.own.alive()

    def answers(self) -> bool:
        """Return whether the process still answers; waits while it loads libraries for another worker."""
        try:
            self._lines.send({"do": "answer"})
            # An answer that came too late for an earlier request may come first.
            while "answers" not in self._lines.receive(_PATIENCE):
                pass
        except (Closed, TimedOut, MalformedEvidence):
            return False
        return True

    def load(self, modules: Iterable[str], requests: Mapping[str, object]) -> None:
        """Load libraries for all learners' processes that are started later.

        Args:
            modules: names of the libraries.
            requests: visible cases by question, to be tried with a function that does nothing.
        """
        wanted = frozenset(modules), frozenset(requests)
        if wanted[0] <= self._loaded and wanted[1] <= self._tried:
            return
        new = {question: cases for question, cases in requests.items() if question not in self._tried}
        with contextlib.suppress(Closed, TimedOut, MalformedEvidence):
            self._lines.send({"do": "load", "modules": sorted(wanted[0]), "requests": new})
            self._lines.receive(_PATIENCE)
        self._loaded |= wanted[0]
        self._tried |= wanted[1]

    def start(self, limits: SandboxLimits) -> tuple[Lines, int, socket.socket]:
        """Fork a sandbox from the template.

        Returns:
            The connection to its first process, that process's id, and a socket that listens inside the sandbox.

        Raises:
            SandboxUnavailable: the system refused.
        """
        local, remote = pair()
        try:
            with remote:
                self._lines.send({"do": "start", "limits": limits.to_json()}, [remote.fileno()])
            answer = local.receive(60)
        except (Closed, TimedOut, MalformedEvidence):
            answer = {"failed": self._failure_reason()}
        if "failed" in answer or not local.files:
            local.close()
            raise unavailable(str(answer.get("failed", "")))
        local.refuse_files()
        return local, local.pid, socket.socket(fileno=local.files.pop(0))

    def close(self) -> None:
        """Stop the template, or leave it to the others, and end all processes forked from it for this handle."""
        if self.own is None:
            self._lines.close()
        else:
            self.own.close()

    def _failure_reason(self) -> str:
        return "?" if self.own is None else self.own.failure_reason()


def unavailable(reason: str) -> SandboxUnavailable:
    """Return the error for a system without a sandbox."""
    return SandboxUnavailable(
        _("Learners' notebooks cannot be run in a sandbox here: {reason}.").format(reason=reason.rstrip(".")),
        _(
            "Grade on Linux with user namespaces switched on (in Docker: --security-opt seccomp=unconfined). If you "
            "trust every learner, use autograde grade --no-sandbox, or AUTOGRADE_SANDBOX=off for nbgrader: learners' "
            "code can then read and change your files and their marks."
        ),
    )


def _environment() -> dict[str, str]:
    own = settings.environment()
    programs = [str(Path(sys.executable).parent), *own.get("PATH", os.defpath).split(os.pathsep)]
    programs += [str(Path(found).parent) for name in ("git", "git-lfs", "bash") if (found := shutil.which(name))]
    return {
        "PATH": os.pathsep.join(dict.fromkeys(filter(None, programs))),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(package().parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Threads do not survive a fork.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "GLIBC_TUNABLES": _MALLOC,
    }
