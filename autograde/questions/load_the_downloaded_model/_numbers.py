"""2.6: whole numbers that a learner took out of a tensor."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.observation import Observation, Sequence, Tensor

_WHOLE = frozenset({"int8", "int16", "int32", "int64", "uint8"})


def with_plain_numbers(_case: Case, value: Observation) -> Observation:
    """Return the value with a plain number in place of each tensor that is one whole number, in lists and tuples too.

    A number that was taken out of a tensor or array, as in ``tensor[0]``, can be used like any other.
    """
    if isinstance(value, Sequence):
        return Sequence(value.kind, tuple(with_plain_numbers(_case, item) for item in value.items))
    if isinstance(value, Tensor) and value.shape == () and value.dtype in _WHOLE and value.data is not None:
        return int(value.array())
    return value
