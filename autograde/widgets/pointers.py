"""Read LFS pointers, and measure the files that they describe."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

#: The first line of every pointer.
VERSION = "version https://git-lfs.github.com/spec/v1"

#: Longest pointer in bytes; git-lfs reads only this much of a file to recognise one.
LONGEST = 1024

_LINES = re.compile(re.escape(VERSION) + r"\noid sha256:(?P<oid>[0-9a-f]{64})\nsize (?P<size>\d+)\n", re.ASCII)


@dataclass(frozen=True)
class PointerFile:
    """An LFS pointer in a file.

    Attributes:
        oid: the SHA-256 of the real file, as 64 hexadecimal digits.
        size: the real file's size in bytes.
        length: the pointer's own size in bytes.
    """

    oid: str
    size: int
    length: int

    @property
    def lines(self) -> tuple[str, str, str]:
        """The pointer's text, line by line."""
        return (VERSION, f"oid sha256:{self.oid}", f"size {self.size}")


@dataclass(frozen=True)
class RealFile:
    """A file's size in bytes and its SHA-256 as hexadecimal digits."""

    size: int
    sha256: str


def read_pointer(path: Path) -> PointerFile | None:
    """Return the pointer in a file; None if the file is not a pointer.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(LONGEST + 1)
    found = _LINES.fullmatch(beginning.decode("latin-1"))
    return PointerFile(found["oid"], int(found["size"]), len(beginning)) if found else None


def measure(path: Path) -> RealFile:
    """Return the size and SHA-256 of a file.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return RealFile(path.stat().st_size, digest.hexdigest())
