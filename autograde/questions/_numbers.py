"""Convert tensors with a single whole number, and shapes that are tensors, to plain Python values."""

from __future__ import annotations

from autograde.judge.observation import Observation, Sequence, Tensor, listed

_WHOLE = frozenset({"int8", "int16", "int32", "int64", "uint8"})


def with_plain_numbers(value: Observation) -> Observation:
    """Replace each tensor with a single whole number by a plain number, also in lists and tuples.

    Such a tensor, for example ``tensor[0]``, can be used like a number.
    """
    if isinstance(value, Sequence):
        return Sequence(value.kind, tuple(map(with_plain_numbers, value.items)))
    if isinstance(value, Tensor) and value.shape == () and value.dtype in _WHOLE and value.data is not None:
        return int(value.array())
    return value


def shape_as_list(item: Observation) -> Observation:
    """Convert a tensor or array with a few whole numbers, which is a shape rather than an output, to a list."""
    # A shape has at most three numbers on one axis, while outputs have two or three axes.
    if isinstance(item, Tensor) and len(item.shape) == 1 and item.shape[0] <= 3 and item.dtype in ("int32", "int64"):
        return listed(*map(int, item.array()))
    return item
