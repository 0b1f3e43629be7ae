"""Turning live objects into observations, correctly, quickly, and without running the learner's code."""

from __future__ import annotations

import collections
import enum
from typing import Any

import numpy as np
import pytest
import torch

from autograde.judge.observation import (
    LARGEST,
    LARGEST_TEXT,
    LONGEST_STRING,
    MOST_BYTES,
    MOST_VALUES,
    Mapping,
    Other,
    Tensor,
    dumps,
    from_json,
    listed,
    tensor,
    to_json,
    tupled,
)
from autograde.runner.answers.observing import observe


class Answer(enum.IntEnum):
    ONE = 1


class EqualsEverything:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(f"touched: {name}")


class Nothing:
    pass


class LyingList(list[int]):
    def __iter__(self) -> Any:
        raise SystemExit

    def __len__(self) -> int:
        return -1


Point = collections.namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (np.True_, True),
        (3, 3),
        (np.int64(3), 3),
        (Answer.ONE, 1),
        (1.5, 1.5),
        (np.float32(0.5), 0.5),
        ("[SEP]", "[SEP]"),
        ([0, [1]], listed(0, listed(1))),
        ((1, 2), tupled(1, 2)),
        (Point(1, 2), tupled(1, 2)),
        (torch.Size([1, 12, 768]), tupled(1, 12, 768)),
        ({"a": 1, "b": None}, Mapping((("a", 1),))),
        (collections.OrderedDict(a=[1]), Mapping((("a", listed(1)),))),
        (torch.tensor([[1, 2]]), tensor([[1, 2]], "int64")),
        (torch.tensor([[1, 2], [3, 4]]).T, tensor([[1, 3], [2, 4]], "int64")),
        (torch.ones(2, requires_grad=True), tensor([1, 1], "float32", gradient=True)),
        (torch.nn.Parameter(torch.ones(1)), tensor([1], "float32", gradient=True)),
        (torch.tensor(1), tensor(1, "int64")),
        (np.array([1.0]), tensor([1], "float64", library="numpy")),
        (np.arange(6).reshape(2, 3)[:, ::2].astype(">i4"), tensor([[0, 2], [3, 5]], "int32", library="numpy")),
        (2**70, Other("int", "more than 64 bits")),
        (lambda: 0, Other("function")),
        ((number for number in [1]), Other("generator")),
        ({1, 2}, Other("set")),
        ({1: 2}, Other("dict")),
        (1j, Other("complex")),
        (torch.ones(1, dtype=torch.bfloat16), Other("Tensor", "bfloat16")),
        (torch.ones(1, device="meta"), Other("Tensor", "float32")),
        (torch.eye(2).to_sparse(), Other("Tensor", "float32")),
        (np.array(["a"]), Other("ndarray", "str32")),
        (np.array([object()]), Other("ndarray", "object")),
        ("x" * (LONGEST_STRING + 1), Other("str", f"{LONGEST_STRING + 1} characters")),
        ("\ud800", "?"),
    ],
)
def test_value_is_observed_with_its_type(value: object, expected: object) -> None:
    seen = observe(value)
    assert dumps(to_json(seen)) == dumps(to_json(expected))  # type: ignore[arg-type]
    assert type(seen) is type(expected)


def test_huge_tensor_is_observed_by_its_shape_without_its_data() -> None:
    assert observe(torch.zeros(1).expand(1 << 30)) == Tensor("torch", "float32", (1 << 30,), None)
    assert observe(np.broadcast_to(np.zeros(1), (1 << 30,))) == Tensor("numpy", "float64", (1 << 30,), None)


def test_endless_and_huge_collections_are_cut_off() -> None:
    endless: list[object] = []
    endless.append(endless)
    wide: list[object] = [endless] * 50
    for _ in range(6):
        wide = [wide] * 50
    assert observe(endless) == Other("list", "nested too deeply")
    assert observe(wide) == Other("list", "nested too deeply")
    for value in (
        [0] * 10**6,
        [[0] * MOST_VALUES] * 3,
        [[0] * 10] * (MOST_VALUES // 10),
        {str(n): n for n in range(5000)},
    ):
        assert observe(value) == Other(type(value).__name__, "too many values")
    for large in ("x" * LONGEST_STRING, torch.zeros(MOST_BYTES // 4), np.zeros(MOST_BYTES // 8)):
        assert observe([large] * 100) == Other("list", "too large")


@pytest.mark.parametrize(
    "value",
    [
        [0] * (MOST_VALUES - 1),
        [-(2**63)] * (MOST_VALUES - 1),
        ["\x00" * LONGEST_STRING] * (LARGEST // LONGEST_STRING),
        [torch.zeros(MOST_BYTES // 4)] * 2,
        [Nothing()] * (LARGEST // len("Nothing")),
        [[[[[[[[0]]]]]]]],
        {"a" * 100: 0},
    ],
    ids=range(7),
)
def test_sixteen_of_the_largest_answers_fit_into_the_limit(value: object) -> None:
    seen = observe(value)
    assert from_json(to_json(seen)) == seen
    assert len(dumps([to_json(seen)] * 16)) <= LARGEST_TEXT


def test_code_of_a_tensor_subclass_is_not_run() -> None:
    class Loud(torch.Tensor):
        @classmethod
        def __torch_function__(cls, *_args: object, **_named: object) -> object:
            raise SystemExit

    assert observe(torch.ones(2).as_subclass(Loud)) == tensor([1, 1], "float32")


def test_methods_of_an_object_are_not_called() -> None:
    assert observe(EqualsEverything()) == Other("EqualsEverything")
    assert observe(LyingList([0, 1])) == listed(0, 1)
