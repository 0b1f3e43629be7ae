"""Spool the large files of a commit to a temporary file, so that many large commits at once need little memory."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

#: Contents of at least this many bytes are kept in a file.
LARGE = 1 << 15

_PIECE = 1 << 20


def temporary_file(folder: Path) -> BinaryIO:
    """Return an unnamed file; the system deletes it when it is closed, or when this process ends."""
    return cast("BinaryIO", tempfile.TemporaryFile(dir=folder))


@dataclass(frozen=True)
class SpooledBytes:
    """Bytes in an open file.

    Attributes:
        file: the file; it must stay open as long as this is used.
        start: offset of the first byte.
        size: number of bytes.
    """

    file: BinaryIO
    start: int
    size: int

    def read(self, limit: int | None = None) -> bytes:
        """Return the bytes, or at most the first ``limit`` of them."""
        return os.pread(self.file.fileno(), self.size if limit is None else min(limit, self.size), self.start)

    def copy_to(self, target: BinaryIO) -> None:
        """Append the bytes to another file, a megabyte at a time."""
        for done in range(0, self.size, _PIECE):
            target.write(os.pread(self.file.fileno(), min(_PIECE, self.size - done), self.start + done))


class Spool:
    """A file that large contents are appended to. A context manager: leaving it deletes the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._end = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, content: bytes) -> bytes | SpooledBytes:
        """Append a content and return its location; return a short one unchanged."""
        if len(content) < LARGE:
            return content
        if self._file is None:
            self._file = temporary_file(self._folder)
        self._file.write(content)
        self._file.flush()
        self._end += len(content)
        return SpooledBytes(self._file, self._end - len(content), len(content))
