"""Convert a Python object into an observation, the form in which the judge receives an answer.

A learner's object may override ``__eq__``, ``__class__``, ``__len__`` or ``__iter__`` to cheat, so only its real type
is used. An object that cannot be represented is reported by the name of its type.
"""

from __future__ import annotations

import sys
from types import CoroutineType
from typing import Any

import numpy as np

from autograde.judge.observation import (
    DEEPEST,
    DTYPES,
    LARGEST,
    LONGEST_STRING,
    MOST_BYTES,
    MOST_VALUES,
    Mapping,
    Observation,
    Other,
    Sequence,
    Tensor,
)

#: Longest name of a type or a dictionary's key, in characters.
LONGEST_NAME = 100


def observe(value: object) -> Observation:
    """Return the observation of any value, always within the size limits."""
    try:
        return _Observer().observe(value, 0)
    except _TooMuch as reason:
        return Other(type_name(value), str(reason))


class _TooMuch(Exception):
    """Raised when a value exceeds the size limits of an observation."""


def clean_text(text: str, longest: int) -> str:
    """Return the text without lone surrogates, at most ``longest`` characters."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8")


def type_name(value: object) -> str:
    """Return the name of the object's real type."""
    return clean_text(str(type.__getattribute__(type(value), "__name__")), LONGEST_NAME)


class _Observer:
    """Observes one object and counts its values."""

    def __init__(self) -> None:
        self.values = 0
        self.size = 0

    def add(self, size: int) -> None:
        self.size += size
        if self.size > LARGEST:
            raise _TooMuch("too large")

    def observe(self, value: Any, depth: int) -> Observation:
        self.values += 1
        if self.values > MOST_VALUES:
            raise _TooMuch("too many values")
        if depth > DEEPEST:
            raise _TooMuch("nested too deeply")
        kind = type(value)
        if value is None or kind is bool:
            return value  # type: ignore[no-any-return]
        if issubclass(kind, np.bool_):
            return bool(value)
        if issubclass(kind, (int, np.integer)):
            return self.whole_number(int.__index__(value) if issubclass(kind, int) else int(value))
        if issubclass(kind, (float, np.floating)):
            return float.__float__(value) if issubclass(kind, float) else float(value)
        if issubclass(kind, str):
            return self.text(str.__str__(value))
        if issubclass(kind, (list, tuple)):
            return self.sequence(value, list if issubclass(kind, list) else tuple, depth)
        if issubclass(kind, dict):
            return self.mapping(value, depth)
        if issubclass(kind, np.ndarray):
            return self.array(value)
        torch = sys.modules.get("torch")
        if torch is not None and issubclass(kind, torch.Tensor):
            with torch._C.DisableTorchFunctionSubclass():
                if kind not in (torch.Tensor, torch.nn.Parameter):
                    # A subclass may override its shape and dtype; the plain tensor in it cannot.
                    value = torch.Tensor.as_subclass(value, torch.Tensor)
                return self.tensor(value, torch)
        if kind is CoroutineType:
            value.close()  # otherwise Python warns later, on stderr, that it was never awaited
        return self.other(value)

    def other(self, value: object, reason: str = "") -> Other:
        name = type_name(value)
        self.add(len(name) + len(reason))
        return Other(name, reason)

    def whole_number(self, value: int) -> Observation:
        return value if -(2**63) <= value < 2**64 else Other("int", "more than 64 bits")

    def text(self, value: str) -> Observation:
        if len(value) > LONGEST_STRING:
            return Other("str", f"{len(value)} characters")
        self.add(len(value))
        return clean_text(value, LONGEST_STRING)

    def sequence(self, value: Any, base: type, depth: int) -> Observation:
        length = base.__len__(value)  # type: ignore[attr-defined]
        if length + self.values > MOST_VALUES:
            raise _TooMuch("too many values")
        items = base.__iter__(value)  # type: ignore[attr-defined]
        return Sequence(base.__name__, tuple(self.observe(item, depth + 1) for item in items))

    def mapping(self, value: dict[Any, Any], depth: int) -> Observation:
        pairs = [(key, item) for key, item in dict.items(value) if item is not None]
        if len(pairs) + self.values > MOST_VALUES:
            raise _TooMuch("too many values")
        if not all(type(key) is str and len(key) <= LONGEST_NAME for key, _ in pairs):
            return self.other(value)
        self.add(sum(len(key) for key, _ in pairs))
        return Mapping(tuple((clean_text(key, LONGEST_NAME), self.observe(item, depth + 1)) for key, item in pairs))

    def array(self, value: Any) -> Observation:
        plain = np.ndarray.view(value, np.ndarray)
        if plain.dtype.name not in DTYPES:
            return self.other(value, clean_text(plain.dtype.name, LONGEST_NAME))
        data = None
        if plain.size * plain.itemsize <= MOST_BYTES:
            data = plain.astype(DTYPES[plain.dtype.name]).tobytes()
            self.add(len(data))
        return Tensor("numpy", plain.dtype.name, plain.shape, data)

    def tensor(self, value: Any, torch: Any) -> Observation:
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in DTYPES or value.layout is not torch.strided or value.device.type == "meta":
            return self.other(value, dtype)
        # Count the elements before reading them: an expanded tensor is small in memory but large as bytes.
        data = None
        if value.numel() * value.element_size() <= MOST_BYTES:
            data = value.detach().cpu().contiguous().numpy().astype(DTYPES[dtype]).tobytes()
            self.add(len(data))
        return Tensor("torch", dtype, tuple(value.shape), data, bool(value.requires_grad))
