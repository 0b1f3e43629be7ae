"""The judge: outcomes kept apart, points all or none, and a verdict whatever comes in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograde.judge import Case, Evidence, Outcome, Question, Reply, RubricItem, judge
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Other, Raised, listed, tensor
from autograde.judge.question import CALLED_TOKENIZER
from autograde.judge.questions import question

SEGMENT_IDS = question("2.6", "segment_ids")
TO_TENSORS = question("2.6", "to_tensors")


def given(*values: Observation) -> Evidence:
    return Evidence("function", "function", tuple(map(Reply, values)))


def right(asked: Question = SEGMENT_IDS, seed: str | None = None) -> list[Observation]:
    return [asked.oracle(case) for case in asked.cases(seed)]


@pytest.mark.parametrize(
    ("evidence", "outcome"),
    [
        (Evidence("missing"), Outcome.NOT_ATTEMPTED),
        (Evidence("other", "list"), Outcome.COULD_NOT_RUN),
        (given(*[Raised("NotImplementedError")] * 6), Outcome.NOT_ATTEMPTED),
        (given(*[Raised("NotImplementedError", "not for sparse tensors")] * 6), Outcome.COULD_NOT_RUN),
        (given(*[Raised("TypeError", "no")] * 6), Outcome.COULD_NOT_RUN),
        (given(*[None] * 6), Outcome.INCORRECT),
        (given(Raised("TimeLimit", "5")), Outcome.COULD_NOT_RUN),
        (given(*[0] * 7), Outcome.OUR_FAULT),
        (given(), Outcome.COULD_NOT_RUN),
    ],
)
def test_outcomes_are_kept_apart_and_none_of_them_gives_points(evidence: Evidence, outcome: Outcome) -> None:
    verdict = judge(SEGMENT_IDS, evidence)
    assert verdict.outcome is outcome
    assert verdict.points == 0
    assert verdict.next_step is not None


def test_an_answer_that_raises_here_and_there_is_wrong_not_broken() -> None:
    verdict = judge(SEGMENT_IDS, given(Raised("ValueError", "102 is not in list"), *right()[1:]))
    assert verdict.outcome is Outcome.INCORRECT
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == "your function raised ValueError: 102 is not in list"


def test_a_failure_of_the_judge_is_our_fault_and_says_so() -> None:
    def broken(_case: Case) -> Observation:
        raise ZeroDivisionError("in the oracle")

    verdict = judge(replace(SEGMENT_IDS, oracle=broken), given(*right()))
    assert verdict.outcome is Outcome.OUR_FAULT
    assert "in the oracle" in verdict.summary.in_language("en")


@pytest.mark.parametrize("group", ["pairs", "vocabularies", "edges"])
def test_one_wrong_case_costs_its_items_points_and_no_others(group: str) -> None:
    cases = SEGMENT_IDS.cases("1")
    values = right(seed="1")
    place = next(place for place, case in enumerate(cases) if case.group == group)
    values[place] = listed(0)
    verdict = judge(SEGMENT_IDS, given(*values), "1")
    item = next(item for item in SEGMENT_IDS.rubric if item.id == group)
    assert verdict.points == SEGMENT_IDS.points - item.points
    counted = {found.id: (found.passed, found.cases) for found in verdict.items}
    assert counted[group][0] == counted[group][1] - 1
    assert all(passed == total for name, (passed, total) in counted.items() if name != group)
    assert verdict.misconception is None


def test_an_item_without_cases_gives_nothing() -> None:
    empty = RubricItem("more", _("nothing"), 3, ("no such group",))
    verdict = judge(replace(SEGMENT_IDS, rubric=(*SEGMENT_IDS.rubric, empty)), given(*right()))
    assert verdict.points == 10
    assert verdict.possible == 13


def test_parts_give_points_by_themselves() -> None:
    index, ids = TO_TENSORS.visible[0].arguments
    del ids
    values = right(TO_TENSORS)
    tokens_only = [listed(value.items[0], 0) for value in values]  # type: ignore[union-attr]
    verdict = judge(TO_TENSORS, given(*tokens_only))
    assert {item.id: item.points for item in verdict.items} == {"tokens": 3, "segments": 0}
    assert index == TO_TENSORS.visible[0].arguments[0]


def test_calling_the_tokenizer_costs_the_points_of_a_right_answer() -> None:
    replies = tuple(Reply(value, frozenset({CALLED_TOKENIZER})) for value in right())
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.points == 0
    assert verdict.misconception is not None
    assert verdict.misconception.id == "calls-the-tokenizer"


def test_calling_the_tokenizer_once_is_wrong_and_not_named() -> None:
    first, *others = right()
    replies = (Reply(first, frozenset({CALLED_TOKENIZER})), *map(Reply, others))
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.outcome is Outcome.INCORRECT
    assert verdict.misconception is None


def test_cases_after_a_call_that_did_not_come_back_count_as_wrong() -> None:
    verdict = judge(SEGMENT_IDS, given(*right()[:2], Raised("TimeLimit", "5")))
    assert verdict.outcome is Outcome.INCORRECT
    assert [item.points for item in verdict.items] == [5, 0, 0]


def test_the_first_difference_is_that_of_the_smallest_case_and_decoded_to_its_token() -> None:
    values = [listed(*[1] * len(case.tokens)) for case in SEGMENT_IDS.visible]
    verdict = judge(SEGMENT_IDS, given(*values))
    smallest = min(SEGMENT_IDS.visible, key=lambda case: len(case.tokens))
    assert verdict.difference is not None
    assert verdict.difference.case == smallest.about
    assert verdict.difference.text.in_language("en") == "position 0, token [CLS]: expected 0, got 1"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Other("generator"), "expected a list of whole numbers, got an object of the type generator"),
        (tensor([[0, 1]], "float32"), "expected a list of whole numbers, got a tensor of shape [1, 2] (float32)"),
        ("0 0 1", "expected a list of whole numbers, got the text '0 0 1'"),
        (listed(0.0), "expected 12 values, got 1"),
        (listed(*[0.5] * 12), "position 0, token [CLS]: expected the whole number 0, got the decimal number 0.5"),
        (listed(*[None] * 12), "position 0, token [CLS]: expected the whole number 0, got nothing (None)"),
    ],
)
def test_a_strange_answer_gets_a_sentence(value: Observation, sentence: str) -> None:
    verdict = judge(SEGMENT_IDS, given(value, *right()[1:]))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((tensor([0], "int64"), 0), "tokens_tensor: expected the shape [1, 12], got [1]"),
        ((tensor([[0] * 12], "float32"), 0), "tokens_tensor: expected the dtype int64, got float32"),
        ((tensor([[5] * 12], "int64"), 0), "tokens_tensor: position 0, token [CLS]: expected 101, got 5"),
        ((tensor([[0] * 5 + [1] * 6 + [0]], "int64"), 1),
         "segments_tensors: position 11, token [SEP]: expected 1, got 0"),
    ],
)  # fmt: skip
def test_a_difference_in_a_part_names_the_part(change: tuple[Observation, int], sentence: str) -> None:
    first, second = right(TO_TENSORS)
    parts = list(first.items)  # type: ignore[union-attr]
    parts[change[1]] = change[0]
    verdict = judge(TO_TENSORS, given(listed(*parts), second))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == sentence


def test_rows_end_at_the_first_difference_and_hidden_cases_show_none() -> None:
    values = [listed(*[0] * len(case.tokens)) for case in SEGMENT_IDS.visible]
    values[3] = right()[3]  # type: ignore[call-overload]
    difference = judge(SEGMENT_IDS, given(*values)).difference
    assert difference is not None
    assert [row.expected for row in difference.rows[:-1]] == [row.got for row in difference.rows[:-1]]
    assert (difference.rows[-1].expected, difference.rows[-1].got) == ("1", "0")

    hidden = [listed(*[0] * len(case.tokens)) for case in SEGMENT_IDS.cases("1")]
    difference = judge(SEGMENT_IDS, given(*hidden), "1").difference
    assert difference is not None
    assert difference.rows == ()


def test_what_was_printed_is_kept_as_information() -> None:
    replies = tuple(Reply(value, printed="a warning") for value in right())
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.outcome is Outcome.CORRECT
    assert verdict.noise == "a warning"


def test_the_same_evidence_gives_the_same_verdict() -> None:
    evidence = given(*[listed(0, 1)] * len(SEGMENT_IDS.cases("1")))
    assert judge(SEGMENT_IDS, evidence, "1") == judge(SEGMENT_IDS, evidence, "1")
