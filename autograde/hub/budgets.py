"""Limit the work of one request: a time limit, and cancellation when the client disconnects.

Every request has a :class:`Budget`. Loops whose length depends on untrusted input call :func:`check`; git processes get
the remaining time and are killed when the client closes its connection.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from autograde.hub.refusals import Refusal
from autograde.i18n.translation import marked

#: Seconds of work allowed for one request, without the time to receive its body.
SECONDS = 60.0


class BudgetSpent(Refusal):
    """Raised when a request took too long, or its client disconnected."""


class Budget:
    """The time limit of one request. Safe to use from the request's thread and the server's event loop.

    Args:
        seconds: allowed time, counted from the first use of :meth:`check` or :attr:`remaining`.
        clock: returns seconds; replaced in tests.
    """

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._until: float | None = None
        self._guard = threading.Lock()
        self._ended = False
        self._stops: list[Callable[[], object]] = []

    @property
    def remaining(self) -> float:
        """The remaining seconds; never negative."""
        if self._until is None:
            self._until = self._clock() + self._seconds
        return 0.0 if self._ended else max(self._until - self._clock(), 0.0)

    def check(self) -> None:
        """Raise if this request's time is used up.

        Raises:
            BudgetSpent: no time is left, or the client disconnected.
        """
        if self.remaining <= 0:
            raise BudgetSpent(
                413,
                marked("This request took longer than {seconds} seconds and was ended. Ask for less at a time."),
                values={"seconds": f"{self._seconds:.0f}"},
            )

    @property
    def is_cancelled(self) -> bool:
        """Whether the client disconnected."""
        return self._ended

    def end(self) -> None:
        """Cancel the request's work because its client disconnected."""
        with self._guard:
            self._ended, stops, self._stops = True, self._stops, []
        for stop in stops:
            stop()

    @contextlib.contextmanager
    def stopping(self, stop: Callable[[], object]) -> Iterator[None]:
        """Inside the block, call ``stop`` if the request is cancelled. It must be idempotent and safe in any thread."""
        with self._guard:
            ended = self._ended
            self._stops.append(stop)
        if ended:
            stop()
        try:
            yield
        finally:
            with self._guard, contextlib.suppress(ValueError):
                self._stops.remove(stop)


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def begin(budget: Budget) -> None:
    """Set the budget of the current request: of this task and of the threads that work for it."""
    _current.set(budget)


def current() -> Budget | None:
    """Return the budget of the current request; None outside of requests, as in LocalHub's own methods."""
    return _current.get()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Inside the block, the request's work continues when its client disconnects or its time is used up.

    For changes of refs and their records: a git process that is killed meanwhile would leave its lock files.
    """
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def check() -> None:
    """Raise if the current request's time is used up.

    Raises:
        BudgetSpent: no time is left, or the client disconnected.
    """
    if (budget := _current.get()) is not None:
        budget.check()


def check_client() -> None:
    """Raise if the current request's client disconnected: for work on large files, which may take minutes.

    Raises:
        BudgetSpent: the client disconnected.
    """
    if (budget := _current.get()) is not None and budget.is_cancelled:
        budget.check()
