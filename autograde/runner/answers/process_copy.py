"""Do some work in a copy of this process (``os.fork``), which is killed if the work hangs.

The copy has the notebook's complete state and takes milliseconds to create. Changes that the work makes there (to
builtins, modules, settings, caches) vanish when it ends. A loop that swallows every exception cannot be interrupted
from inside, and neither can a loop in C, such as ``sum(range(2 * 10**9))``, but a copy can be killed.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import os
import select
import signal
import socket
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from autograde import settings
from autograde.runner.answers.channel import DONE, FAILED, NOTED, PROGRESS, STARTED, SetupFailed, Work
from autograde.runner.answers.held_interrupt import HeldInterrupt
from autograde.runner.answers.output import Output, captured
from autograde.runner.answers.process_copy_child import run_copy

#: Wall time that a task with a Hub may take without progress, such as a new request or a new program, in seconds.
WITHOUT_PROGRESS = 6.0

#: Wall time of the preparations in a copy, for example creating models, in seconds.
_PREPARATIONS = 60.0

#: Other programs may make work last so many times longer than its time limit.
_MOST_LOST = 9

#: Time for a copy to write its stack, and to exit, in seconds.
_GRACE = 1.0

#: Most bytes of one report.
_LONGEST_REPORT = 16 * 2**20


class End(Enum):
    """How a copy ended."""

    DONE = "done"
    TIME = "time"
    INTERRUPTED = "interrupted"
    DIED = "died"


@dataclass(frozen=True)
class Limit:
    """Time limits of work.

    Attributes:
        seconds: wall time from the start, or from the last report, to the next one, without the time in which other
            programs kept the copy from running. Preparations have a minute.
        without_progress: wall time without a call of :meth:`Channel.progress`; extended while other programs keep this
            computer busy. None means the same as ``seconds``.
    """

    seconds: float
    without_progress: float | None = None


@dataclass(frozen=True)
class Report:
    """A report of the work.

    Attributes:
        text: the reported text.
        printed: the shortened output since the previous report.
        secret_printed: whether a secret had been printed by then.
    """

    text: str
    printed: str
    secret_printed: bool


@dataclass(frozen=True)
class WorkOutcome:
    """The outcome of the work.

    Attributes:
        reports: its reports in order.
        end: how the copy ended.
        code: its exit code if it died, or the negative number of the signal.
        seconds: duration of the last, unreported part.
        stack: the stack of each thread when the time was over, as written by faulthandler.
        printed: the shortened output after the last report.
        secret_printed: whether a secret was printed at any time.
        imported: the modules that the copy imported.
    """

    reports: tuple[Report, ...]
    end: End
    code: int = 0
    seconds: float = 0.0
    stack: str = ""
    printed: str = ""
    secret_printed: bool = False
    imported: tuple[str, ...] = ()


def can_copy() -> bool:
    """Return whether this system can copy a process; Windows cannot."""
    return hasattr(os, "fork")


def run_apart(work: Work, limit: Limit, secrets: Sequence[str] = ()) -> WorkOutcome:
    """Do ``work`` in a copy of this process, or in this process if copying is impossible.

    In this process, there is no time limit, and changes made by the work remain.

    Args:
        work: called with the channel for its reports.
        limit: its time limits.
        secrets: texts that must not be printed.

    Raises:
        SetupFailed: the work raised it.
    """
    return _run_in_copy(work, limit, secrets) if can_copy() else _run_here(work, secrets)


def busy() -> float:
    """Return the factor by which other programs currently slow down this computer, from 1 to 4."""
    try:
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 1.0
    return min(max(load, 1.0), 4.0)


def _queued_seconds(pid: int) -> float:
    """Return how long a process has waited for a processor; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0


def _run_here(work: Work, secrets: Sequence[str]) -> WorkOutcome:
    reports: list[Report] = []
    with captured(secrets) as output:
        work(_ChannelHere(reports, output))
    return WorkOutcome(tuple(reports), End.DONE, printed=output.take(), secret_printed=output.secret_printed)


@dataclass(frozen=True)
class _ChannelHere:
    """Collects reports in this process."""

    reports: list[Report]
    output: Output

    def start(self) -> None:
        """See :class:`Channel`. There is no time limit here."""

    def send(self, text: str) -> None:
        """See :class:`Channel`."""
        self.reports.append(Report(text, self.output.take(), self.output.secret_printed))

    def progress(self) -> None:
        """See :class:`Channel`. There is no time limit here."""


def _run_in_copy(work: Work, limit: Limit, secrets: Sequence[str]) -> WorkOutcome:
    reading, writing = _connected()
    printing, output = os.pipe()
    # A pipe instead of a file, because the notebook may have filled the disk.
    dumped, dump = os.pipe()
    for each in (printing, dumped, dump):
        os.set_blocking(each, False)
    held = HeldInterrupt()  # an interrupt between the fork and the reading would leave the copy running
    try:
        with _frozen():
            copy = os.fork()
        if copy == 0:
            run_copy(work, writing, output, dump, held)
    except BaseException:
        held.release()
        raise
    finally:
        for each in (writing, output, dump):
            os.close(each)
    reader = _ReportReader(reading, printing, Output(secrets), limit, copy)
    end, stack = End.INTERRUPTED, ""
    try:
        held.release()
        if not held.arrived:
            end = reader.read()
    except KeyboardInterrupt:
        pass
    finally:
        if end is End.TIME:
            stack = _dump(copy, dumped)
        code = _stop(copy, _GRACE if end is End.DIED else 0)
        for each in (reading, printing, dumped):
            os.close(each)
    if reader.failed:
        raise SetupFailed(reader.failed)
    printed = reader.output.take()
    return WorkOutcome(
        tuple(reader.reports), end, code, reader.waited(), stack, printed, reader.output.secret_printed, reader.imported
    )


