"""The grader's end of a learner's process and of everything in its sandbox."""

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
from autograde.grading.sandbox.limits import Limits
from autograde.grading.sandbox.lines import Closed, Late, Lines, pair
from autograde.grading.sandbox.referees import Referees
from autograde.grading.sandbox.template_handle import TemplateHandle
from autograde.grading.sandbox.watching import Process, memory, peak, sockets, tree

#: How long a process may take to begin an answer, in seconds.
_GRACE = 3.0


class Died(Exception):
    """The learner's process has ended."""


class NotInTime(Died):
    """A cell did not end when it was interrupted, and was killed."""


class TooMuchMemory(Died):
    """The processes of a submission used too much memory, and were killed."""


class LearnerHandle:
    """A learner's process in its sandbox; ``with`` ends all of it.

    Attributes:
        interrupted: whether the last cell was interrupted because it took too long.
    """

    def __init__(
        self, template: TemplateHandle, limits: Limits, files: Mapping[str, str], language: str, referees: Referees
    ) -> None:
        self._limits = limits
        self.interrupted = False
        self._copies: list[Lines] = []
        self._answers: list[Lines] = []
        self._main: Process | None = None
        self._lines, init, self._listening = template.start(limits)
        self._init = Process(init)
        referees.listen(self._listening)
        ours, theirs = socket.socketpair()
        self._referee = ours
        self._serving = threading.Thread(target=referees.serve, args=(ours,), daemon=True)
        self._serving.start()
        try:
            self._lines.send({"files": dict(files), "language": language}, [theirs.fileno()])
            self._lines.receive(60)
            self._main = Process(self._lines.pid)
        except (Closed, Late, MalformedEvidence, OSError):
            # The first cell finds it dead.
            self._main = None
        finally:
            theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Process 1 of a namespace takes every other one with it.
        self._init.signal(signal.SIGKILL)
        self._stop_serving()
        for connection in (self._lines, *self._copies, *self._answers):
            connection.close()
        self._listening.close()
        self._init.close()
        if self._main is not None:
            self._main.close()

    def run(self, source: str, seconds: float) -> tuple[object, bool, int | None]:
        """Run a cell; return its outputs as they were sent, whether some were cut off, and its number.

        Raises:
            Died: the process has ended.
        """
        self.interrupted = False
        answer = self._asked({"do": "cell", "source": source}, seconds)
        count = answer.get("count")
        return answer.get("outputs"), answer.get("cut") is True, count if type(count) is int and count >= 0 else None

    def remember(self, section: str, function: str) -> None:
        """Remember the notebook's names as they are now, for a graded question.

        Raises:
            Died: the process has ended.
        """
        self._asked({"do": "remember", "section": section, "function": function}, _GRACE * 10)

    def answer(self, section: str, function: str) -> Lines:
        """Begin to answer a graded question that was remembered; return the connection.

        Raises:
            Died: the process has ended.
        """
        return self._begin_answer({"do": "answer", "section": section, "function": function})

    def answer_together(self, questions: Sequence[tuple[str, str]]) -> Lines:
        """Begin to answer several graded questions that were remembered; return the connection.

        Raises:
            Died: the process has ended.
        """
        return self._begin_answer({"do": "answer together", "questions": list(questions)})

    def _begin_answer(self, message: dict[str, Any]) -> Lines:
        ours, theirs = pair()
        ours.refuse_files()
        self._answers.append(ours)
        with theirs:
            try:
                self._lines.send(message, [theirs.fileno()])
                ours.receive(_GRACE, self.watch)
            except (Closed, Late, MalformedEvidence) as error:
                raise Died from error
        return ours

    def keep(self, section: str, function: str) -> Lines:
        """Keep a copy of the process, as it is now, for a graded question; return the connection to the copy.

        Raises:
            Died: the process has ended.
        """
        ours, theirs = pair()
        ours.refuse_files()
        self._copies.append(ours)
        with theirs:
            self._asked({"do": "keep", "section": section, "function": function}, _GRACE * 10, [theirs.fileno()])
        return ours

    def end_checks(self) -> None:
        """End the self-checks: an answer that knows the hidden cases must reach nothing that a cell can read later."""
        self._stop_serving()

    def end_main(self) -> None:
        """End everything in the sandbox but the copies that were kept; without any, the end of ``with`` does it."""
        for copy in self._copies:
            with contextlib.suppress(Closed, Late, MalformedEvidence):
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
        """Return the largest memory of the learner's main process, in bytes."""
        if self._main is not None:
            self._peak = max(getattr(self, "_peak", 0), peak(self._main.pid))
        return getattr(self, "_peak", 0)

    def watch(self) -> None:
        """End the submission's processes when they use too much memory.

        Raises:
            TooMuchMemory: they did.
        """
        if self._uses_too_much():
            self._init.signal(signal.SIGKILL)
            raise TooMuchMemory

    def watch_copy(self, copy: Lines) -> None:
        """End a copy and what it started when the processes of the submission use too much memory.

        Raises:
            TooMuchMemory: they did.
        """
        if self._uses_too_much():
            self._end_all_but(other for other in self._copies if other is not copy)
            raise TooMuchMemory

    def _uses_too_much(self) -> bool:
        # What waits in sockets is the kernel's memory, and counts as no process's.
        if sockets(self._init.pid) > self._limits.sockets:
            return True
        return memory(tree(self._init.pid), self._limits.memory) > self._limits.memory

    def _asked(self, message: dict[str, Any], seconds: float, files: list[int] | None = None) -> dict[str, Any]:
        if self._main is None:
            raise Died
        try:
            self._lines.send(message, files or [])
            try:
                return self._lines.receive(seconds, self.watch)
            except Late:
                self.interrupted = True
                self._main.signal(signal.SIGINT)
                return self._lines.receive(self._limits.grace_seconds, self.watch)
        except Late as error:
            raise NotInTime from error
        except (Closed, MalformedEvidence) as error:
            raise Died from error

    def _stop_serving(self) -> None:
        with contextlib.suppress(OSError):
            self._referee.shutdown(socket.SHUT_RDWR)
        self._serving.join(30)


def _end(pid: int, space: str) -> None:
    """Kill a process, if it is in the process namespace ``space``: its number may be another process's by now."""
    with contextlib.suppress(OSError):
        process = Process(pid)
        try:
            if os.readlink(f"/proc/{pid}/ns/pid") == space:
                process.signal(signal.SIGKILL)
        finally:
            process.close()
