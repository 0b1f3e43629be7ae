"""Measure a learner's JSON value before it is copied or written."""

from __future__ import annotations


def values_in(value: object, most: int, deepest: int) -> int | None:
    """Return the number of values in a JSON value, including itself.

    Return None if there are more than ``most``, or more than ``deepest`` levels.
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
