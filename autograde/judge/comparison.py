"""Exact comparison of two observations, and the first place where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from autograde.judge.observation import Mapping, Observation, Other, Raised, Sequence, Tensor


class Kind(StrEnum):
    """In what two answers differ."""

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
        path: the way to the place: positions in lists and tuples, names in dictionaries.
        expected: the expected value; for a length or a shape, that number or list.
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
    """What counts as the same.

    Attributes:
        tolerance: largest difference between two floating-point numbers; 0 where whole numbers are meant.
        lists_and_tuples: whether a tuple may stand for a list and the other way round.
        integer_widths: whether int32 may stand for int64 in a tensor.
    """

    tolerance: float = 0.0
    lists_and_tuples: bool = True
    integer_widths: bool = True


#: Lists and tuples are alike, int32 and int64 are alike, everything else is exact.
USUAL = Rules()
#: Nothing is alike: what a wrong model must reproduce to be named.
STRICT = Rules(lists_and_tuples=False, integer_widths=False)

#: Types whose equal values do not differ in anything.
_PLAIN = frozenset({int, bool, str, type(None)})

_WIDTHS = frozenset({"int32", "int64"})


def kind_of(value: Observation) -> type:
    """Return the type of a value. For the comparison, the member of an enumeration of texts is a text."""
    return str if isinstance(value, str) else type(value)


def first_difference(
    expected: Observation, got: Observation, rules: Rules = USUAL, path: tuple[int | str, ...] = ()
) -> Difference | None:
    """The first difference, or None when ``got`` is what was ``expected``.

    Kinds of number are never alike: ``1``, ``1.0`` and ``True`` differ. A length is compared before what is in it, a
    tensor's dtype and shape before its elements. Two exceptions are the same when their types are.
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
            # Two infinities are equal, and their difference is no number.
            close = expected == got or abs(expected - got) <= rules.tolerance or both_nan
            return None if close else differs(Kind.VALUE)
    return None if expected == got else differs(Kind.VALUE)


def _same_plain(expected: tuple[Observation, ...], got: tuple[Observation, ...]) -> bool:
    """Whether both are the same whole numbers and texts, in one step instead of one for each."""
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
