"""Bytes that are still arriving, written to a file and hashed beside their arrival.

Writing and hashing 90 MiB take as long as receiving them, and a slow disk would hold up every other request if the
event loop waited for it. Both let go of Python's lock while they work, so a thread of its own does them on another
core, a megabyte at a time; short contents never see that thread.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading

#: Bytes that are written at a time. Large, because each call of the system costs more than copying does.
BATCH = 1 << 20
#: Batches that may wait: whoever sends faster than the disk takes is slowed down to that.
_WAITING = 8


class Drain:
    """A file that is growing, and the SHA-256 of what is in it.

    One thread at a time may use it, and :meth:`close` must follow whatever happens.

    Args:
        descriptor: of the file; stays the caller's.
        hashed: whether the SHA-256 is wanted.
    """

    def __init__(self, descriptor: int, *, hashed: bool = True) -> None:
        self._descriptor = descriptor
        self._hash = hashlib.sha256() if hashed else None
        self._pending: list[bytes] = []
        self._waiting = 0
        self._batches: queue.Queue[list[bytes] | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._trouble: OSError | None = None

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            OSError: the disk is full; said of these bytes or of earlier ones.
        """
        self._pending.append(data)
        self._waiting += len(data)
        if self._waiting >= BATCH:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="hub:drain", daemon=True)
                self._thread.start()
            self._batches.put(self._pending)
            self._pending, self._waiting = [], 0
            if self._trouble:
                raise self._trouble

    def _work(self) -> None:
        while (batch := self._batches.get()) is not None:
            if self._trouble is None:
                try:
                    self._take(batch)
                except OSError as error:
                    self._trouble = error

    def _take(self, batch: list[bytes]) -> None:
        data = b"".join(batch)
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        if self._hash is not None:
            self._hash.update(data)

    def flush(self) -> None:
        """Wait until everything is in the file.

        Raises:
            OSError: the disk is full.
        """
        self.close()
        if self._trouble:
            raise self._trouble
        if self._pending:
            batch, self._pending, self._waiting = self._pending, [], 0
            self._take(batch)

    def hexdigest(self) -> str:
        """The digest of everything so far, as 64 hexadecimal digits. Raises as :meth:`flush`."""
        self.flush()
        assert self._hash is not None, "this file is not hashed"
        return self._hash.hexdigest()

    def close(self) -> None:
        """Let the thread finish what it was given, and end it."""
        if self._thread is not None:
            self._batches.put(None)
            self._thread.join()
            self._thread = None
