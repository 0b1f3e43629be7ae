"""Bound the rows of events that downloads write: nothing else limits how often a visitor repeats one."""

from __future__ import annotations

from collections import Counter

#: The kinds of events that change nothing, so that a visitor can cause hundreds of them a second.
KINDS = frozenset({"file.downloaded", "git.fetched", "lfs.downloaded", "model.loaded", "xet.downloaded"})

#: So many of these events of one visitor in so many milliseconds get rows of their own.
MOST, WINDOW = 2000, 3_600_000


class Downloads:
    """What each visitor downloaded lately. Use it inside a transaction of the database, which one thread has.

    Above :data:`MOST`, the events of a visitor that agree in repository, kind and token share one row, until the
    repository changes.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._times: Counter[str] = Counter()
        #: By repository: the row that a visitor's further events of a kind with a token are added to.
        self._rows: dict[str, dict[tuple[str | None, ...], int]] = {}

    def are_many(self, visitor: str, kind: str, repository: str, now: int) -> bool:
        """Count an event, and return whether it may share a row with earlier ones.

        Args:
            visitor: the user's id; empty for all visitors without a log-in.
            kind: the event's kind.
            repository: the repository's id, or empty.
            now: the time in milliseconds since 1970.
        """
        if not self._begun <= now < self._begun + WINDOW:
            self._begun = now
            self._times.clear()
            self._rows.clear()
        if kind not in KINDS:
            # Whoever asks what was downloaded after this change must find it behind the change.
            self._rows.pop(repository, None)
            return False
        self._times[visitor] += 1
        return self._times[visitor] > MOST

    def row(self, repository: str, key: tuple[str | None, ...]) -> int:
        """Return the number of the row that an event is added to; 0 without one."""
        return self._rows.get(repository, {}).get(key, 0)

    def keep(self, repository: str, key: tuple[str | None, ...], row: int) -> None:
        """Remember the row that the next events with this key are added to."""
        self._rows.setdefault(repository, {})[key] = row
