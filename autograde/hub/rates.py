"""Bound the rows that one visitor's events write, which no quota counts."""

from __future__ import annotations

from collections import Counter

#: The kinds of events of files that are sent or fetched: they change no repository, and may be repeated as often as
#: hundreds of times a second.
TRANSFERS = frozenset(
    {
        "file.downloaded",
        "git.fetched",
        "lfs.downloaded",
        "lfs.uploaded",
        "model.loaded",
        "xet.downloaded",
        "xet.uploaded",
    }
)

#: So many transfers of one visitor in so many milliseconds get rows of their own.
MOST, WINDOW = 2000, 3_600_000


class Rates:
    """How many events each visitor caused lately. Count inside a transaction of the database, which one thread has.

    Above :data:`MOST`, the transfers of a visitor that agree in repository, kind and token share one row, until the
    repository changes.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._transfers: Counter[str] = Counter()
        self._changes: Counter[str] = Counter()
        #: By repository: the row that a visitor's further transfers of a kind with a token are added to.
        self._rows: dict[str, dict[tuple[str | None, ...], int]] = {}

    def _start_anew(self, now: int) -> None:
        if not self._begun <= now < self._begun + WINDOW:
            self._begun = now
            for counts in (self._transfers, self._changes, self._rows):
                counts.clear()

    def count(self, visitor: str, kind: str, repository: str, now: int) -> bool:
        """Count an event, and return whether it may share a row with earlier ones.

        Args:
            visitor: the user's id; empty for all visitors without a log-in.
            kind: the event's kind.
            repository: the repository's id, or empty.
            now: the time in milliseconds since 1970.
        """
        self._start_anew(now)
        if kind not in TRANSFERS:
            self._changes[visitor] += 1
            # Downloads after this change get a new row, so that they are found among the events after it.
            self._rows.pop(repository, None)
            return False
        self._transfers[visitor] += 1
        return self._transfers[visitor] > MOST

    def wait(self, visitor: str, most: int, now: int) -> int:
        """Return for how many seconds a visitor, who may cause ``most`` events besides transfers, may cause none; 0
        below that."""
        if self._changes[visitor] < most or not self._begun <= now < self._begun + WINDOW:
            return 0
        return (self._begun + WINDOW - now) // 1000 + 1

    def row(self, repository: str, key: tuple[str | None, ...]) -> int:
        """Return the number of the row that an event is added to; 0 without one."""
        return self._rows.get(repository, {}).get(key, 0)

    def keep(self, repository: str, key: tuple[str | None, ...], row: int) -> None:
        """Remember the row that the next events with this key are added to."""
        self._rows.setdefault(repository, {})[key] = row
