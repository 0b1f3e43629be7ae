"""Arrange this process's memory so that forking it, and running and ending the forked processes, is fast.

Linux copies a table with an entry for each page with every fork, and each page itself when a process first writes to
it. Huge pages make the table small; new objects that are close together need few pages.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

#: ``madvise`` flag that collapses small pages into huge ones synchronously (Linux 6.1 and later).
_MADV_COLLAPSE = 25

#: Size of a huge page in bytes, on the architectures that the sandbox supports.
_LARGE = 2 * 2**20

#: Size in bytes of the blocks that Python takes from the system, and of an object that is stored in one.
_ARENA, _SMALL = 2**20, 480

#: Sizes of objects in the same sizes of gaps, from Python's smallest to its largest, in bytes; and how many bytes fill
#: the gaps of one size.
_SIZES, _GAPS = range(48, 513, 16), 400_000

#: Objects that live as long as the process.
_kept: list[object] = []

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


def reserve(size: int) -> None:
    """Let Python take memory for the objects of libraries at once, so that it is one region, which huge pages can hold.

    Otherwise it lies in blocks of a megabyte between the libraries' own mappings.
    """
    blocks = [bytes(_SMALL - b"".__sizeof__()) for _ in range(size // _SMALL)]
    # One object in each block keeps Python from returning it to the system.
    _kept.append(blocks[:: _ARENA // _SMALL // 2])


def fill_gaps() -> None:
    """Fill the gaps that deleted objects have left, so that new objects are created close together, on new pages."""
    _kept.append([object() for _ in range(_GAPS // object().__sizeof__())])
    _kept.append([float(number) for number in range(_GAPS // 32)])
    _kept.extend([bytes(size - b"".__sizeof__()) for _ in range(_GAPS // size)] for size in _SIZES)
