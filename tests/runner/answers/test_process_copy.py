"""Functions that hang or end Python: the check goes on, and says what happened."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from autograde.exercises import open_exercise
from autograde.judge import to_text
from autograde.judge.describing import ENDED, TIME_LIMIT
from autograde.judge.observation import Raised, listed
from autograde.runner.answers.calling import evidence

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no copies of a process on this system")

CASES = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(3)]


def swallow(_index: list[int], _mark: int) -> None:
    while True:
        try:  # noqa: SIM105
            time.sleep(60)
        except:  # noqa: E722 - what learners write
            pass


def swallow_twice(_index: list[int], _mark: int) -> None:
    while True:
        try:  # noqa: SIM105
            swallow(_index, _mark)
        except:  # noqa: E722 - what learners write
            pass


def count_in_c(_index: list[int], _mark: int) -> int:
    return sum(range(2 * 10**10))


@pytest.mark.parametrize("answer", [swallow, swallow_twice, count_in_c], ids=lambda answer: answer.__name__)
def test_a_function_that_cannot_be_interrupted_is_killed(answer: Callable[..., object]) -> None:
    began = time.monotonic()
    found = evidence(answer, CASES, 0.2)
    assert time.monotonic() - began < 10
    (reply,) = found.replies
    assert isinstance(reply.value, Raised)
    assert (reply.value.type, reply.value.message) == (TIME_LIMIT, "0.2")


def test_the_line_at_which_a_killed_function_was_is_told() -> None:
    (reply,) = evidence(count_in_c, CASES, 0.2).replies
    assert isinstance(reply.value, Raised)
    assert reply.value.line == "return sum(range(2 * 10**10))"


@pytest.mark.parametrize(
    ("end", "code"), [(lambda: os._exit(3), "3"), (lambda: os.kill(os.getpid(), signal.SIGKILL), "-9")]
)
def test_a_function_that_ends_python_ends_only_its_copy(end: Callable[[], object], code: str) -> None:
    def answer(index: list[int], _mark: int) -> list[int]:
        if len(told) == 1:
            end()
        told.append(1)
        return index

    told: list[int] = []
    first, second = evidence(answer, CASES).replies
    assert first.value == listed(1, 2)
    assert second.value == Raised(ENDED, code)
    assert told == [], "the copy's objects are not this process's"


def test_what_a_function_changes_in_its_copy_stays_there(capfd: pytest.CaptureFixture[str]) -> None:
    def answer(index: list[int], _mark: int) -> list[int]:
        sys.modules["json"] = None  # type: ignore[assignment]
        del sys.path[:]
        sys.stdout.write("said")
        return index

    found = evidence(answer, CASES)
    assert [(reply.value, reply.printed) for reply in found.replies] == [(listed(1, 2), "said")] * 3
    assert sys.path
    assert sys.modules["json"] is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("thing", [None, 3, "text", {"a": 1}, int])
def test_what_is_no_function_is_looked_at_here(thing: object) -> None:
    assert evidence(thing, CASES).given in ("missing", "other", "text", "entries")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_check_of_a_function_that_ends_python_says_so(language: str) -> None:
    asked = open_exercise("2.6", language=language).segment_ids
    asked.check(lambda _index, _mark: os._exit(0))
    assert asked.verdict is not None
    assert "(exit code 0)" in to_text(asked.verdict, "en")


def arguments(count: int) -> list[dict[str, Any]]:
    return CASES[:count]


def test_no_call_is_made_when_there_are_no_cases() -> None:
    assert evidence(swallow, arguments(0)).replies == ()