def _connected() -> tuple[int, int]:
    """Return two connected blocking sockets, even if the notebook has called ``socket.setdefaulttimeout``."""
    ends = socket.socketpair()
    for end in ends:
        end.settimeout(None)
    return ends[0].detach(), ends[1].detach()


@contextlib.contextmanager
def _frozen() -> Iterator[None]:
    """Inside the block, make copying cheap and suppress its warnings."""
    gc.freeze()  # otherwise the copy's garbage collector would touch, and so copy, every page of memory
    try:
        with warnings.catch_warnings():
            # Since Python 3.12, fork warns if there are threads, as in every notebook.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        # In a graded run, keep everything frozen: the collector would examine all libraries of the template.
        if not settings.graded_run():
            gc.unfreeze()


def _dump(copy: int, dumped: int) -> str:
    """Make the copy write the stack of each thread, even in the middle of a loop in C; return what it wrote."""
    with contextlib.suppress(OSError):
        os.kill(copy, signal.SIGUSR1)
    if not select.select([dumped], [], [], _GRACE)[0]:
        return ""
    # The first line has arrived; the rest is written immediately after it.
    time.sleep(0.01)
    return os.read(dumped, 1 << 16).decode("utf-8", "replace")


def _stop(copy: int, patience: float) -> int:
    """Kill the copy unless it ends within ``patience`` seconds, and kill its children; return its exit code."""
    until = time.monotonic() + patience
    ended, status = _wait(copy, os.WNOHANG)
    while not ended and time.monotonic() < until:
        time.sleep(0.002)
        ended, status = _wait(copy, os.WNOHANG)
    for kill in (os.killpg,) if ended else (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(copy, signal.SIGKILL)
    if not ended:
        _copy, status = _wait(copy, 0)
    return os.waitstatus_to_exitcode(status)


def _wait(copy: int, options: int) -> tuple[int, int]:
    """Return the same as ``os.waitpid``; a copy that Python was told to forget (``SIGCHLD``) has ended with 0."""
    try:
        return os.waitpid(copy, options)
    except ChildProcessError:
        return copy, 0


class _ReportReader:
    """Reads the reports and the output of a copy until it ends."""

    def __init__(self, reading: int, printing: int, output: Output, limit: Limit, copy: int) -> None:
        self._reading, self._printing, self._limit, self._copy = reading, printing, limit, copy
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.output = output
        self.reports: list[Report] = []
        self.failed = ""
        self.imported: tuple[str, ...] = ()
        self._started = False
        self._since = self._progress = time.monotonic()
        self._queued = 0.0

    def read(self) -> End:
        """Read until the copy finishes or dies, its time is over, or a report is too long."""
        content = b""
        while len(content) <= _LONGEST_REPORT:
            left = self._deadline() - time.monotonic()
            ready, _writing, _broken = select.select([self._reading, self._printing], [], [], max(left, 0))
            if not ready and self._deadline() > time.monotonic():
                # Other programs kept the copy from running.
                continue
            if not ready:
                return End.TIME
            chunk = os.read(self._reading, 1 << 16) if self._reading in ready else None
            # All output before the report is already in the pipe; the copy waits for the acknowledgement.
            self._drain()
            if chunk is None:
                continue
            if not chunk:
                return End.DIED
            *lines, content = (content + chunk).split(b"\n")
            for line in lines:
                if line.startswith(FAILED):
                    self.failed = line.removeprefix(FAILED).decode("utf-8", "replace")
                    return End.DONE
                if line.startswith(DONE):
                    self.imported = tuple(line.removeprefix(DONE).decode("utf-8", "replace").split())
                    return End.DONE
                if line == STARTED:
                    self._started = True
                    self._begin()
                elif line == PROGRESS:
                    self._progress = time.monotonic()
                else:
                    self._report(line)
        return End.TIME

    def _deadline(self) -> float:
        if not self._started:
            return self._since + _PREPARATIONS
        lost = min(_queued_seconds(self._copy) - self._queued, _MOST_LOST * self._limit.seconds)
        end = self._since + self._limit.seconds + lost
        if self._limit.without_progress is None:
            return end
        return min(end, self._progress + self._limit.without_progress * busy())

    def _begin(self) -> None:
        """Begin to measure the time of the next part."""
        self._since = self._progress = time.monotonic()
        self._queued = _queued_seconds(self._copy)

    def waited(self) -> float:
        """Return the seconds since the last report."""
        return time.monotonic() - self._since

    def _report(self, line: bytes) -> None:
        self.reports.append(Report(line.decode("utf-8", "replace"), self.output.take(), self.output.secret_printed))
        self._begin()
        with contextlib.suppress(OSError):
            os.write(self._reading, NOTED)

    def _drain(self) -> None:
        """Read the output printed so far, at most 256 KiB, because a copy may print endlessly."""
        with contextlib.suppress(BlockingIOError):
            for _part in range(4):
                self.output.write(self._decoder.decode(os.read(self._printing, 1 << 16)))
