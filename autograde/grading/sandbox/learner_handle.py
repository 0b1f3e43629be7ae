"""Control a learner's process and everything else in its sandbox, from the grader's side."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from autograde.errors import MalformedEvidence
from autograde.grading.sandbox.limits import SandboxLimits
from autograde.grading.sandbox.lines import Closed, Lines, TimedOut, pair
from autograde.grading.sandbox.referees import Referees
from autograde.grading.sandbox.template_handle import TemplateHandle, unavailable
from autograde.grading.sandbox.watching import Process, memory, peak, sockets, tree, tree_now

#: Time for a process to start an answer, in seconds.
_GRACE = 3.0

#: One of so many checks of a submission's memory reads all processes of the machine: a quick one misses the children of
#: a process that has just ended.
_QUICK_LOOKS = 10


class Died(Exception):
    """The learner's process has ended."""


class NotInTime(Died):
    """A cell did not stop when it was interrupted, and was killed."""


class TooMuchMemory(Died):
    """The processes of a submission used too much memory, and were killed."""


class LearnerHandle:
    """A learner's process in its sandbox; a context manager that stops both at the end.

    Attributes:
        interrupted: whether the last cell was interrupted after its time limit.
    """

    def __init__(
        self,
        template: TemplateHandle,
        limits: SandboxLimits,
        files: Mapping[str, str],
        language: str,
        referees: Referees,
    ) -> None:
        self._limits = limits
        self.interrupted = False
        self._looks = 0
        self._copies: list[Lines] = []
        self._answers: list[Lines] = []
        self._main: Process | None = None
        self._lines, init, self._listening = template.start(limits)
        try:
            self._init = Process(init)
        except OSError as error:
            # The template has been killed, and this process with it.
            self._lines.close()
            self._listening.close()
            raise unavailable(str(error)) from error
        referees.listen(self._listening)
        local, remote = socket.socketpair()
        self._referee = local
        self._serving = threading.Thread(target=referees.serve, args=(local,), daemon=True)
        self._serving.start()
        try:
            self._lines.send({"files": dict(files), "language": language}, [remote.fileno()])
            self._lines.receive(60)
            self._main = Process(self._lines.pid)
        except (Closed, TimedOut, MalformedEvidence, OSError):
            # Running the first cell will raise Died.
            self._main = None
        finally:
            remote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Killing process 1 of a namespace kills all its processes.
        self._init.signal(signal.SIGKILL)
        self._stop_serving()
        for connection in (self._lines, *self._copies, *self._answers):
            connection.close()
        self._listening.close()
        self._init.close()
        if self._main is not None:
            self._main.close()

    def run(self, source: str, seconds: float) -> tuple[object, bool, int | None]:
        """Run a cell; return its unchecked outputs, whether some were cut off, and its execution count.

        Raises:
            Died: the process has ended.
        """
        self.interrupted = False
        answer = self._request({"do": "cell", "source": source}, seconds)
        count = answer.get("count")
        return answer.get("outputs"), answer.get("cut") is True, count if type(count) is int and count >= 0 else None

    def remember(self, section: str, function: str) -> None:
        """Save the notebook's current variables for a graded question.

        Raises:
            Died: the process has ended.
        """
        self._request({"do": "remember", "section": section, "function": function}, _GRACE * 10)

    def answer(self, section: str, function: str) -> Lines:
        """Start answering a remembered graded question; return the connection.

        Raises:
            Died: the process has ended.
        """
        return self._begin_answer({"do": "answer", "section": section, "function": function})

    def answer_together(self, questions: Sequence[tuple[str, str]]) -> Lines:
        """Start answering several remembered graded questions; return the connection.

        Raises:
            Died: the process has ended.
        """
        return self._begin_answer({"do": "answer together", "questions": list(questions)})

    def _begin_answer(self, message: dict[str, Any]) -> Lines:
        local, remote = pair()
        local.refuse_files()
        self._answers.append(local)
        with remote:
            try:
                self._lines.send(message, [remote.fileno()])
                local.receive(_GRACE, self.watch)
            except (Closed, TimedOut, MalformedEvidence) as error:
                raise Died from error
        return local

    def keep(self, section: str, function: str) -> Lines:
        """Fork a copy of the process in its current state for a graded question; return the connection to the copy.

        Raises:
            Died: the process has ended.
        """
        local, remote = pair()
        local.refuse_files()
        self._copies.append(local)
        with remote:
            self._request({"do": "keep", "section": section, "function": function}, _GRACE * 10, [remote.fileno()])
        return local

    def end_checks(self) -> None:
        """Stop the self-checks, so that an answer cannot pass hidden cases on to a later cell."""
        self._stop_serving()

    def end_main(self) -> None:
        """Stop everything in the sandbox except the copies; without copies, do nothing, because ``with`` does it."""
        for copy in self._copies:
            with contextlib.suppress(Closed, TimedOut, MalformedEvidence):
                copy.receive(_GRACE)
        self._peak = self.peak()
        if self._copies:
            self._end_all_but(self._copies)

    def _end_all_but(self, copies: Iterable[Lines]) -> None:
        kept = {self._init.pid, *(copy.pid for copy in copies)}
        with contextlib.suppress(OSError):
            space = os.readlink(f"/proc/{self._init.pid}/ns/pid")
            for pid in tree(self._init.pid):
                if pid not in kept:
                    _end(pid, space)

    def peak(self) -> int:
        """Return the peak memory of the learner's main process, in bytes."""
        if self._main is not None:
            self._peak = max(getattr(self, "_peak", 0), peak(self._main.pid))
        return getattr(self, "_peak", 0)

    def watch(self) -> None:
        """Kill the submission's processes if they use too much memory.

        Raises:
            TooMuchMemory: they did.
        """
        if self._uses_too_much():
            self._init.signal(signal.SIGKILL)
            raise TooMuchMemory

    def watch_copy(self, copy: Lines) -> None:
        """Kill a copy and its children if the submission's processes use too much memory.

        Raises:
            TooMuchMemory: they did.
        """
        if self._uses_too_much():
            self._end_all_but(other for other in self._copies if other is not copy)
            raise TooMuchMemory

    def _uses_too_much(self) -> bool:
        # Data waiting in sockets is kernel memory and is not charged to a process.
        if sockets(self._init.pid) > self._limits.sockets:
            return True
        self._looks += 1
        processes = (tree_now if self._looks % _QUICK_LOOKS else tree)(self._init.pid)
        return memory(processes, self._limits.memory) > self._limits.memory

    def _request(self, message: dict[str, Any], seconds: float, files: list[int] | None = None) -> dict[str, Any]:
        if self._main is None:
            raise Died
        try:
            self._lines.send(message, files or [])
            try:
                return self._lines.receive(seconds, self.watch)
            except TimedOut:
                self.interrupted = True
                self._main.signal(signal.SIGINT)
                return self._lines.receive(self._limits.grace_seconds, self.watch)
        except TimedOut as error:
            raise NotInTime from error
        except (Closed, MalformedEvidence) as error:
            raise Died from error

    def _stop_serving(self) -> None:
        with contextlib.suppress(OSError):
            self._referee.shutdown(socket.SHUT_RDWR)
        self._serving.join(30)


def _end(pid: int, space: str) -> None:
    """Kill a process if it is in the process namespace ``space``: its number may have been reused."""
    with contextlib.suppress(OSError):
        process = Process(pid)
        try:
            if os.readlink(f"/proc/{pid}/ns/pid") == space:
                process.signal(signal.SIGKILL)
        finally:
            process.close()
