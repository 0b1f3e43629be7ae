"""Write incoming bytes to a file and hash them on a separate thread.

Writing and hashing 90 MiB takes as long as receiving them, and a slow disk would block every other request if the event
loop waited for it. Both release the GIL, so a separate thread does them a megabyte at a time. Short contents don't need
the thread.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import queue
import threading
from collections.abc import Callable, Sequence

from autograde.hub.memory import c_function

#: Bytes written at a time. Large, because each system call releases the GIL and has to wait for it again. The first
#: batches are smaller, because each of hundreds of concurrent uploads may have one in memory.
BATCH, FIRST = 1 << 20, 1 << 17
#: Batches that may wait. A sender faster than the disk then has to wait too.
_WAITING = 8
#: Batches of more pieces than this are joined before they are written.
_PIECES = 64
#: Start flushing to disk after this many bytes, so that the final flush is short.
_AHEAD = 8 << 20

#: ``SYNC_FILE_RANGE_WRITE`` of Linux: start writing, and do not wait.
_START_WRITING = 2

Bytes = bytes | memoryview


class Drain:
    """A file being written, and the SHA-256 of its bytes.

    Only one thread at a time may use it. Always call :meth:`close` at the end.

    Args:
        descriptor: open file descriptor, which the caller closes; None if the bytes are only for ``also``.
        hashed: whether to compute the SHA-256.
        ahead: whether to start flushing to disk early, because the bytes will be flushed at the end.
        also: called with every batch after it was written, in the same thread. The next :meth:`write` or :meth:`flush`
            raises its exceptions.
    """

    def __init__(
        self,
        descriptor: int | None,
        *,
        hashed: bool = True,
        ahead: bool = False,
        also: Callable[[Sequence[Bytes]], None] | None = None,
    ) -> None:
        self._descriptor, self._also = descriptor, also
        self._hash = hashlib.sha256() if hashed else None
        self._ahead = ahead
        self._written = self._started = 0
        self._pending: list[Bytes] = []
        self._length, self._batch = 0, FIRST
        self._batches: queue.SimpleQueue[list[Bytes] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(_WAITING)
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        self._when_room: Callable[[], object] | None = None

    def write(self, data: Bytes) -> None:
        """Append ``data``, which must not change afterwards. Waits while too many bytes wait for the disk.

        Raises:
            OSError: the disk is full; raised for these bytes or for earlier ones.
        """
        self._pending.append(data)
        self._length += len(data)
        if self._length >= self._batch:
            self._batch = min(2 * self._batch, BATCH)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="hub:drain", daemon=True)
                self._thread.start()
            self._room.acquire()
            self._batches.put(self._pending)
            self._pending, self._length = [], 0
            if self._error:
                raise self._error

    def write_here(self, batch: list[Bytes]) -> None:
        """Append these bytes in the calling thread, after the earlier ones. Raises the same errors as :meth:`write`.

        For a thread that has nothing else to do: two threads would wait for each other's turn in the interpreter, up to
        5 ms each time, which is longer than writing and hashing a megabyte.
        """
        self.flush()
        self._take(batch)

    def is_full(self, when_room: Callable[[], object]) -> bool:
        """Return whether the next :meth:`write` may have to wait; then ``when_room`` is called later, in a thread."""
        if self._room.acquire(blocking=False):
            self._room.release()
            return False
        self._when_room = when_room
        # There may have been room again before the thread could see the function.
        if self._room.acquire(blocking=False):
            self._room.release()
            self._notify()
        return True

    def _notify(self) -> None:
        when_room, self._when_room = self._when_room, None
        if when_room is not None:
            when_room()

    def _work(self) -> None:
        while (batch := self._batches.get()) is not None:
            if self._error is None:
                try:
                    self._take(batch)
                except Exception as error:
                    self._error = error
            del batch
            self._room.release()
            self._notify()

    def _take(self, batch: list[Bytes]) -> None:
        if len(batch) > _PIECES:
            batch = [b"".join(batch)]
        if self._descriptor is not None:
            self._written += _write(self._descriptor, batch)
        if self._descriptor is not None and self._ahead and self._written - self._started >= _AHEAD:
            _start_writing(self._descriptor, self._started, self._written - self._started)
            self._started = self._written
        if self._hash is not None:
            for piece in batch:
                self._hash.update(piece)
        if self._also is not None:
            self._also(batch)

    def flush(self) -> None:
        """Wait until all bytes are in the file.

        Raises:
            OSError: the disk is full.
        """
        self.close()
        if self._error:
            raise self._error
        if self._pending:
            batch, self._pending, self._length = self._pending, [], 0
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


def _start_writing(descriptor: int, offset: int, length: int) -> None:
    """Start flushing these bytes of a file to disk, where the system supports it."""
    if start := c_function("sync_file_range"):
        start(descriptor, ctypes.c_int64(offset), ctypes.c_int64(length), ctypes.c_uint(_START_WRITING))


def _write(descriptor: int, batch: list[Bytes]) -> int:
    """Write all of these bytes with as few system calls as possible; return their number."""
    size = sum(map(len, batch))
    written = os.writev(descriptor, batch)
    if written < size:
        rest = memoryview(b"".join(batch))[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    return size
