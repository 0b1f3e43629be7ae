"""Compare two observations exactly, and find the first difference."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from autograde.judge.observation import Mapping, Observation, Other, Raised, Sequence, Tensor


class Kind(StrEnum):
    """The way in which two answers differ."""

    RAISED = "raised"
    TYPE = "type"
    LENGTH = "length"
    DTYPE = "dtype"
    SHAPE = "shape"
    GRADIENT = "gradient"
    SIZE = "size"
    VALUE = "value"
    EFFECT = "effect"


@dataclass(frozen=True)
class Difference:
    """The first difference between the expected and the actual value.

    Attributes:
        kind: the kind of difference.
        path: path to the difference: positions in lists and tuples, keys in dictionaries.
        expected: the expected value, or the expected length or shape.
        got: the actual value.
        index: the position inside a tensor if ``kind`` is ``VALUE`` and ``path`` leads to a tensor.
    """

    kind: Kind
    path: tuple[int | str, ...]
    expected: Observation
    got: Observation
    index: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rules:
    """Rules for what counts as equal.

    Attributes:
        tolerance: largest difference between two equal floating-point numbers; 0 for whole numbers.
        lists_and_tuples: whether a list and a tuple can be equal.
        integer_widths: whether int32 and int64 tensors can be equal.
    """

    tolerance: float = 0.0
    lists_and_tuples: bool = True
    integer_widths: bool = True


#: Lists equal tuples, int32 equals int64, everything else is exact.
USUAL = Rules()
#: Everything is exact; for matching an answer with a wrong model.
STRICT = Rules(lists_and_tuples=False, integer_widths=False)

#: Types whose equal values are identical in every respect.
_PLAIN = frozenset({int, bool, str, type(None)})

_WIDTHS = frozenset({"int32", "int64"})


def kind_of(value: Observation) -> type:
    """Return the type of a value; a member of a string enumeration counts as a string."""
    return str if isinstance(value, str) else type(value)


def first_difference(
    expected: Observation, got: Observation, rules: Rules = USUAL, path: tuple[int | str, ...] = ()
) -> Difference | None:
    """Return the first difference, or None if ``got`` equals ``expected``.

    Different kinds of numbers are never equal: ``1``, ``1.0`` and ``True`` differ. Lengths are compared before
    elements, and a tensor's dtype and shape before its data. Two exceptions are equal if their types are.
    """

    def differs(kind: Kind, wanted: Observation = expected, found: Observation = got) -> Difference:
        return Difference(kind, path, wanted, found)

    if isinstance(got, Raised) or isinstance(expected, Raised):
        same = isinstance(got, Raised) and isinstance(expected, Raised) and got.type == expected.type
        return None if same else differs(Kind.RAISED)
    if kind_of(expected) is not kind_of(got):
        return differs(Kind.TYPE)
    match expected, got:
        case Sequence(), Sequence():
            if expected.kind != got.kind and not rules.lists_and_tuples:
                return differs(Kind.TYPE)
            if len(expected.items) != len(got.items):
                return differs(Kind.LENGTH, len(expected.items), len(got.items))
            if _same_plain(expected.items, got.items):
                return None
            found = (
                first_difference(wanted, got.items[place], rules, (*path, place))
                for place, wanted in enumerate(expected.items)
            )
            return next(filter(None, found), None)
        case Mapping(), Mapping():
            if [name for name, _ in expected.items] != [name for name, _ in got.items]:
                return differs(Kind.TYPE)
            found = (first_difference(wanted, got.get(name), rules, (*path, name)) for name, wanted in expected.items)
            return next(filter(None, found), None)
        case Tensor(), Tensor():
            return _tensors(expected, got, rules, path)
        case Other(), _:
            return None if expected == got else differs(Kind.TYPE)
        case float(), float():
            both_nan = expected != expected and got != got
            # Two infinities are equal, but their difference is NaN.
            close = expected == got or abs(expected - got) <= rules.tolerance or both_nan
            return None if close else differs(Kind.VALUE)
    return None if expected == got else differs(Kind.VALUE)


def _same_plain(expected: tuple[Observation, ...], got: tuple[Observation, ...]) -> bool:
    """Return whether both contain the same whole numbers and strings, in one step instead of one per element."""
    kinds = list(map(type, expected))
    return _PLAIN.issuperset(kinds) and kinds == list(map(type, got)) and expected == got


def _tensors(expected: Tensor, got: Tensor, rules: Rules, path: tuple[int | str, ...]) -> Difference | None:
    if expected.library != got.library:
        return Difference(Kind.TYPE, path, expected, got)
    alike = rules.integer_widths and {expected.dtype, got.dtype} <= _WIDTHS
    if expected.dtype != got.dtype and not alike:
        return Difference(Kind.DTYPE, path, expected, got)
    if expected.shape != got.shape:
        return Difference(Kind.SHAPE, path, expected, got)
    if expected.gradient != got.gradient:
        return Difference(Kind.GRADIENT, path, expected.gradient, got.gradient)
    if got.data is None or expected.data is None:
        return Difference(Kind.SIZE, path, expected, got)
    wanted, found = expected.array(), got.array()
    if wanted.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            off = ~(
                (np.abs(wanted - found) <= rules.tolerance) | (wanted == found) | (np.isnan(wanted) & np.isnan(found))
            )
    else:
        off = wanted != found
    if not off.any():
        return None
    index = tuple(int(place) for place in np.argwhere(off)[0])
    return Difference(Kind.VALUE, path, wanted[index].item(), found[index].item(), index)
