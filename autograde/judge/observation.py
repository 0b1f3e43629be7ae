"""Observations: the result of an answer in a small, closed JSON format.

A learner's process sends only observations: no pickles, no code, no objects with a forged ``__eq__``. Numbers keep
their type (``1``, ``1.0`` and ``True`` are different), tensors are sent as dtype, shape and bytes, exceptions as name
and message, and any other value as the name of its type.

In JSON, ``None``, booleans, integers, finite floats and strings represent themselves; everything else is an object
with a single key that names the form::

    {"list": [0, 0, 1]}   {"tuple": [1, 12, 48]}   {"dict": [["last_hidden_state", ...]]}   {"float": "nan"}
    {"tensor": {"library": "torch", "dtype": "int64", "shape": [1, 12], "gradient": false, "data": "base64"}}
    {"raised": {"type": "ValueError", "message": "102 is not in list", "line": "k = index.index(102)"}}
    {"other": {"type": "generator", "reason": ""}}
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from autograde.errors import MalformedEvidence

#: Largest JSON text of one set of replies, in characters.
LARGEST_TEXT = 16_000_000
#: Most values in one observation, including nested ones.
MOST_VALUES = 4_000
#: Deepest nesting of lists, tuples and dictionaries.
DEEPEST = 8
#: Longest string, in characters; a longer one cannot be represented.
LONGEST_STRING = 2_000
#: Most bytes of a tensor's data; a larger tensor is sent without its data.
MOST_BYTES = 1 << 16
#: Most bytes and characters of all tensors and strings in one observation together.
LARGEST = 1 << 17
#: Most axes of a tensor.
MOST_AXES = 16

#: The supported dtypes, with the NumPy dtype of their bytes.
DTYPES = {
    "bool": "?",
    **{f"{sign}int{8 * size}": f"<{kind}{size}" for sign, kind in (("", "i"), ("u", "u")) for size in (1, 2, 4, 8)},
    "float16": "<f2",
    "float32": "<f4",
    "float64": "<f8",
}


@dataclass(frozen=True)
class Sequence:
    """A Python list or tuple; ``kind`` is ``"list"`` or ``"tuple"``."""

    kind: str
    items: tuple[Observation, ...]


@dataclass(frozen=True)
class Mapping:
    """A dictionary, or a model's output, with strings as keys, in its order."""

    items: tuple[tuple[str, Observation], ...]

    def get(self, name: str) -> Observation:
        """Return the value of ``name``; None if it is missing."""
        return next((value for key, value in self.items if key == name), None)

    def mapping(self, name: str) -> Mapping:
        """Return the dictionary under ``name``; an empty one if it is missing."""
        found = self.get(name)
        return found if isinstance(found, Mapping) else Mapping(())

    def sequence(self, name: str) -> tuple[Observation, ...]:
        """Return the items of the list or tuple under ``name``; an empty tuple if it is missing."""
        found = self.get(name)
        return found.items if isinstance(found, Sequence) else ()


@dataclass(frozen=True)
class Tensor:
    """A torch tensor or a NumPy array.

    Attributes:
        library: ``"torch"`` or ``"numpy"``.
        dtype: a key of :data:`DTYPES`.
        shape: the length of each axis.
        data: the elements, little-endian and in C order; None if there are more than :data:`MOST_BYTES`.
        gradient: whether torch records its gradient (``requires_grad``).
    """

    library: str
    dtype: str
    shape: tuple[int, ...]
    data: bytes | None
    gradient: bool = False

    def array(self) -> np.ndarray:
        """Return the elements as a read-only array of :attr:`shape`.

        Raises:
            ValueError: the tensor was sent without its data.
        """
        if self.data is None:
            raise ValueError("the tensor was too large to travel with its data")
        return np.frombuffer(self.data, DTYPES[self.dtype]).reshape(self.shape)


@dataclass(frozen=True)
class Raised:
    """An exception instead of an answer; ``line`` is the learner's own line, ``""`` if unknown."""

    type: str
    message: str = ""
    line: str = ""


@dataclass(frozen=True)
class Other:
    """A value that cannot be represented: only its type's name, and the reason if the type does not explain it."""

    type: str
    reason: str = ""


Observation: TypeAlias = bool | int | float | str | Sequence | Mapping | Tensor | Raised | Other | None


def listed(*items: Observation) -> Sequence:
    """Return a list of ``items``."""
    return Sequence("list", items)


def tupled(*items: Observation) -> Sequence:
    """Return a tuple of ``items``."""
    return Sequence("tuple", items)


def whole_numbers(observation: Observation) -> list[int]:
    """Return the whole numbers in a list or tuple, in order."""
    return [item for item in observation.items if isinstance(item, int)] if isinstance(observation, Sequence) else []


def tensor(values: object, dtype: str, *, library: str = "torch", gradient: bool = False) -> Tensor:
    """Return a tensor made from nested lists or an array."""
    array = np.array(values, DTYPES[dtype])
    return Tensor(library, dtype, array.shape, array.tobytes(), gradient)


