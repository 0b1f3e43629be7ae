"""Points: all or none for each line of a rubric, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograde.judge import AnswerKind, Case, Evidence, Misconception, Outcome, Question, Reply, RubricItem, judge
from autograde.judge.messages import _
from autograde.judge.observation import Observation

NAMES = ("first", "second", "third")
PLAIN = _("{what}", what="plain")


def value_question(kind: AnswerKind = AnswerKind.ENTRIES) -> Question:
    """Three entries, worth 1, 2 and 4 points; the right one is each entry's own name in capitals."""
    cases = tuple(Case(name, name, PLAIN, (name,)) for name in NAMES)
    return Question(
        id="0/answers",
        function="answers",
        title=PLAIN,
        visible=cases,
        hidden=None,
        oracle=lambda case: case.name.upper(),
        rubric=tuple(RubricItem(name, PLAIN, 2.0**place, (name,)) for place, name in enumerate(NAMES)),
        misconceptions=tuple(
            Misconception(f"{name}-low", _("{name} is low", name=name), PLAIN, (lambda case: case.name,), case=name)
            for name in NAMES
        ),
        hints=(PLAIN, PLAIN),
        solution="",
        expectation=PLAIN,
        kind=kind,
    )


def entries(*values: Observation, given: str = "entries") -> Evidence:
    return Evidence(given, "dict", tuple(map(Reply, values)))


@pytest.mark.parametrize("seed", [None, "1"])
@pytest.mark.parametrize("wrong", [(), ("first",), ("second",), ("first", "third"), NAMES])
def test_each_entry_gives_its_own_points_and_a_wrong_one_its_own_reason(wrong: tuple[str, ...], seed: str) -> None:
    verdict = judge(value_question(), entries(*(n if n in wrong else n.upper() for n in NAMES)), seed)
    assert verdict.points == sum(2**place for place, name in enumerate(NAMES) if name not in wrong)
    assert verdict.outcome is (Outcome.INCORRECT if wrong else Outcome.CORRECT)
    for item in verdict.items:
        assert (item.remark is not None) == (item.id in wrong)
        assert item.remark is None or item.remark.in_language("en") == f"{item.id} is low"
    named = None if verdict.misconception is None else verdict.misconception.id
    assert named == (f"{wrong[0]}-low" if wrong else None)


def test_an_unknown_entry_has_no_reason_and_the_others_keep_theirs() -> None:
    verdict = judge(value_question(), entries("first", None, "THIRD"))
    assert [item.points for item in verdict.items] == [0, 0, 4]
    assert [item.remark is None for item in verdict.items] == [False, True, True]


@pytest.mark.parametrize("kind", AnswerKind)
@pytest.mark.parametrize("given", [*AnswerKind, "other"])
def test_an_answer_of_another_kind_is_told_its_type_and_gets_nothing(kind: AnswerKind, given: str) -> None:
    verdict = judge(value_question(kind), entries(*map(str.upper, NAMES), given=given))
    if given == kind:
        assert verdict.outcome is Outcome.CORRECT
        return
    assert (verdict.outcome, verdict.points) == (Outcome.COULD_NOT_RUN, 0)
    assert "its type is dict" in verdict.summary.in_language("en")
    assert verdict.next_step is not None


@pytest.mark.parametrize("kind", [AnswerKind.ENTRIES, AnswerKind.TEXT])
@pytest.mark.parametrize("given", ["missing", "untouched"])
def test_a_value_that_was_not_touched_is_not_attempted(kind: AnswerKind, given: str) -> None:
    verdict = judge(value_question(kind), Evidence(given))
    assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0)


def test_an_empty_value_is_no_function() -> None:
    verdict = judge(value_question(AnswerKind.FUNCTION), Evidence("untouched", "dict"))
    assert verdict.outcome is Outcome.COULD_NOT_RUN


def test_words_of_its_own_hide_what_was_expected() -> None:
    question = replace(value_question(), words=lambda case, found: _("not {got}", got=str(found.got)))
    verdict = judge(question, entries("a", "SECOND", "THIRD"))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == "not a"
