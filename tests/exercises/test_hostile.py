"""Unusual and hostile answers: each gets a verdict without points and does no harm."""

from __future__ import annotations

import asyncio
import builtins
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from autograde.exercises import Exercise, grade, open_exercise
from autograde.judge import Outcome
from autograde.judge.describing import TIME_LIMIT
from autograde.judge.observation import Raised, Tensor, listed
from autograde.questions import question
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.observing import observe

SEGMENT_IDS = question("2.6", "segment_ids")
RIGHT = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


class EqualsAll:
    """Equals everything, has the right length, and is endless when iterated; other attributes raise SystemExit."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __len__(self) -> int:
        return 12

    def __iter__(self) -> Any:
        while True:
            yield 1

    @property  # type: ignore[misc]  # pretends to have another class
    def __class__(self) -> Any:
        raise SystemExit("asked for its class")

    def __getattr__(self, name: str) -> Any:
        raise SystemExit(f"asked for {name}")


class LyingInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __index__(self) -> int:
        raise SystemExit

    __hash__ = int.__hash__
    __int__ = __index__


class LyingList(list):  # type: ignore[type-arg]
    """Is empty, but pretends to contain the right values."""

    def __len__(self) -> int:
        return 12

    def __iter__(self) -> Iterator[int]:
        return iter(RIGHT)

    def __getitem__(self, place: Any) -> Any:
        return RIGHT[place]

    def __eq__(self, other: object) -> bool:
        return True


class LyingTuple(tuple):  # type: ignore[type-arg]
    __len__, __iter__ = LyingList.__len__, LyingList.__iter__


class LyingText(str):
    def __str__(self) -> str:
        return "right"

    def __len__(self) -> int:
        return 0


class LyingTensor(torch.Tensor):
    """A single number that pretends to be a batch of twelve."""

    shape = property(lambda self: torch.Size([1, 12]))
    dtype = property(lambda self: torch.int64)

    def numel(self) -> int:
        return 12

    def detach(self) -> Any:
        return torch.ones(1, 12, dtype=torch.int64)

    @classmethod
    def __torch_function__(cls, *_args: Any, **_named: Any) -> Any:
        return torch.ones(1, 12, dtype=torch.int64)


class LyingArray(np.ndarray):
    shape = property(lambda self: (1, 12))

    def __array_function__(self, *_args: Any, **_named: Any) -> Any:
        raise SystemExit

    def astype(self, *_args: Any, **_named: Any) -> Any:
        raise SystemExit


class Exploding(Exception):
    """An exception whose text and traceback cannot be read."""

    def __str__(self) -> str:
        raise SystemExit

    @property
    def __traceback__(self) -> Any:  # type: ignore[override]  # it cannot be set either
        raise SystemExit

    __repr__ = __str__


class Endless(Exception):
    def __str__(self) -> str:
        while True:
            time.sleep(0.01)


def raises(error: BaseException) -> Any:
    raise error


def recursion(*arguments: Any) -> Any:
    return recursion(*arguments)


def with_itself(kind: Callable[[], Any]) -> Any:
    found = kind()
    if isinstance(found, dict):
        found["again"] = found
    else:
        found.append(found)
    return found


async def coroutine(*_arguments: Any) -> list[int]:
    await asyncio.sleep(0)
    return RIGHT


async def asynchronous_generator(*_arguments: Any) -> Any:
    yield RIGHT


def deletes(*names: str) -> Callable[..., list[int]]:
    def answer(*_arguments: Any) -> list[int]:
        for name in names:
            delattr(builtins, name)
        return []

    return answer


def patches(target: Any, name: str, value: Any) -> Callable[..., Any]:
    def answer(*_arguments: Any) -> Any:
        setattr(target, name, value)
        return torch.zeros(1, 12)

    return answer


def recursion_limit(*_arguments: Any) -> None:
    sys.setrecursionlimit(60)


def claims_to_be_right(*_arguments: Any, **_named: Any) -> Any:
    return True


HOSTILE: dict[str, Any] = {
    "raises": lambda *_: 1 / 0,
    "raises an unreadable exception": lambda *_: raises(Exploding()),
    "exits": lambda *_: sys.exit(0),
    "raises StopIteration": lambda *_: next(iter(())),
    "raises GeneratorExit": lambda *_: raises(GeneratorExit()),
    "raises a group": lambda *_: raises(BaseExceptionGroup("many", [KeyboardInterrupt()])),
    "endless recursion": recursion,
    "no memory": lambda *_: [0] * (1 << 60),
    "equals everything": lambda *_: EqualsAll(),
    "is equal to everything itself": EqualsAll(),
    "nothing": lambda *_: None,
    "a lambda": lambda *_: lambda: RIGHT,
    "nan": lambda *_: [math.nan] * 12,
    "infinity": lambda *_: math.inf,
    "a generator": lambda *_: (number for number in RIGHT),
    "an endless generator": lambda *_: iter(int, 1),
    "a coroutine function": coroutine,
    "an asynchronous generator": asynchronous_generator,
    "a range": lambda *_: range(10**15),
    "a set": lambda *_: {0, 1},
    "bytes": lambda *_: bytes(12),
    "a complex number": lambda *_: 1j,
    "a huge whole number": lambda *_: 10**5000,
    "a huge text": lambda *_: "0 1 " * 5_000_000,
    "half a character": lambda *_: "\ud800",
    "a huge list": lambda *_: [0] * 1_000_000,
    "a huge list of lists": lambda *_: [[0] * 1000] * 1000,
    "a dictionary in itself": lambda *_: with_itself(dict),
    "a list in itself": lambda *_: with_itself(list),
    "a tensor of a gigabyte": lambda *_: torch.empty(1 << 28),
    "a tensor expanded to a terabyte": lambda *_: torch.zeros(1).expand(1, 1 << 38),
    "a sparse tensor": lambda *_: torch.zeros(1, 12).to_sparse(),
    "a lying sparse tensor": lambda *_: torch.zeros(1, 12).to_sparse().as_subclass(LyingTensor),
    "a tensor of nothing": lambda *_: torch.empty(1, 12, device="meta"),
    "a complex tensor": lambda *_: torch.zeros(1, 12, dtype=torch.complex64),
    "an array of objects": lambda *_: np.array([EqualsAll], object),
    "an array of a gigabyte": lambda *_: np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 27,), (0,)),
    "a lying int": lambda *_: [LyingInt(7)] * 12,
    "a lying list": lambda *_: LyingList(),
    "a lying tuple": lambda *_: LyingTuple(),
    "a lying text": lambda *_: LyingText("wrong"),
    "a lying tensor": lambda *_: torch.zeros(1).as_subclass(LyingTensor),
    "two lying tensors": lambda *_: (torch.zeros(1).as_subclass(LyingTensor),) * 2,
    "a lying array": lambda *_: np.zeros(1).view(LyingArray),
    "a class": EqualsAll,
    "a module": json,
    "too few parameters": lambda: RIGHT,
    "too many parameters": lambda a, b, c, d, e: RIGHT,
    "deletes len": deletes("len"),
    "deletes builtins that every check needs": deletes(
        "isinstance", "issubclass", "type", "tuple", "next", "Exception", "StopIteration", "str", "any", "all", "print"
    ),
    "deletes the import": deletes("__import__"),
    "replaces isinstance": patches(builtins, "isinstance", claims_to_be_right),
    "replaces json.dumps": patches(json, "dumps", lambda *_a, **_n: '{"outcome": "correct"}'),
    "replaces json.loads": patches(json, "loads", lambda *_a, **_n: {"outcome": "correct"}),
    "replaces torch.equal": patches(torch, "equal", claims_to_be_right),
    "replaces torch.Tensor": patches(torch, "Tensor", EqualsAll),
    "replaces a tensor's method": patches(torch.Tensor, "numel", lambda _self: 12),
    "replaces numpy.array": patches(np, "array", claims_to_be_right),
    "replaces os.getpid": patches(os, "getpid", lambda: 1),
    "asks for a tiny recursion limit": recursion_limit,
}

QUESTIONS = ("segment_ids", "to_tensors")


@pytest.fixture(scope="module")
def exercises() -> dict[str, Exercise]:
    return {language: open_exercise("2.6", language=language) for language in ("en", "zh")}


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_answer_gets_a_verdict_without_points_and_does_no_harm(
    hostile: str, name: str, exercises: dict[str, Exercise], capfd: pytest.CaptureFixture[str]
) -> None:
    solution: dict[str, Any] = {"torch": torch}
    exec(question("2.6", name).teaching.solution, solution)
    for exercise in exercises.values():
        asked = getattr(exercise, name)
        asked.check(HOSTILE[hostile])
        assert asked.verdict is not None
        assert asked.verdict.outcome in (Outcome.INCORRECT, Outcome.COULD_NOT_RUN)
        assert asked.verdict.next_step is not None
    assert grade("2.6", name, {name: HOSTILE[hostile]}) == 0
    # The next answer must be judged as usual, whatever this one did to the process.
    assert grade("2.6", name, solution) == question("2.6", name).points
    printed = capfd.readouterr()
    assert printed.err == ""
    assert len(printed.out.splitlines()) >= 8


@pytest.mark.parametrize(
    "hostile", ["raises", "equals everything", "nan", "a lambda", "a generator", "nothing", "exits", "a class",
                "too few parameters", "a tensor expanded to a terabyte"]
)  # fmt: skip
def test_hostile_answer_to_a_question_with_a_model_gets_a_verdict(
    hostile: str, exercises: dict[str, Exercise], capfd: pytest.CaptureFixture[str]
) -> None:
    for exercise in exercises.values():
        for asked in (exercise.run_model, exercise.encode_pair, exercise.output_shapes, exercise.pad_pair):
            asked.check(HOSTILE[hostile])
            assert asked.verdict is not None
            assert asked.verdict.outcome in (Outcome.INCORRECT, Outcome.COULD_NOT_RUN)
            assert asked.verdict.points == 0
    assert capfd.readouterr().err == ""


ENTRIES: dict[str, Any] = {
    "equals everything": EqualsAll(),
    "a lying text": LyingText("a"),
    "a list": [LyingText("b")],
    "a dictionary": {"b": "b"},
    "a lying int": LyingInt(1),
    "a function": lambda *_: "b",
}


@pytest.mark.parametrize("hostile", ENTRIES)
def test_a_hostile_entry_gets_no_points(hostile: str) -> None:
    right = {"hub": "b", "transformers": "c", "card": "a", "repository": "d", "order": "c"}
    assert grade("1", "answers", {"answers": right | {"hub": ENTRIES[hostile]}}) == 4
    assert grade("1", "answers", {"answers": ENTRIES[hostile]}) == 0


def test_exception_with_an_endless_message_reaches_the_time_limit() -> None:
    cases = [{"name": "a", "arguments": [{"list": [1]}, 1]}]
    (reply,) = evidence(lambda *_: raises(Endless()), cases, 0.2).replies
    assert reply.value == Raised(TIME_LIMIT, "0.2", "time.sleep(0.01)")


def test_objects_that_misreport_their_value_are_observed_correctly() -> None:
    assert observe(LyingInt(7)) == 7
    assert observe(LyingList([1])) == listed(1)
    assert observe(LyingText("wrong")) == "wrong"
    seen = observe(torch.zeros(1).as_subclass(LyingTensor))
    assert isinstance(seen, Tensor)
    assert (seen.shape, seen.dtype, seen.array().tolist()) == ((1,), "float32", [0.0])
    parameter = observe(torch.nn.Parameter(torch.ones(2)))
    assert isinstance(parameter, Tensor)
    assert parameter.gradient
    array = observe(np.zeros(3).view(LyingArray))
    assert isinstance(array, Tensor)
    assert array.shape == (3,)
