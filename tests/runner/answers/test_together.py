"""Answers to several questions, called in one copy of the process."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from autograde.judge.observation import listed
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.together import QuestionWithAnswer, evidence_together

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no copies of a process on this system")

CASES = [{"name": str(place), "arguments": [{"list": [1, place]}, place]} for place in range(3)]

#: A notebook's global names, which an answer reads when it is called.
NOTEBOOK: dict[str, int] = {}


def repeat(index: list[int], mark: int) -> list[int]:
    sys.stdout.write(f"mark {mark}\n")
    return [*index, mark]


def read_the_notebook(_index: list[int], _mark: int) -> list[int]:
    return [NOTEBOOK["length"]]


def end_python(_index: list[int], _mark: int) -> None:
    os._exit(3)


def stop_at_one(_index: list[int], mark: int) -> int:
    if mark == 1:
        raise KeyboardInterrupt
    return mark


def asked(answer: object, length: int = 0) -> QuestionWithAnswer:
    def begin() -> None:
        NOTEBOOK["length"] = length

    return QuestionWithAnswer(answer, CASES, begin)


def test_each_answer_gives_the_same_evidence_as_alone() -> None:
    answers: tuple[Any, ...] = (repeat, None, "a text", {"0": 1}, int, repeat)
    assert evidence_together([asked(each) for each in answers]) == [evidence(each, CASES) for each in answers]


def test_each_answer_sees_the_notebook_as_of_its_graded_cell() -> None:
    found = evidence_together([asked(read_the_notebook, 5), asked(read_the_notebook, 7)])
    assert [[reply.value for reply in each.replies] for each in found if each] == [[listed(5)] * 3, [listed(7)] * 3]
    assert not NOTEBOOK


@pytest.mark.parametrize("answer", [end_python, stop_at_one])
def test_answer_that_ends_the_copy_and_later_ones_must_be_run_alone(answer: object) -> None:
    first, *others = evidence_together([asked(repeat), asked(answer), asked(repeat), asked(None)])
    assert first == evidence(repeat, CASES)
    assert others == [None, None, evidence(None, CASES)]


def test_answer_that_hangs_must_be_run_alone() -> None:
    def hang(_index: list[int], _mark: int) -> int:
        return sum(range(10**12))

    assert evidence_together([asked(repeat), asked(hang)], 0.2) == [evidence(repeat, CASES), None]
