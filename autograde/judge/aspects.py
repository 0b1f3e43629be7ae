"""Aspects: which part of an answer a line of the rubric compares."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind, first_difference
from autograde.judge.observation import Mapping, Observation, Sequence

#: Compares the expected with the actual answer; None when the item is right.
Aspect = Callable[[Case, Observation, Observation], Difference | None]


def whole(_case: Case, expected: Observation, got: Observation) -> Difference | None:
    """The aspect that looks at the whole answer."""
    return first_difference(expected, got)


def part(place: int) -> Aspect:
    """The aspect that looks at one part of an answer made of several, a list or a tuple."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        assert isinstance(expected, Sequence)
        if not isinstance(got, Sequence) or len(got.items) != len(expected.items):
            return first_difference(expected, got)
        return first_difference(expected.items[place], got.items[place], path=(place,))

    return compare


def shape_part(place: int) -> Aspect:
    """The aspect that looks at one part of an answer, and that part is a shape: what differs is the whole of it."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        found = part(place)(case, expected, got)
        if found is None or not found.path:
            return found
        assert isinstance(expected, Sequence)
        assert isinstance(got, Sequence)
        return Difference(Kind.SHAPE, (place,), expected.items[place], got.items[place])

    return compare


def entry(*names: str) -> Aspect:
    """The aspect that looks at some entries of an answer that is a dictionary."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        if not isinstance(got, Mapping):
            return first_difference(expected, got)
        assert isinstance(expected, Mapping)
        differences = (first_difference(expected.get(name), got.get(name), path=(name,)) for name in names)
        return next(filter(None, differences), None)

    return compare
