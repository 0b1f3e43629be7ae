"""Git LFS pointers: the short text that Git stores instead of a large file (git-lfs, docs/spec.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Size limit of a pointer in bytes. A larger blob cannot be a pointer, so it need not be read.
MAX_POINTER = 1024

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n"
)
_OID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LfsPointer:
    """An LFS pointer: the SHA-256 of the content (64 hexadecimal digits) and its size in bytes."""

    oid: str
    size: int

    def text(self) -> bytes:
        """Return the content of the pointer file."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.oid}\nsize {self.size}\n".encode()


def parse_pointer(content: bytes) -> LfsPointer | None:
    """Parse an LFS pointer; return None when ``content`` is any other file."""
    if len(content) > MAX_POINTER:
        return None
    found = _POINTER.fullmatch(content)
    return LfsPointer(found[1].decode(), int(found[2])) if found else None


def is_oid(text: object) -> bool:
    """Return whether ``text`` is a SHA-256 in hexadecimal."""
    return isinstance(text, str) and _OID.fullmatch(text) is not None
