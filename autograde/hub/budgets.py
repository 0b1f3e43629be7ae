"""What one request may cost: how long it works, and that it ends when its client has gone.

Every request has a :class:`Budget`. Loops whose length a stranger chooses call :func:`check`; git processes are given
what is left of the time and are killed when the client closes its connection.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from autograde.hub.refusals import Refusal, _marked

#: Seconds that one request may work, its body's way here not counted.
SECONDS = 60.0


class BudgetSpent(Refusal):
    """A request took too long, or its client has gone."""


class Budget:
    """The time of one request. Safe for the request's thread and the server's event loop.

    Args:
        seconds: of work, from the first :meth:`check` or :attr:`remaining` on.
        clock: seconds, for the tests.
    """

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._until: float | None = None
        self._guard = threading.Lock()
        self._ended = False
        self._stops: list[Callable[[], object]] = []

    @property
    def remaining(self) -> float:
        """Seconds that are left; never negative."""
        if self._until is None:
            self._until = self._clock() + self._seconds
        return 0.0 if self._ended else max(self._until - self._clock(), 0.0)

    def check(self) -> None:
        """Go on only while there is time.

        Raises:
            BudgetSpent: there is none, or the client has gone.
        """
        if self.remaining <= 0:
            raise BudgetSpent(
                413,
                _marked("This request took longer than {seconds} seconds and was ended. Ask for less at a time."),
                values={"seconds": f"{self._seconds:.0f}"},
            )

    def end(self) -> None:
        """End the request's work: its client has gone."""
        with self._guard:
            self._ended, stops, self._stops = True, self._stops, []
        for stop in stops:
            stop()

    @contextlib.contextmanager
    def stopping(self, stop: Callable[[], object]) -> Iterator[None]:
        """Meanwhile, call ``stop`` when the request ends early: it must be safe in any thread and more than once."""
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
    """Make ``budget`` the one of this request: of this task and of the threads that work for it."""
    _current.set(budget)


def current() -> Budget | None:
    """The budget of the request that is being answered; None outside of requests, as in LocalHub's own methods."""
    return _current.get()


def check() -> None:
    """Go on only while the request that is being answered has time.

    Raises:
        BudgetSpent: it has none.
    """
    if (budget := _current.get()) is not None:
        budget.check()
