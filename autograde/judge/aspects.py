"""Aspects: the part of an answer that a rubric item compares."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind, first_difference
from autograde.judge.observation import Mapping, Observation, Sequence

#: Compares the expected with the actual answer and returns the difference; None if the item is right.
Aspect = Callable[[Case, Observation, Observation], Difference | None]


def whole(_case: Case, expected: Observation, got: Observation) -> Difference | None:
    """Compare the complete answers."""
    return first_difference(expected, got)


def part(place: int) -> Aspect:
    """Return the aspect that compares one element of an answer that is a list or tuple."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        assert isinstance(expected, Sequence)
        if not isinstance(got, Sequence) or len(got.items) != len(expected.items):
            return first_difference(expected, got)
        return first_difference(expected.items[place], got.items[place], path=(place,))

    return compare


def shape_part(place: int) -> Aspect:
    """Return the aspect that compares one element that is a shape, and reports a difference of the complete shape."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        found = part(place)(case, expected, got)
        if found is None or not found.path:
            return found
        assert isinstance(expected, Sequence)
        assert isinstance(got, Sequence)
        return Difference(Kind.SHAPE, (place,), expected.items[place], got.items[place])

    return compare


def entry(*names: str) -> Aspect:
    """Return the aspect that compares some entries of an answer that is a dictionary."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        if not isinstance(got, Mapping):
            return first_difference(expected, got)
        assert isinstance(expected, Mapping)
        differences = (first_difference(expected.get(name), got.get(name), path=(name,)) for name in names)
        return next(filter(None, differences), None)

    return compare
