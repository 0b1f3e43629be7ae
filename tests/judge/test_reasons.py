"""Reasons for lost points in graded verdicts and quizzes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograde.judge import Case, Evidence, Question, Reply, RubricItem, judge, to_html, to_text
from autograde.judge.aspects import part
from autograde.judge.comparison import Difference, Kind
from autograde.judge.evidence import CALLED_TOKENIZER, AnswerKind
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised, tupled
from autograde.judge.question import Presentation, Teaching
from autograde.judge.reasons import most_instructive, reason, with_reasons
from autograde.judge.scoring import scored
from autograde.questions import assignments

ABOUT = _("{what}", what="about")
TOKENS = {"long": ("a", "b", "c"), "short": ("a",), "other": ("a", "b")}
CASES = tuple(Case(name, name, _("the {name} case", name=name), (), tokens) for name, tokens in TOKENS.items())
QUESTION = Question(
    id="0/thing",
    visible=CASES,
    hidden=None,
    oracle=lambda case: tupled(1, 2),
    rubric=(
        RubricItem("left", ABOUT, 1, aspect=part(0)),
        RubricItem("right", ABOUT, 1, ("long", "other"), aspect=part(1)),
        RubricItem("nothing", ABOUT, 1, ("no such group",)),
    ),
    teaching=Teaching(title=ABOUT, hints=(), solution="", expectation=ABOUT),
    presentation=Presentation(parts=("left part", "right part")),
)


def remarks(
    *values: Observation, question: Question = QUESTION, effects: frozenset[str] = frozenset()
) -> list[str | None]:
    expected, replies = [tupled(1, 2)] * 3, [Reply(value, effects) for value in values]
    items = with_reasons(question, scored(question, CASES, expected, replies), CASES, expected, replies)
    return [None if item.remark is None else item.remark.in_language("en") for item in items]


def test_lost_item_names_its_first_difference() -> None:
    right = tupled(1, 2)
    assert remarks(right, right, right) == [None, None, None]
    assert remarks(right, tupled(5, 6), right) == ["the short case: left part: expected 1, got 5", None, None]
    assert remarks(tupled(1, 6), right, tupled(7, 8)) == [
        "the other case: left part: expected 1, got 7",
        "the other case: right part: expected 2, got 8",
        None,
    ]
    raised = Raised("E", "no")
    assert remarks(tupled(5, 6), raised, raised) == [
        "the long case: left part: expected 1, got 5",
        "the long case: right part: expected 2, got 6",
        None,
    ]
    assert remarks(right, raised, right)[0] == "the short case: your function raised E: no"


def test_item_that_compares_by_case_gives_a_reason_for_its_own_case() -> None:
    def of_long_cases(case: Case, expected: Observation, got: Observation) -> Difference | None:
        return Difference(Kind.VALUE, (), 1, 2) if case.name == "long" and got != expected else None

    question = replace(QUESTION, rubric=(RubricItem("long", ABOUT, 1, aspect=of_long_cases),))
    assert remarks(tupled(5, 6), tupled(5, 6), tupled(5, 6), question=question) == [
        "the long case: expected about, got the whole number 2"
    ]


def test_calling_a_tokenizer_in_a_by_hand_question_is_the_reason() -> None:
    by_hand, effect = replace(QUESTION, by_hand=True), frozenset({CALLED_TOKENIZER})
    found = remarks(*[tupled(1, 2)] * 3, question=by_hand, effects=effect)
    assert found[0] == "the short case: your function called a tokenizer; here you write the rule yourself"
    assert remarks(*[tupled(1, 2)] * 3, effects=effect) == [None, None, None]


def test_existing_remark_is_kept() -> None:
    expected, replies = [tupled(1, 2)] * 3, [Reply(None)] * 3
    items = tuple(replace(item, remark=ABOUT) for item in scored(QUESTION, CASES, expected, replies))
    assert with_reasons(QUESTION, items, CASES, expected, replies) == items


def test_most_instructive_difference_is_chosen() -> None:
    value, raised = Difference(Kind.VALUE, (), 1, 2), Difference(Kind.RAISED, (), 1, Raised("E"))
    assert most_instructive(CASES, [None, None, None]) is None
    assert most_instructive(CASES, [value, value, value]) == 1
    assert most_instructive(CASES, [value, None, value]) == 2
    assert most_instructive(CASES, [value, raised, raised]) == 0
    assert most_instructive(CASES, [None, None, raised]) == 2
    assert most_instructive([CASES[0], CASES[0]], [value, value]) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("asked", assignments()["2.6"], ids=lambda asked: asked.function)
def test_every_lost_item_has_a_reason_and_no_reason_is_repeated(asked: Question, language: str) -> None:
    for misconception in asked.misconceptions:
        for model in misconception.models:
            effects = frozenset(filter(None, [misconception.effect]))
            replies = tuple(Reply(model(case), effects) for case in asked.cases("1"))
            verdict = judge(asked, Evidence("function", "function", replies), "1")
            assert all(bool(item.points) == (item.remark is None) for item in verdict.items)
            assert verdict.difference is not None
            shown = verdict.difference.text.in_language(language)
            shown_reason = reason(verdict.difference.case, verdict.difference.text)
            for item in verdict.items:
                assert item.remark is None or item.remark.in_language(language) in to_text(verdict, language)
            if shown_reason in [item.remark for item in verdict.items]:
                assert to_text(verdict, language).count(f"{shown}.") == 0
            assert '<div style="margin-left' in to_html(verdict, language)


def test_reasons_are_given_in_graded_cells_and_quizzes_but_not_self_checks() -> None:
    wrong = tuple(Reply(tupled(5, 6)) for _case in CASES)
    alone = judge(QUESTION, Evidence("function", "function", wrong))
    assert [item.remark for item in alone.items] == [None] * 3
    graded = judge(QUESTION, Evidence("function", "function", wrong), "1")
    assert [item.remark is None for item in graded.items] == [False, False, True]
    entries = judge(replace(QUESTION, kind=AnswerKind.ENTRIES), Evidence("entries", "dict", wrong))
    assert [item.remark is None for item in entries.items] == [False, False, True]
