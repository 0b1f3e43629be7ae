"""Return freed memory to the system, for a Hub in its own process.

After three hundred uploads at once, glibc would otherwise keep hundreds of megabytes: one pool for each thread, and
blocks below a limit that it raises whenever a larger one is freed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

#: Parameters of glibc's ``mallopt`` (malloc.h).
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8


def _function(name: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where it has none (macOS, Windows, musl)."""
    try:
        found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):
        return None
    return found


def keep_little() -> None:
    """Give every block of at least 128 KiB back when it is freed, and let all threads share one pool."""
    if mallopt := _function("mallopt"):
        mallopt(_MMAP_THRESHOLD, 1 << 17)
        mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Give free memory inside the pools back. Takes some milliseconds."""
    if trim := _function("malloc_trim"):
        trim(0)
