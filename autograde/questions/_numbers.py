"""Whole numbers that a learner took out of a tensor, and shapes that are tensors."""

from __future__ import annotations

from autograde.judge.observation import Observation, Sequence, Tensor, listed

_WHOLE = frozenset({"int8", "int16", "int32", "int64", "uint8"})


def with_plain_numbers(value: Observation) -> Observation:
    """Return the value with a plain number in place of each tensor that is one whole number, in lists and tuples too.

    A number that was taken out of a tensor or array, as in ``tensor[0]``, can be used like any other.
    """
    if isinstance(value, Sequence):
        return Sequence(value.kind, tuple(map(with_plain_numbers, value.items)))
    if isinstance(value, Tensor) and value.shape == () and value.dtype in _WHOLE and value.data is not None:
        return int(value.array())
    return value


def shape_as_list(item: Observation) -> Observation:
    """Return a list in place of a tensor or array of a few whole numbers: of a shape, not of the outputs themselves."""
    # The longest shape has three numbers; the outputs have two or three axes.
    if isinstance(item, Tensor) and len(item.shape) == 1 and item.shape[0] <= 3 and item.dtype in ("int32", "int64"):
        return listed(*map(int, item.array()))
    return item
