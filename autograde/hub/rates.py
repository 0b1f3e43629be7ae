"""Limit how many rows one visitor's events add to the database. Storage quotas don't count these rows."""

from __future__ import annotations

from collections import Counter

#: Kinds of events for uploads, downloads and refused requests. They don't change a repository, and a client may cause
#: hundreds of them a second.
TRANSFERS = frozenset(
    {
        "file.downloaded",
        "git.fetched",
        "lfs.downloaded",
        "lfs.uploaded",
        "model.loaded",
        "token.refused",
        "xet.downloaded",
        "xet.uploaded",
    }
)

#: How many transfers of one visitor get their own row in each time window, and the window's length in milliseconds.
MAX_ROWS, WINDOW = 2000, 3_600_000


class Rates:
    """Counts of each visitor's events in the current time window.

    Above :data:`MAX_ROWS`, a visitor's transfers with the same repository, kind and token share one row, until the
    repository changes. Not thread-safe: call :meth:`count` inside a database transaction, which only one thread has.
    """

    def __init__(self) -> None:
        self._started = 0
        self._transfers: Counter[str] = Counter()
        self._changes: Counter[str] = Counter()
        #: By repository and key: the shared row.
        self._rows: dict[str, dict[tuple[str | None, ...], int]] = {}

    def _reset_if_over(self, now: int) -> None:
        if not self._started <= now < self._started + WINDOW:
            self._started = now
            for counts in (self._transfers, self._changes, self._rows):
                counts.clear()

    def count(self, visitor: str, kind: str, repository: str, now: int) -> bool:
        """Count an event; return whether it may share a row with earlier ones.

        Args:
            visitor: the user's id; empty for all visitors without a log-in.
            kind: the event's kind.
            repository: the repository's id, or empty.
            now: the time in milliseconds since 1970.
        """
        self._reset_if_over(now)
        if kind not in TRANSFERS:
            self._changes[visitor] += 1
            # Downloads after this change get a new row, so that they are listed after it.
            self._rows.pop(repository, None)
            return False
        self._transfers[visitor] += 1
        return self._transfers[visitor] > MAX_ROWS

    def wait(self, visitor: str, limit: int, now: int) -> int:
        """Return how many seconds a visitor must wait before the next change; 0 below ``limit`` changes a window."""
        if self._changes[visitor] < limit or not self._started <= now < self._started + WINDOW:
            return 0
        return (self._started + WINDOW - now) // 1000 + 1

    def row(self, repository: str, key: tuple[str | None, ...]) -> int:
        """Return the id of the shared row for these events, or 0 if there is none."""
        return self._rows.get(repository, {}).get(key, 0)

    def keep(self, repository: str, key: tuple[str | None, ...], row: int) -> None:
        """Make a row the shared row for these events."""
        self._rows.setdefault(repository, {})[key] = row
