"""Measure a JSON value of a learner's before anything copies or writes it."""

from __future__ import annotations


def values_in(value: object, most: int, deepest: int) -> int | None:
    """Return how many values a JSON value has in it, itself included.

    None when they are more than ``most``, or on more than ``deepest`` levels.
    """
    level, found = [value], 0
    for _depth in range(deepest):
        found += len(level)
        if found > most:
            return None
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return found
    return None
