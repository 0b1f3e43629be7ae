"""Format times and sizes for the Hub's clients and pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

#: The first and the last moment with a four-digit year, in milliseconds since 1970.
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999


def iso(milliseconds: int) -> str:
    """Format milliseconds since 1970 as ``2026-11-22T08:30:00.000Z``: UTC, with a literal ``Z``.

    Times outside the years 1 to 9999 are clamped, because a pushed commit may have any date.
    """
    milliseconds = min(max(milliseconds, _FIRST), _LAST)
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
    )


def ago(milliseconds: int, now: int, _: Callable[[str], str]) -> str:
    """Return how long ago a time was, in words: ``3 minutes ago``."""
    seconds = max(now - milliseconds, 0) // 1000
    if seconds < 60:
        return _("just now")
    for length, one, many in (
        (86400, _("1 day ago"), _("{n} days ago")),
        (3600, _("1 hour ago"), _("{n} hours ago")),
        (60, _("1 minute ago"), _("{n} minutes ago")),
    ):
        if seconds >= length:
            return one if seconds // length == 1 else many.format(n=seconds // length)
    raise AssertionError(seconds)


def size_text(size: int) -> str:
    """Format a size in bytes for people: ``438 MB``. Uses powers of ten, as huggingface.co does."""
    number, unit = float(size), "Bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        # Round to three digits first: 999 999 bytes are 1 MB, not 1000 kB.
        if float(f"{number:.3g}") < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:.3g} {unit}"
