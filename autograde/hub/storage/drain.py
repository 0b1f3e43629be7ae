"""Write incoming bytes to a file and hash them on a separate thread.

Writing and hashing 90 MiB takes as long as receiving them, and a slow disk would block every other request if the event
loop waited for it. Both release the GIL, so a separate thread does them a megabyte at a time. Short contents don't need
the thread.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading

#: Bytes written at a time. Large, because each system call costs more than copying the bytes; smaller at the beginning,
#: because of hundreds of uploads at once each may hold as much in memory.
BATCH, FIRST = 1 << 20, 1 << 17
#: Batches that may wait. A sender faster than the disk then has to wait too.
_WAITING = 8


class Drain:
    """A file being written, and the SHA-256 of its bytes.

    Only one thread at a time may use it. Always call :meth:`close` at the end.

    Args:
        descriptor: open file descriptor; the caller closes it.
        hashed: whether to compute the SHA-256.
    """

    def __init__(self, descriptor: int, *, hashed: bool = True) -> None:
        self._descriptor = descriptor
        self._hash = hashlib.sha256() if hashed else None
        self._pending: list[bytes] = []
        self._waiting, self._batch = 0, FIRST
        self._batches: queue.Queue[list[bytes] | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._trouble: OSError | None = None

    def write(self, data: bytes) -> None:
        """Append ``data``.

        Raises:
            OSError: the disk is full; raised for these bytes or for earlier ones.
        """
        self._pending.append(data)
        self._waiting += len(data)
        if self._waiting >= self._batch:
            self._batch = min(2 * self._batch, BATCH)
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
        """Wait until all bytes are in the file.

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
        """Return the SHA-256 of all bytes so far, as 64 hexadecimal digits. Raises the same errors as :meth:`flush`."""
        self.flush()
        assert self._hash is not None, "this file is not hashed"
        return self._hash.hexdigest()

    def close(self) -> None:
        """Wait for the thread to write what it has, and end it."""
        if self._thread is not None:
            self._batches.put(None)
            self._thread.join()
            self._thread = None
