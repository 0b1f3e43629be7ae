"""What is arriving right now: who sends how much to which repository, for the page that somebody watches meanwhile.

Kept in memory only, and cheap: the bytes of a chunk are one addition. A push with git-lfs is many requests (a list of
large files, each file, then the push itself); so is an upload by HTTP. They are one :class:`Arrival`, told by who sends
to which repository.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograde.hub.repos.pointers import is_oid

#: Arrivals that are remembered at once; the one that was quiet for longest goes first.
MOST = 500

#: Seconds after which an upload of which nothing more is heard has been broken off.
SILENCE = 60

#: Seconds for which the end of an arrival is told.
TOLD = 30

#: Large files of one arrival that are told apart.
_FILES = 10_000


@dataclass
class Arrival:
    """Everything that one person sends to one repository, until it is pushed or committed.

    Attributes:
        user: who sends, or None.
        way: ``git``, ``LFS``, ``Xet`` or ``HTTP``: the last way that was used.
        received: bytes so far.
        announced: bytes of the large files that were announced; 0: none were.
        outcome: empty while it goes on; then ``done``, ``refused`` or ``broken off``.
        brought: files and bytes of what was pushed or committed in the end.
        told_until: until when its end is told.
        requests: how many bodies are on their way now.
        sizes: the bytes of each announced file.
        here: which of them are here.
        changed: when anything happened last, on the clock of :class:`Incoming`.
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
        """An announced file of this size with another name, of which it is not known yet that it is here."""
        return next((n for n, s in self.sizes.items() if s == size and n != name and n not in self.here), None)


class Incoming:
    """The arrivals of one Hub. Safe for many threads.

    Args:
        clock: seconds, for the tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._arrivals: OrderedDict[tuple[str, str], Arrival] = OrderedDict()

    def _arrival(self, repository_id: str, user_id: str | None, user: str | None) -> Arrival:
        """The arrival that is going on, or a new one. The lock is held."""
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
        """Whether nothing more comes; notes when that is because the sender has gone."""
        if not arrival.outcome and not arrival.requests and self._clock() - arrival.changed > SILENCE:
            arrival.outcome, arrival.told_until = "broken off", arrival.changed + SILENCE + TOLD
        return bool(arrival.outcome)

    def announce(
        self, repository_id: str, user_id: str | None, user: str | None, way: str, files: Iterable[tuple[str, int]]
    ) -> None:
        """Large files are coming: what they are called on this way, and their bytes.

        A file that was announced by its path and now is by its id has the same size: it is the same.
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
        """A large file is here, called as it was announced, or at least as long."""
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            known = name if name in arrival.sizes else arrival.other(name, size)
            if known:
                arrival.here.add(known)

    @contextmanager
    def receiving(
        self, repository_id: str, user_id: str | None, user: str | None, way: str
    ) -> Iterator[Callable[[int], None]]:
        """While a request's body arrives. Gives a function that is called with the length of every chunk."""
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            arrival.way, arrival.requests = way, arrival.requests + 1

        def add(length: int) -> None:
            # Two additions that meet may lose a chunk from a display; that is cheaper than a lock for each.
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
        """The push or the commit that it was all for is over: ``done``, ``refused`` or ``broken off``; ``brought`` are
        its files and bytes."""
        with self._lock:
            arrival = self._arrival(repository_id, user_id, user)
            arrival.outcome, arrival.brought, arrival.told_until = outcome, brought, self._clock() + TOLD

    def of(self, repository_id: str) -> list[Arrival]:
        """What is arriving for a repository, and what ended a moment ago; what goes on first."""
        with self._lock:
            found = [arrival for (repository, __), arrival in self._arrivals.items() if repository == repository_id]
            told = [arrival for arrival in found if not self._settled(arrival) or self._clock() < arrival.told_until]
        return sorted(told, key=lambda arrival: (bool(arrival.outcome), -arrival.changed))
