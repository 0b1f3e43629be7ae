"""Count the bytes of unfinished uploads for each user, so that concurrent uploads can't exceed a storage limit."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class PendingBytes:
    """Bytes of one Hub's unfinished uploads, for each user who pays for them. Thread-safe.

    Args:
        clock: returns seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._guard = clock, threading.Lock()
        self._bytes: Counter[str] = Counter()
        #: Finished parts of unfinished uploads: who pays, size in bytes, when the part was stored.
        self._parts: dict[Path, tuple[str, int, float]] = {}

    def add(self, payer: str, size: int) -> int:
        """Add ``size`` bytes (negative to subtract) to the payer's total and return the new total."""
        with self._guard:
            self._bytes[payer] += size
            return self._bytes[payer]

    def keep_part(self, path: Path, payer: str, size: int) -> None:
        """Count a finished part until it is dropped. A part already stored at this path is replaced."""
        self.drop_part(path)
        with self._guard:
            self._parts[path] = (payer, size, self._clock())
            self._bytes[payer] += size

    def drop_part(self, path: Path) -> None:
        """Stop counting a part."""
        with self._guard:
            if found := self._parts.pop(path, None):
                self._bytes[found[0]] -= found[1]

    def remove_old_parts(self, seconds: float) -> None:
        """Delete parts of uploads that stayed unfinished for longer than ``seconds``."""
        with self._guard:
            old = [path for path, (*__, since) in self._parts.items() if self._clock() - since > seconds]
        for path in old:
            self.drop_part(path)
            path.unlink(missing_ok=True)

    @contextmanager
    def counting(self, payer: str, room: int, full: Callable[[], Exception]) -> Iterator[Callable[[int], None]]:
        """Count an upload while it arrives; yields a function to call with the length of each chunk.

        Args:
            payer: id of the user who pays for the bytes.
            room: bytes that this payer may still store.
            full: makes the exception to raise when the payer exceeds ``room``.
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
