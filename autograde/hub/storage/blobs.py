"""Blob storage: large contents under their SHA-256, written once and never changed.

The rest of the Hub uses :meth:`BlobStore.has`, :meth:`~BlobStore.open`, :meth:`~BlobStore.writer` and
:meth:`~BlobStore.remove`. Only this module and :mod:`autograde.hub.web.sending` rely on a blob being a file.

A writer streams into ``tmp/`` on the same file system and hashes the bytes as they arrive. Only a complete, flushed and
verified file is renamed into place, so ``kill -9`` can leave a temporary file but never an incomplete blob.
"""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from autograde.hub.storage.drain import Bytes, Drain


class BlobRefused(Exception):
    """Raised when an upload doesn't match its announced size or hash. Nothing is stored."""


class BlobWriter:
    """Writer for a new blob. Use it as a context manager: leaving without :meth:`commit` discards the bytes."""

    def __init__(
        self, store: BlobStore, *, hashed: bool, also: Callable[[Sequence[Bytes]], None] | None = None
    ) -> None:
        self._store = store
        self._descriptor, name = tempfile.mkstemp(dir=store.temporary)
        self._path = Path(name)
        # Unhashed contents are xorbs, which are flushed on few systems only.
        self._drain = Drain(self._descriptor, hashed=hashed, ahead=hashed and store.durable, also=also)
        self._open = True
        self._flushed = -1
        #: Number of bytes that another store has too, see :meth:`BlobStore.share`.
        self._shared: int | None = None
        self.size = 0

    def write(self, data: Bytes) -> None:
        """Append ``data``.

        Raises:
            OSError: the disk is full.
        """
        self._drain.write(data)
        self.size += len(data)

    def write_here(self, batch: list[Bytes]) -> None:
        """Append these bytes in the calling thread: faster if it would otherwise only wait. Raises as :meth:`write`."""
        self._drain.write_here(batch)
        self.size += sum(map(len, batch))

    def is_full(self, when_room: Callable[[], object]) -> bool:
        """Return whether :meth:`write` may have to wait for the disk; then ``when_room`` is called later, in a
        thread."""
        return self._drain.is_full(when_room)

    @contextmanager
    def mapped(self) -> Iterator[bytes | mmap.mmap]:
        """Map the bytes received so far into memory, without loading them."""
        self._drain.flush()
        if not self.size:
            yield b""
            return
        with self._path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data

    def keep(self, target: Path) -> str:
        """Move the received bytes to ``target``, outside the store, as one part of an upload; return their SHA-256."""
        digest = self._drain.hexdigest()
        self._close()
        os.replace(self._path, target)
        return digest

    def commit(self, *, oid: str | None = None, size: int | None = None) -> str:
        """Move the blob into the store and return its SHA-256.

        Raises:
            BlobRefused: the SHA-256 is not ``oid``, or the length is not ``size``.
        """
        actual = self._drain.hexdigest()
        if size is not None and size != self.size:
            raise BlobRefused(f"{self.size} bytes were received, but {size} were announced")
        if oid is not None and oid != actual:
            raise BlobRefused(f"the content's SHA-256 is {actual}, not {oid}")
        self._put(actual)
        return actual

    def commit_as(self, name: str) -> None:
        """Move the received bytes into the store under ``name``, which need not be their hash.

        Raises:
            OSError: the disk is full.
        """
        self._put(name)

    def wait(self) -> None:
        """Wait until all bytes are written and passed to ``also``.

        Raises:
            OSError: the disk is full.
            Exception: what ``also`` raised.
        """
        self._drain.flush()

    def flush(self) -> None:
        """Wait until all bytes are on the disk.

        Call it before a transaction that commits the blob, because other requests wait for that transaction.

        Raises:
            OSError: the disk is full.
        """
        self._drain.flush()
        if self._store.durable and self._flushed < self.size:
            os.fsync(self._descriptor)
            self._flushed = self.size

    def _put(self, name: str) -> None:
        if not self._store.has(name):
            self.flush()
            self._close()
            self._store.adopt(self._path, name)

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._drain.close()
            os.close(self._descriptor)

    def __enter__(self) -> BlobWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Close the file, and remove it unless it was committed."""
        if self._open and self._shared is not None:
            self._drain.close()
            os.ftruncate(self._descriptor, self._shared)
        self._close()
        self._path.unlink(missing_ok=True)

    def share(self, path: Path) -> None:
        """Hard-link the file, with its bytes so far, to ``path``; copy it if the file system has no hard links.

        Bytes that are written later are truncated unless the file becomes a blob.

        Raises:
            OSError: the disk is full.
        """
        self.wait()
        try:
            os.link(self._path, path)
        except OSError:
            shutil.copyfile(self._path, path)
        os.chmod(path, 0o444)
        self._shared = self.size


class BlobStore:
    """Blobs in a folder, each at ``ab/cd/<sha256>``.

    Args:
        root: folder of the finished blobs.
        temporary: folder for unfinished blobs, on the same file system.
        durable: whether a finished blob survives a power failure.
    """

    def __init__(self, root: Path, temporary: Path, *, durable: bool) -> None:
        self.root, self.temporary, self.durable = root, temporary, durable
        root.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(parents=True, exist_ok=True)

    def path(self, oid: str) -> Path:
        """Return the path of a blob, which need not exist."""
        return self.root / oid[:2] / oid[2:4] / oid

    def has(self, oid: str) -> bool:
        """Return whether the store has this blob. This doesn't say who may read it."""
        return self.path(oid).is_file()

    def open(self, oid: str) -> BinaryIO:
        """Open a blob for reading; the stream is seekable.

        Raises:
            FileNotFoundError: there is no such blob.
        """
        return self.path(oid).open("rb")

    def remove(self, oid: str) -> None:
        """Delete a blob. Streams that are already open stay readable."""
        self.path(oid).unlink(missing_ok=True)

    def writer(self, *, hashed: bool = True, also: Callable[[Sequence[Bytes]], None] | None = None) -> BlobWriter:
        """Return a writer for a new blob. Without ``hashed``, commit it with :meth:`BlobWriter.commit_as`.

        ``also`` is called with the bytes after they are written: see :class:`~autograde.hub.storage.drain.Drain`.
        """
        return BlobWriter(self, hashed=hashed, also=also)

    def share(self, writer: BlobWriter, name: str) -> None:
        """Add the bytes that a writer of another store has so far to this store, without copying them.

        The stored file may become longer than these bytes, because the writer may append to it.

        Raises:
            OSError: the disk is full.
        """
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        writer.share(target)
        if self.durable:
            writer.flush()
            self._sync_folders(target)

    def adopt(self, file: Path, name: str) -> None:
        """Move a finished file into the store. The caller has verified that the name of a blob is its SHA-256."""
        target = self.path(name)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(file, 0o444)
        os.replace(file, target)
        if self.durable:
            self._sync_folders(target)

    def _sync_folders(self, target: Path) -> None:
        for folder in (target.parent, target.parent.parent, self.root):
            sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, so that a rename in it survives a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
