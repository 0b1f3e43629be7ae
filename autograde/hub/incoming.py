"""Track uploads in progress: who sends how much to which repository, for the repository's page.

Kept in memory only, and cheap: one addition for each chunk. A push with git-lfs makes many requests (a list of large
files, each file, then the push itself), and so does an upload by HTTP. Together they are one :class:`Arrival`,
identified by sender and repository.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograde.hub.repos.pointers import is_oid

#: Arrivals kept at the same time; the one with the oldest activity is dropped first.
MOST = 500

#: Seconds without activity after which an upload counts as broken off.
SILENCE = 60

#: Seconds for which the outcome of an arrival is shown.
TOLD = 30

#: Large files of one arrival that are tracked separately.
_FILES = 10_000


@dataclass
class Arrival:
    """Everything that one person uploads to one repository, until it is pushed or committed.

    Attributes:
        user: the sender, or None.
        way: the protocol that was used last: ``git``, ``LFS``, ``Xet`` or ``HTTP``.
        received: bytes so far.
        announced: bytes of the announced large files; 0 if there are none.
        outcome: empty while in progress; then ``done``, ``refused`` or ``broken off``.
        brought: number of files and bytes that were pushed or committed in the end.
        told_until: until when the outcome is shown.
        requests: number of request bodies being received now.
        sizes: the size of each announced file in bytes.
        here: those that have arrived completely.
        changed: time of the last activity, on the clock of :class:`Incoming`.
    """

    user: str | None
    way: str = "git"
    received: int = 0
    announced: int = 0
    outcome: str = ""
    brought: tuple[int, int] = (0, 0)
    changed: float = 0.0
    told_until: float = 0.0
    requests: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    here: set[str] = field(default_factory=set)

    def other(self, name: str, size: int) -> str | None:
        """Return an announced file of this size with another name that has not arrived yet."""
        return next((n for n, s in self.sizes.items() if s == size and n != name and n not in self.here), None)


class Incoming:
    """The arrivals of one Hub. Thread-safe.

    Args:
        clock: returns seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._arrivals: OrderedDict[tuple[str, str], Arrival] = OrderedDict()

    def _arrival(self, repository_id: str, user_id: str | None, user: str | None) -> Arrival:
        """Return the arrival in progress, or a new one. The caller holds the lock."""
        key = (repository_id, user_id or "")
        found = self._arrivals.get(key)
        if found is None or self._settled(found):
            found = self._arrivals[key] = Arrival(user)
        self._arrivals.move_to_end(key)
        while len(self._arrivals) > MOST:
            self._arrivals.popitem(last=False)
        found.changed = self._clock()
        found.user = found.user or user
        return found

    def _settled(self, arrival: Arrival) -> bool:
        """Return whether an arrival has ended; mark it as broken off if its sender has gone silent."""
        if not arrival.outcome and not arrival.requests and self._clock() - arrival.changed > SILENCE:
            arrival.outcome, arrival.told_until = "broken off", arrival.changed + SILENCE + TOLD
        return bool(arrival.outcome)

    def announce(
        self, repository_id: str, user_id: str | None, user: str | None, way: str, files: Iterable[tuple[str, int]]
    ) -> None:
        """Announce large files: their names in this protocol, and their sizes in bytes.

        A file announced first by its path and then by its id is recognised by its size and counted once.
        """
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            arrival.way = way
            by_path = {known for known in arrival.sizes if not is_oid(known)}
            for name, size in files:
                if name not in arrival.sizes and len(arrival.sizes) < _FILES:
                    same = next((path for path in by_path if is_oid(name) and arrival.sizes[path] == size), None)
                    if same:
                        by_path.remove(same)
                        del arrival.sizes[same]
                    arrival.sizes[name] = size
            arrival.announced = sum(arrival.sizes.values())

    def whole(self, repository_id: str, user_id: str | None, user: str | None, name: str, size: int) -> None:
        """Mark an announced large file as complete: the one of this name, else one of this size."""
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            known = name if name in arrival.sizes else arrival.other(name, size)
            if known:
                arrival.here.add(known)

    @contextmanager
    def receiving(
        self, repository_id: str, user_id: str | None, user: str | None, way: str
    ) -> Iterator[Callable[[int], None]]:
        """Track a request's body while it arrives. Yields a function to call with the length of every chunk."""
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            arrival.way, arrival.requests = way, arrival.requests + 1

        def add(length: int) -> None:
            # Without a lock, a chunk may be missing from the display; a lock for each chunk would cost more.
            arrival.received += length
            arrival.changed = self._clock()

        try:
            yield add
        finally:
            with self._lock:
                arrival.requests -= 1

    def ended(
        self,
        repository_id: str,
        user_id: str | None,
        user: str | None,
        outcome: str,
        brought: tuple[int, int] = (0, 0),
    ) -> None:
        """Mark the push or commit as over: ``done``, ``refused`` or ``broken off``; ``brought`` are its files and
        bytes."""
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            arrival.outcome, arrival.brought, arrival.told_until = outcome, brought, self._clock() + TOLD

    def of(self, repository_id: str) -> list[Arrival]:
        """Return the arrivals of a repository, in progress or just ended; those in progress first."""
        with self._lock:
            found = [arrival for (repository, __), arrival in self._arrivals.items() if repository == repository_id]
            told = [arrival for arrival in found if not self._settled(arrival) or self._clock() < arrival.told_until]
        return sorted(told, key=lambda arrival: (bool(arrival.outcome), -arrival.changed))
