"""Bytes that are on their way in, by who pays for them: added to what is kept already, so that no limit is passed
between the first byte of an upload and its last."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Arriving:
    """The account of one Hub's uploads under way. Safe for many threads.

    Args:
        clock: seconds, for the tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._guard = clock, threading.Lock()
        self._bytes: Counter[str] = Counter()
        #: Parts of uploads that are not complete: who pays, bytes, since when.
        self._parts: dict[Path, tuple[str, int, float]] = {}

    def add(self, payer: str, size: int) -> int:
        """Note ``size`` more bytes (fewer, when negative); returns all that are under way for this payer."""
        with self._guard:
            self._bytes[payer] += size
            return self._bytes[payer]

    def keep_part(self, path: Path, payer: str, size: int) -> None:
        """Count a finished part until it is dropped; a part that was there before is replaced."""
        self.drop_part(path)
        with self._guard:
            self._parts[path] = (payer, size, self._clock())
            self._bytes[payer] += size

    def drop_part(self, path: Path) -> None:
        """No longer count a part."""
        with self._guard:
            if found := self._parts.pop(path, None):
                self._bytes[found[0]] -= found[1]

    def remove_old_parts(self, seconds: float) -> None:
        """Delete the parts of uploads that nobody completed for so long."""
        with self._guard:
            old = [path for path, (*__, since) in self._parts.items() if self._clock() - since > seconds]
        for path in old:
            self.drop_part(path)
            path.unlink(missing_ok=True)

    @contextmanager
    def taking(self, payer: str, room: int, full: Callable[[], Exception]) -> Iterator[Callable[[int], None]]:
        """While an upload arrives. Gives a function that is called with the length of every chunk.

        Args:
            payer: who pays.
            room: bytes that this payer may keep more than is kept now.
            full: makes the exception that is raised when more come.
        """
        taken = 0

        def take(length: int) -> None:
            nonlocal taken
            taken += length
            if self.add(payer, length) > room:
                raise full()

        try:
            yield take
        finally:
            self.add(payer, -taken)
