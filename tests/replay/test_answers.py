"""Every answer that is replayed on a Hub: right ones in many styles, wrong ones with what they lose, the empty one.

A verdict is data: it is made once here, and read in both languages.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from autograde.exercises.referee import RefereeHere, ask
from autograde.grading.answers import REPLAYED_RIGHT, REPLAYED_WRONG, RightAnswer, WrongAnswer
from autograde.judge import AnswerKind, Outcome, Question, to_html, to_text
from autograde.judge.questions import ASSIGNMENTS

ACTS = [(section, asked) for section, questions in ASSIGNMENTS.items() for asked in questions if asked.act]
every_act = pytest.mark.parametrize(("section", "asked"), ACTS, ids=[asked.id for _section, asked in ACTS])


def handed_in(code: str, name: str) -> Any:
    """The learner's function or value, as a notebook would define it."""
    namespace: dict[str, Any] = {}
    if "AutoModel" in code and "import torch" not in code:
        namespace |= {"torch": importlib.import_module("torch"), **vars(importlib.import_module("transformers"))}
    exec(compile("from pathlib import Path\nfrom huggingface_hub import *\n" + code, "<learner>", "exec"), namespace)
    return namespace[name]


#: Wrong answers that look right as long as the visible case is the only one.
NEED_HIDDEN_CASES = {"fixed-name", "fixed-folder", "without-lfs", "history-overwritten"}
#: Assignments whose every case is seconds of work: there one case, the visible one, is enough for the other answers.
DEAR = {"2.4"}


@pytest.mark.parametrize("wrong", REPLAYED_WRONG, ids=lambda wrong: f"{wrong.function}-{wrong.misconception}")
def test_each_wrong_answer_loses_its_points_and_is_named(wrong: WrongAnswer) -> None:
    graded = wrong.section not in DEAR or wrong.misconception in NEED_HIDDEN_CASES
    verdict = ask(RefereeHere(), wrong.section, wrong.function, handed_in(wrong.code, wrong.function), graded=graded)
    text = to_text(verdict, "en")
    assert verdict.outcome is Outcome.INCORRECT, text
    assert tuple(item.id for item in verdict.items if not item.points) == wrong.lost, text
    assert verdict.points == verdict.possible - sum(item.possible for item in verdict.items if item.id in wrong.lost)
    assert verdict.misconception is not None, text
    assert verdict.misconception.id == wrong.misconception, text
    for language in ("en", "zh"):
        assert verdict.misconception.explanation.in_language(language) in to_text(verdict, language)


@pytest.mark.parametrize("right", REPLAYED_RIGHT, ids=lambda right: f"{right.function}-{right.style}")
def test_a_right_answer_in_another_style_keeps_full_points(right: RightAnswer) -> None:
    verdict = ask(RefereeHere(), right.section, right.function, handed_in(right.code, right.function), graded=True)
    assert verdict.outcome is Outcome.CORRECT, to_text(verdict, "en")
    assert verdict.points == verdict.possible


@every_act
def test_the_solution_is_right_in_the_self_check_and_when_it_is_graded(section: str, asked: Question) -> None:
    for graded in (False, True):
        verdict = ask(RefereeHere(), section, asked.function, handed_in(asked.solution, asked.function), graded=graded)
        assert verdict.outcome is Outcome.CORRECT, to_text(verdict, "en")
        assert verdict.points == verdict.possible == asked.points
        # A check says what was seen; a graded cell shows nothing of its cases.
        assert (len(verdict.summary.in_language("en")) > 80) is not graded


@every_act
def test_no_attempt_gives_no_points(section: str, asked: Question) -> None:
    released = {
        AnswerKind.FUNCTION: f"def {asked.function}(*arguments):\n    raise NotImplementedError()",
        AnswerKind.TEXT: f'{asked.function} = r"""\n# YOUR CODE HERE\n"""',
        AnswerKind.ENTRIES: f'{asked.function} = {{"username": "", "email": ""}}',
    }[asked.kind]
    for answer in (None, ..., handed_in(released, asked.function)):
        verdict = ask(RefereeHere(), section, asked.function, answer, graded=True)
        assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0), to_text(verdict, "en")


@every_act
def test_something_of_another_kind_gets_a_sentence_and_no_points(section: str, asked: Question) -> None:
    for answer in (["a"], {"a": 1}, "true", lambda *_arguments: None):
        verdict = ask(RefereeHere(), section, asked.function, answer, graded=True)
        assert verdict.points == 0, answer
        assert verdict.outcome in (Outcome.COULD_NOT_RUN, Outcome.INCORRECT), answer
        assert "<p" in to_html(verdict, "zh")


def test_every_known_misconception_has_somebody_who_gives_it() -> None:
    given = {(wrong.section, wrong.function, wrong.misconception) for wrong in REPLAYED_WRONG}
    known = {(section, asked.function, each.id) for section, asked in ACTS for each in asked.misconceptions}
    assert given == known
