"""Points: all or none for each item of the rubric."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograde.judge import AnswerKind, Case, Evidence, Misconception, Outcome, Question, Reply, RubricItem, judge
from autograde.judge.aspects import part
from autograde.judge.comparison import Difference, Kind, Rules
from autograde.judge.evidence import CALLED_TOKENIZER, CHANGED_ARGUMENTS, LEFT_TRAINING, RECORDED_GRADIENTS
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, listed, tupled
from autograde.judge.question import Presentation, Teaching
from autograde.judge.scoring import blank, difference_for, first_of_reply, full, scored
from autograde.judge.verdict import ItemVerdict

NAMES = ("first", "second", "third")
PLAIN = _("{what}", what="plain")


def value_question(kind: AnswerKind = AnswerKind.ENTRIES) -> Question:
    """Return a question with three entries worth 1, 2 and 4 points; the right answers are their names in capitals."""
    cases = tuple(Case(name, name, PLAIN, (name,)) for name in NAMES)
    return Question(
        id="0/answers",
        visible=cases,
        hidden=None,
        oracle=lambda case: case.name.upper(),
        rubric=tuple(RubricItem(name, PLAIN, 2.0**place, (name,)) for place, name in enumerate(NAMES)),
        misconceptions=tuple(
            Misconception(f"{name}-low", _("{name} is low", name=name), PLAIN, (lambda case: case.name,), case=name)
            for name in NAMES
        ),
        kind=kind,
        teaching=Teaching(title=PLAIN, hints=(PLAIN, PLAIN), solution="", expectation=PLAIN),
    )


def entries(*values: Observation, given: str = "entries") -> Evidence:
    return Evidence(given, "dict", tuple(map(Reply, values)))


@pytest.mark.parametrize("seed", [None, "1"])
@pytest.mark.parametrize("wrong", [(), ("first",), ("second",), ("first", "third"), NAMES])
def test_each_entry_has_its_own_points_and_its_own_reason(wrong: tuple[str, ...], seed: str) -> None:
    verdict = judge(value_question(), entries(*(n if n in wrong else n.upper() for n in NAMES)), seed)
    assert verdict.points == sum(2**place for place, name in enumerate(NAMES) if name not in wrong)
    assert verdict.outcome is (Outcome.INCORRECT if wrong else Outcome.CORRECT)
    for item in verdict.items:
        assert (item.remark is not None) == (item.id in wrong)
        assert item.remark is None or item.remark.in_language("en") == f"{item.id} is low"
    named = None if verdict.misconception is None else verdict.misconception.id
    assert named == (f"{wrong[0]}-low" if wrong else None)


def test_full_rubric_equals_the_score_of_a_right_answer() -> None:
    question = value_question()
    for cases in (question.visible, question.visible[:2], ()):
        right = [question.oracle(case) for case in cases]
        assert full(question, cases) == scored(question, cases, right, list(map(Reply, right)))


def test_wrong_entry_without_a_matching_misconception_has_no_remark() -> None:
    items = verdicts(value_question(), "first", None, "THIRD")
    assert [item.points for item in items] == [0, 0, 4]
    assert [item.remark is None for item in items] == [False, True, True]


@pytest.mark.parametrize("kind", AnswerKind)
@pytest.mark.parametrize("given", [*AnswerKind, "other"])
def test_answer_of_another_kind_gets_no_points_and_its_type_is_named(kind: AnswerKind, given: str) -> None:
    verdict = judge(value_question(kind), entries(*map(str.upper, NAMES), given=given))
    if given == kind:
        assert verdict.outcome is Outcome.CORRECT
        return
    assert (verdict.outcome, verdict.points) == (Outcome.COULD_NOT_RUN, 0)
    assert "a value of type dict" in verdict.summary.in_language("en")
    assert verdict.next_step is not None


@pytest.mark.parametrize("kind", [AnswerKind.ENTRIES, AnswerKind.TEXT])
@pytest.mark.parametrize("given", ["missing", "untouched"])
def test_missing_or_untouched_value_is_not_attempted(kind: AnswerKind, given: str) -> None:
    verdict = judge(value_question(kind), Evidence(given))
    assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0)


def test_untouched_value_in_place_of_a_function_could_not_run() -> None:
    verdict = judge(value_question(AnswerKind.FUNCTION), Evidence("untouched", "dict"))
    assert verdict.outcome is Outcome.COULD_NOT_RUN


def test_custom_wording_replaces_the_expected_value() -> None:
    question = replace(
        value_question(), presentation=Presentation(words=lambda case, found: _("not {got}", got=str(found.got)))
    )
    verdict = judge(question, entries("a", "SECOND", "THIRD"))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == "not a"


def verdicts(question: Question, *values: Observation) -> tuple[ItemVerdict, ...]:
    cases = question.visible
    return scored(question, cases, [question.oracle(case) for case in cases], [Reply(value) for value in values])


def test_item_verdict_has_description_points_and_cases() -> None:
    about = [_("{what}", what=name) for name in NAMES]
    question = value_question()
    rubric = tuple(replace(item, about=text) for item, text in zip(question.rubric, about, strict=True))
    assert verdicts(replace(question, rubric=rubric), "FIRST", "second", "?") == (
        ItemVerdict("first", about[0], 1.0, 1.0, 1, 1),
        ItemVerdict("second", about[1], 0.0, 2.0, 0, 1, _("{name} is low", name="second")),
        ItemVerdict("third", about[2], 0.0, 4.0, 0, 1),
    )
    assert blank(replace(question, rubric=rubric)) == tuple(
        ItemVerdict(name, text, 0.0, 2.0**place, 0, 0)
        for place, (name, text) in enumerate(zip(NAMES, about, strict=True))
    )
    assert [item.cases for item in blank(question, question.visible[1:])] == [0, 1, 1]


def single_item_question(**changed: object) -> Question:
    """Return a question with one item, worth 3 points, that looks at all three cases."""
    question = value_question()
    return replace(question, rubric=(RubricItem("all", PLAIN, 3, **changed),))  # type: ignore[arg-type]


@pytest.mark.parametrize("groups", [(), NAMES])
@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_item_gives_points_only_if_every_case_is_right(groups: tuple[str, ...], wrong: int) -> None:
    question = single_item_question(groups=groups)
    right = [name.upper() for name in NAMES]
    (item,) = verdicts(question, *right)
    assert (item.points, item.passed, item.cases, item.remark) == (3, 3, 3, None)
    (item,) = verdicts(question, *right[:wrong], "?", *right[wrong + 1 :])
    assert (item.points, item.passed, item.cases) == (0, 2, 3)


def test_item_without_cases_gives_no_points() -> None:
    (item,) = verdicts(single_item_question(groups=("no such group",)), *NAMES)
    assert (item.points, item.passed, item.cases) == (0, 0, 0)


def test_passed_item_has_no_remark_even_if_a_wrong_model_fits() -> None:
    (item,) = verdicts(single_item_question(aspect=lambda *_compared: None), *NAMES)
    assert (item.points, item.remark) == (3, None)


def test_aspect_receives_case_right_answer_and_answer() -> None:
    compared: list[tuple[str, Observation, Observation]] = []

    def aspect(case: Case, right: Observation, got: Observation) -> None:
        compared.append((case.name, right, got))

    question = single_item_question(aspect=aspect)
    verdicts(question, *NAMES)
    assert compared == [(name, name.upper(), name) for name in NAMES]
    compared.clear()
    assert first_of_reply(question, question.visible[1], "right", Reply("answer")) is None
    assert compared == [("second", "right", "answer")]


def test_remark_uses_the_items_cases_and_the_questions_rules() -> None:
    def close(case: Case) -> Observation:
        return 1.0

    known = tuple(
        Misconception(f"{name}-near", _("{name} is near", name=name), PLAIN, (close,), case=name) for name in NAMES
    )
    question = replace(value_question(), misconceptions=known, rules=Rules(tolerance=0.1))
    remarks = [item.remark for item in verdicts(question, 1.05, 1.2, "THIRD")]
    assert remarks == [_("{name} is near", name="first"), None, None]


def test_number_of_answers_and_replies_must_match_the_cases() -> None:
    question = value_question()
    right = [question.oracle(case) for case in question.visible]
    replies = [Reply(value) for value in right]
    for expected, given in ((right[:2], replies), (right, replies[:2])):
        with pytest.raises(ValueError, match="zip"):
            scored(question, question.visible, expected, given)


def test_tokenizer_call_in_a_by_hand_question_is_checked_first() -> None:
    question = replace(value_question(), by_hand=True)
    case = question.visible[0]
    broken = Reply("FIRST", frozenset({CALLED_TOKENIZER}))
    assert first_of_reply(question, case, "FIRST", broken) == Difference(Kind.EFFECT, (), None, CALLED_TOKENIZER)
    assert first_of_reply(question, case, "FIRST", Reply("FIRST")) is None
    allowed = replace(question, by_hand=False)
    assert first_of_reply(allowed, case, "FIRST", broken) is None
    replies = [broken, Reply("SECOND"), Reply("THIRD")]
    assert [item.points for item in scored(question, question.visible, [*map(str.upper, NAMES)], replies)] == [0, 2, 4]
    assert [item.points for item in scored(allowed, question.visible, [*map(str.upper, NAMES)], replies)] == [1, 2, 4]


def test_changed_arguments_fail_the_case_in_every_question() -> None:
    question = value_question()
    changed = Reply("FIRST", frozenset({CHANGED_ARGUMENTS}))
    assert first_of_reply(question, question.visible[0], "FIRST", changed) == Difference(
        Kind.EFFECT, (), None, CHANGED_ARGUMENTS
    )
    replies = [changed, Reply("SECOND"), Reply("THIRD")]
    assert [item.points for item in scored(question, question.visible, [*map(str.upper, NAMES)], replies)] == [0, 2, 4]
    by_hand = replace(question, by_hand=True)
    both = Reply("FIRST", frozenset({CHANGED_ARGUMENTS, CALLED_TOKENIZER}))
    assert first_of_reply(by_hand, question.visible[0], "FIRST", both) == Difference(
        Kind.EFFECT, (), None, CALLED_TOKENIZER
    )


def test_effect_of_an_item_fails_only_that_item() -> None:
    rubric = (
        RubricItem("value", PLAIN, 1),
        RubricItem("quiet", PLAIN, 2, effects=(LEFT_TRAINING, RECORDED_GRADIENTS)),
    )
    question = replace(value_question(), rubric=rubric)
    case, seen = question.visible[0], Reply("FIRST", frozenset({RECORDED_GRADIENTS}))
    difference = Difference(Kind.EFFECT, (), None, RECORDED_GRADIENTS)
    assert difference_for(question, rubric[0], case, "FIRST", seen) is None
    assert difference_for(question, rubric[1], case, "FIRST", seen) == difference
    assert first_of_reply(question, case, "FIRST", seen) == difference
    wrong = replace(seen, value="?")
    assert difference_for(question, rubric[1], case, "FIRST", wrong) == Difference(Kind.VALUE, (), "FIRST", "?")
    replies = [seen, Reply("SECOND"), Reply("THIRD")]
    assert [item.points for item in scored(question, question.visible, [*map(str.upper, NAMES)], replies)] == [1, 0]


def test_first_difference_is_from_the_first_item_for_the_case() -> None:
    pair = replace(
        value_question(),
        rubric=(
            RubricItem("none", PLAIN, 1, ("second",)),
            RubricItem("right", PLAIN, 1, aspect=part(1)),
            RubricItem("left", PLAIN, 1, aspect=part(0)),
        ),
    )
    case = pair.visible[0]
    assert first_of_reply(pair, case, tupled(1, 2), Reply(tupled(5, 6))) == Difference(Kind.VALUE, (1,), 2, 6)
    assert first_of_reply(pair, case, tupled(1, 2), Reply(tupled(5, 2))) == Difference(Kind.VALUE, (0,), 1, 5)
    assert first_of_reply(pair, case, tupled(1, 2), Reply(listed(1, 2))) is None


def test_points_of_a_verdict_are_the_sum_of_its_items() -> None:
    verdict = judge(value_question(), entries("FIRST", "?", "THIRD"))
    assert (verdict.points, verdict.possible) == (5.0, 7.0)
    assert isinstance(verdict.summary, Message)
