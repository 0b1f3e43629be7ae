"""The blob port: large contents by their SHA-256, written once and never changed.

The rest of the Hub asks :meth:`BlobStore.has`, :meth:`~BlobStore.open`, :meth:`~BlobStore.writer` and
:meth:`~BlobStore.remove`; only :mod:`autograde.hub.web.sending` and this module know that a blob is a file.

A writer streams into ``tmp/`` on the same file system, hashes as it goes, and only a whole, flushed and verified file
is renamed into place: after ``kill -9`` there may be a stray temporary file, never half a blob (hub-study, 3).
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from autograde.hub.storage.drain import Drain


class BlobRefused(Exception):
    """What arrived is not what was announced; the message says how. Nothing was kept."""


class BlobWriter:
    """A blob on its way in. Use as a context manager: leaving it without :meth:`commit` throws the bytes away."""

    def __init__(self, store: BlobStore, *, hashed: bool) -> None:
        self._store = store
        self._descriptor, name = tempfile.mkstemp(dir=store.temporary)
        self._path = Path(name)
        self._drain = Drain(self._descriptor, hashed=hashed)
        self._open = True
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            OSError: the disk is full.
        """
        self._drain.write(data)
        self.size += len(data)

    @contextmanager
    def mapped(self) -> Iterator[bytes | mmap.mmap]:
        """What has arrived so far, to be looked at without loading it."""
        self._drain.flush()
        if not self.size:
            yield b""
            return
        with self._path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data

    def keep(self, target: Path) -> str:
        """Put what has arrived at ``target``, outside the store, and return its SHA-256: a part of a larger upload."""
        digest = self._drain.hexdigest()
        self._close()
        os.replace(self._path, target)
        return digest

    def commit(self, *, oid: str | None = None, size: int | None = None) -> str:
        """Put the blob in its place and return its SHA-256.

        Raises:
            BlobRefused: the bytes are not those of ``oid``, or not ``size`` many.
        """
        actual = self._drain.hexdigest()
        if size is not None and size != self.size:
            raise BlobRefused(f"{self.size} bytes arrived where {size} were announced")
        if oid is not None and oid != actual:
            raise BlobRefused(f"the content's SHA-256 is {actual}, not {oid}")
        self._put(actual)
        return actual

    def commit_as(self, name: str) -> None:
        """Put what has arrived in its place under a new name that says nothing of its bytes.

        Raises:
            OSError: the disk is full.
        """
        self._drain.flush()
        self._put(name)

    def _put(self, name: str) -> None:
        if self._store.durable:
            os.fsync(self._descriptor)
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
        self._close()
        self._path.unlink(missing_ok=True)


class BlobStore:
    """Blobs in a folder, ``ab/cd/<sha256>``.

    Args:
        root: the folder of finished blobs.
        temporary: where blobs grow; on the same file system. Left-overs of a crash are removed at the start.
        durable: whether a finished blob survives a loss of power.
    """

    def __init__(self, root: Path, temporary: Path, *, durable: bool) -> None:
        self.root, self.temporary, self.durable = root, temporary, durable
        root.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(parents=True, exist_ok=True)

    def path(self, oid: str) -> Path:
        """Where the blob is, or would be."""
        return self.root / oid[:2] / oid[2:4] / oid

    def has(self, oid: str) -> bool:
        """Whether the whole blob is here. Says nothing about who may have it."""
        return self.path(oid).is_file()

    def open(self, oid: str) -> BinaryIO:
        """The blob's bytes, to be read from anywhere in them.

        Raises:
            FileNotFoundError: there is no such blob.
        """
        return self.path(oid).open("rb")

    def remove(self, oid: str) -> None:
        """Let go of a blob; whoever has it open goes on reading."""
        self.path(oid).unlink(missing_ok=True)

    def writer(self, *, hashed: bool = True) -> BlobWriter:
        """A writer for a new blob; one that is not ``hashed`` gets its name from whoever commits it."""
        return BlobWriter(self, hashed=hashed)

    def adopt(self, file: Path, oid: str) -> None:
        """Move a finished file, whose SHA-256 the caller has checked, into the store."""
        target = self.path(oid)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(file, 0o444)
        os.replace(file, target)
        if self.durable:
            for folder in (target.parent, target.parent.parent, self.root):
                sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it survives a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
