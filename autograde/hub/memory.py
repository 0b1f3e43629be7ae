"""Return freed memory to the system, for a Hub in its own process.

Otherwise, after three hundred concurrent uploads, glibc keeps hundreds of megabytes: it has one arena per thread, and
it raises its threshold for returning blocks whenever a larger block is freed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

#: Parameters of glibc's ``mallopt`` (malloc.h).
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8


@cache
def c_function(name: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where it has none (macOS, musl)."""
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return found


def configure_malloc() -> None:
    """Make glibc return blocks of at least 128 KiB when they are freed, and use one arena for all threads.

    Call it before the first thread starts: glibc settles the number of arenas when a second thread allocates memory.
    """
    if mallopt := c_function("mallopt"):
        mallopt(_MMAP_THRESHOLD, 1 << 17)
        mallopt(_ARENA_MAX, 1)


def release_memory() -> None:
    """Return free memory inside the arena to the system. Takes a few milliseconds."""
    if trim := c_function("malloc_trim"):
        trim(0)