def to_json(observation: Observation) -> object:
    """Return the observation as a JSON value (see the module's docstring)."""
    match observation:
        case Sequence(kind, items):
            return {kind: [to_json(item) for item in items]}
        case Mapping(items):
            return {"dict": [[name, to_json(value)] for name, value in items]}
        case Tensor(library, dtype, shape, data, gradient):
            return {
                "tensor": {
                    "library": library,
                    "dtype": dtype,
                    "shape": list(shape),
                    "gradient": gradient,
                    "data": None if data is None else base64.b64encode(data).decode("ascii"),
                }
            }
        case Raised(name, message, line):
            return {"raised": {"type": name, "message": message, "line": line}}
        case Other(name, reason):
            return {"other": {"type": name, "reason": reason}}
        case float() if not math.isfinite(observation):
            return {"float": str(observation)}
        case _:
            return observation


def from_json(value: object) -> Observation:
    """Return the observation in a JSON value.

    Raises:
        MalformedEvidence: ``value`` is not a valid observation, or too large.
    """
    return _ObservationReader().read(value, 0)


def dumps(value: object) -> str:
    """Return a JSON value as one line of text, always the same for equal values."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def loads(text: str) -> object:
    """Parse a JSON text from the other side.

    Raises:
        MalformedEvidence: it is not JSON, larger than :data:`LARGEST_TEXT`, nested too deeply, or has a duplicate key.
    """
    if len(text) > LARGEST_TEXT:
        raise _malformed(f"{len(text)} characters are more than {LARGEST_TEXT}")
    try:
        return json.loads(text, object_pairs_hook=_reject_duplicate_keys, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _malformed(str(error)) from error


def _reject_duplicate_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _malformed(reason: str) -> MalformedEvidence:
    return MalformedEvidence(f"What came back from the notebook cannot be read: {reason}.")


class _ObservationReader:
    """Reads one observation and enforces the limits on its size."""

    def __init__(self) -> None:
        self.values = 0
        self.size = 0

    def add(self, size: int) -> None:
        self.size += size
        if self.size > LARGEST:
            raise _malformed(f"an answer holds more than {LARGEST} bytes and characters")

    def read(self, value: object, depth: int) -> Observation:
        self.values += 1
        if self.values > MOST_VALUES:
            raise _malformed(f"an answer holds more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise _malformed(f"an answer is nested deeper than {DEEPEST}")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            if not -(2**63) <= value < 2**64:
                raise _malformed("a whole number has more than 64 bits")
            return value
        if isinstance(value, float):
            if not math.isfinite(value):
                raise _malformed("a number that is not finite is not JSON")
            return value
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, dict) and len(value) == 1:
            ((form, content),) = value.items()
            return self.form(form, content, depth)
        raise _malformed(f"{type(value).__name__} is not a form of an answer")

    def form(self, form: str, content: object, depth: int) -> Observation:
        match form, content:
            case (("list" | "tuple"), list()):
                return Sequence(form, tuple(self.read(item, depth + 1) for item in content))
            case "dict", list():
                return Mapping(tuple(self.pair(item, depth) for item in content))
            case "float", ("nan" | "inf" | "-inf") as text:
                return float(text)
            case "tensor", {
                "library": library,
                "dtype": dtype,
                "shape": shape,
                "gradient": gradient,
                "data": data,
                **rest,
            } if not rest:
                return self.tensor(library, dtype, shape, gradient, data)
            case "raised", {"type": str() as name, "message": str() as message, "line": str() as line, **rest} if (
                not rest
            ):
                return Raised(self.string(name), self.string(message), self.string(line))
            case "other", {"type": str() as name, "reason": str() as reason, **rest} if not rest:
                return Other(self.string(name), self.string(reason))
        raise _malformed(f"{form!r} is not a form of an answer, or its content is not")

    def string(self, text: str) -> str:
        if len(text) > LONGEST_STRING:
            raise _malformed(f"a text has more than {LONGEST_STRING} characters")
        self.add(len(text))
        return text

    def pair(self, item: object, depth: int) -> tuple[str, Observation]:
        if not isinstance(item, list) or len(item) != 2 or not isinstance(item[0], str):
            raise _malformed("an entry of a dictionary is not a name and a value")
        return self.string(item[0]), self.read(item[1], depth + 1)

    def tensor(self, library: object, dtype: object, shape: object, gradient: object, data: object) -> Tensor:
        if library not in ("torch", "numpy") or not isinstance(dtype, str) or dtype not in DTYPES:
            raise _malformed("a tensor has an unknown library or dtype")
        if (
            not isinstance(shape, list)
            or len(shape) > MOST_AXES
            or not all(type(length) is int and 0 <= length < 2**63 for length in shape)
        ):
            raise _malformed("a tensor's shape is not a list of lengths")
        if not isinstance(gradient, bool):
            raise _malformed("a tensor does not say whether it carries a gradient")
        if data is None:
            return Tensor(str(library), dtype, tuple(shape), None, gradient)
        if not isinstance(data, str) or len(data) > 2 * MOST_BYTES:
            raise _malformed("a tensor's data are not a text of the allowed length")
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _malformed("a tensor's data are not base64") from error
        if len(content) > MOST_BYTES or len(content) != math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize:
            raise _malformed("a tensor's data do not fit its shape")
        self.add(len(content))
        return Tensor(str(library), dtype, tuple(shape), content, gradient)
