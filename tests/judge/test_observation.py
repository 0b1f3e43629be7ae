"""Observations as JSON: valid ones are read back unchanged, everything else is rejected."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.errors import MalformedEvidence
from autograde.judge.observation import (
    DEEPEST,
    DTYPES,
    LARGEST_TEXT,
    LONGEST_STRING,
    MOST_BYTES,
    MOST_VALUES,
    Mapping,
    Observation,
    Other,
    Raised,
    Sequence,
    Tensor,
    dumps,
    from_json,
    listed,
    loads,
    tensor,
    to_json,
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
tensors = st.builds(
    lambda library, dtype, shape, gradient: Tensor(
        library, dtype, shape, bytes(math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize), gradient
    ),
    st.sampled_from(["torch", "numpy"]),
    st.sampled_from(sorted(DTYPES)),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
    st.booleans(),
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | texts
    | tensors
    | st.builds(Raised, texts, texts, texts)
    | st.builds(Other, texts, texts)
    | st.builds(Tensor, st.just("torch"), st.just("float32"), st.just((1 << 30,)), st.none())
)
observations = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Sequence, st.sampled_from(["list", "tuple"]), st.lists(inner, max_size=4).map(tuple))
        | st.builds(Mapping, st.lists(st.tuples(texts, inner), max_size=3).map(tuple))
    ),
    max_leaves=8,
)


def kinds(observation: Observation) -> object:
    """Return the observation with the type of each number, because ``1 == 1.0 == True`` in Python."""
    if isinstance(observation, Sequence):
        return observation.kind, [kinds(item) for item in observation.items]
    if isinstance(observation, Mapping):
        return [(name, kinds(value)) for name, value in observation.items]
    return type(observation).__name__, observation


@given(observations)
def test_observation_is_unchanged_after_json_round_trip(observation: Observation) -> None:
    assert kinds(from_json(loads(dumps(to_json(observation))))) == kinds(observation)


def test_nan_is_unchanged_after_json_round_trip() -> None:
    found = from_json(loads(dumps(to_json(float("nan")))))
    assert isinstance(found, float)
    assert math.isnan(found)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["list", "tuple", "dict", "float", "tensor", "raised", "other", "x"]), inner,
                        max_size=2), max_leaves=6))  # fmt: skip
def test_any_json_is_read_completely_or_rejected(value: object) -> None:
    try:
        observation = from_json(value)
    except MalformedEvidence:
        return
    assert dumps(to_json(observation)) == dumps(value)


def tensor_json(**changed: object) -> dict[str, object]:
    content = to_json(tensor([[1, 2]], "int64"))
    assert isinstance(content, dict)
    return {"tensor": {**content["tensor"], **changed}}


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        {},
        {"list": [1], "tuple": [2]},
        {"set": [1]},
        {"list": "no list"},
        {"float": "1.5"},
        {"dict": [["a"]]},
        {"dict": [[1, 2]]},
        {"raised": {"type": "E", "message": "", "line": "", "more": ""}},
        {"other": {"type": 1, "reason": ""}},
        2**64,
        float("inf"),
        "x" * (LONGEST_STRING + 1),
        {"list": [0] * (MOST_VALUES + 1)},
        tensor_json(dtype="object"),
        tensor_json(library="jax"),
        tensor_json(shape=[-1]),
        tensor_json(shape=[True, 2]),
        tensor_json(shape=[1, 3]),
        tensor_json(gradient=0),
        tensor_json(data="not base64!"),
        tensor_json(data=[1]),
        tensor_json(more=1),
    ],
)
def test_invalid_json_of_an_observation_is_rejected(value: object) -> None:
    with pytest.raises(MalformedEvidence):
        from_json(value)


def test_too_deep_nesting_is_rejected() -> None:
    value: object = 0
    for _ in range(DEEPEST + 1):
        value = {"list": [value]}
    with pytest.raises(MalformedEvidence, match="nested"):
        from_json(value)


@pytest.mark.parametrize(
    "text", ["", "NaN", '{"a": 1, "a": 2}', "[" * 100_000, "1" * 5000, " " * (LARGEST_TEXT + 1), "{'a': 1}"]
)
def test_text_that_is_not_plain_json_is_rejected(text: str) -> None:
    with pytest.raises(MalformedEvidence):
        loads(text)


def test_tensor_that_is_too_large_is_sent_without_its_data() -> None:
    large = Tensor("torch", "float32", (1 << 30,), None)
    assert from_json(to_json(large)) == large
    with pytest.raises(ValueError, match="too large"):
        large.array()
    too_much = tensor(np.zeros(MOST_BYTES + 1), "uint8")
    with pytest.raises(MalformedEvidence):
        from_json(to_json(too_much))


def test_lists_and_tuples_are_distinguished() -> None:
    assert to_json(listed(0, 1)) == {"list": [0, 1]}
    assert from_json({"tuple": [0, 1]}) != from_json({"list": [0, 1]})
