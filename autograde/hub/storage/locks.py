"""Who may change a repository at the same time: API writers one by one, pushes together, and the cleaning alone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograde.hub.budgets import current
from autograde.hub.refusals import Refusal
from autograde.i18n.translation import marked

#: Seconds that a request waits for others that change or clean the same repository.
_MAX_WAIT = 60.0


def _await(is_done: Callable[[float], bool], wait: float | None) -> None:
    """Wait until ``is_done(seconds)``, which blocks at most that long, returns True: the repository is not in use.

    Raises:
        Refusal: 503, it took longer than ``wait`` (default: :data:`_MAX_WAIT`) seconds, or the client disconnected.
    """
    # The time of the request's budget is for its own work, which begins afterwards.
    budget, end = current(), time.monotonic() + (_MAX_WAIT if wait is None else wait)
    while not is_done(min(1.0, max(end - time.monotonic(), 0.0))):
        if time.monotonic() >= end or (budget and budget.is_cancelled):
            raise Refusal(503, marked("Others are changing this repository at the moment. Try again in a minute."))


class RepositoryLocks:
    """The locks of all repositories of a Hub."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self._pushing = threading.Condition()
        self._pushes: Counter[str] = Counter()
        self._cleaning: set[str] = set()

    def forget(self, repository_id: str) -> None:
        """Drop the lock of a deleted repository."""
        with self._guard:
            self._locks.pop(repository_id, None)

    @contextmanager
    def lock(self, repository_id: str, wait: float | None = None) -> Iterator[None]:
        """Hold the lock of a repository's API writers inside the block, so that N concurrent writers make N commits.

        Raises:
            Refusal: 503, others held the lock for longer than ``wait`` seconds (default: a minute).
        """
        with self._guard:
            lock = self._locks.setdefault(repository_id, threading.RLock())
        _await(lambda seconds: lock.acquire(timeout=seconds), wait)
        try:
            yield
        finally:
            lock.release()

    def begin_push(self, repository_id: str) -> None:
        """Register a push before it writes; waits while the repository is being cleaned. Then call :meth:`end_push`.

        Raises:
            Refusal: 503, the cleaning took too long.
        """
        with self._pushing:
            _await(lambda seconds: self._pushing.wait_for(lambda: repository_id not in self._cleaning, seconds), None)
            self._pushes[repository_id] += 1

    def end_push(self, repository_id: str) -> None:
        """Register that a push has ended."""
        with self._pushing:
            self._pushes[repository_id] -= 1
            if not self._pushes[repository_id]:
                del self._pushes[repository_id]
            self._pushing.notify_all()

    def unless_pushed(self, repository_id: str, work: Callable[[], None]) -> None:
        """Call ``work`` while no push can begin; not if a push is in progress."""
        with self._pushing:
            if not self._pushes[repository_id]:
                work()

    @contextmanager
    def exclusive(self, repository_id: str, wait: float | None = None) -> Iterator[None]:
        """Keep API writers and pushes out of the repository, so that unreachable objects can be removed safely.

        Raises:
            Refusal: 503, another writer, or the pushes, did not end within ``wait`` seconds (default: a minute).
        """
        with self.lock(repository_id, wait):
            with self._pushing:
                self._cleaning.add(repository_id)
            try:
                with self._pushing:
                    _await(
                        lambda seconds: self._pushing.wait_for(lambda: not self._pushes[repository_id], seconds), wait
                    )
                yield
            finally:
                with self._pushing:
                    self._cleaning.discard(repository_id)
                    self._pushing.notify_all()
