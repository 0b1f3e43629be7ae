"""A clock for tests of time limits."""

from __future__ import annotations


class Clock:
    """A clock in seconds that advances only when a test changes ``now``."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now
