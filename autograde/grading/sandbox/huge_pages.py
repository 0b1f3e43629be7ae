"""Move this process's memory into huge pages, which halves the time for forking and for ending the forked processes."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

#: ``madvise`` flag that collapses small pages into huge ones synchronously (Linux 6.1 and later).
_MADV_COLLAPSE = 25

#: Size of a huge page in bytes, on the architectures that the sandbox supports.
_LARGE = 2 * 2**20

_OWN_MEMORY = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0\s*(?:\[heap\])?$", re.MULTILINE)


def collect() -> None:
    """Move the memory of Python's objects and of the C heap into huge pages, if the system supports it."""
    library = ctypes.CDLL(None)
    for found in _OWN_MEMORY.finditer(Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")):
        begin, end = (int(place, 16) for place in found.groups())
        begin = -(-begin // _LARGE) * _LARGE
        if begin + _LARGE <= end:
            # On an older system, this fails without effect.
            library.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_COLLAPSE)
