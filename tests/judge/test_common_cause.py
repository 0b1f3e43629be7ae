"""Finding the misconception for one answer to one input: only if exactly one misconception gives this answer."""

from __future__ import annotations

import pytest

from autograde.judge.common_cause import common_cause
from autograde.judge.observation import listed, tupled
from autograde.questions import question

INDEX = listed(101, 7, 8, 102, 9, 10, 11, 102)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ((0, 0, 0, 0, 1, 1, 1, 1), None),
        ((0, 0, 0, 1, 1, 1, 1, 1), "separator-in-second"),
        ((1, 1, 1, 1, 0, 0, 0, 0), "swapped"),
        ((0, 1, 1, 0, 1, 1, 0, 0), None),
    ],
)
def test_a_wrong_answer_is_named_and_a_right_or_unknown_one_is_not(answer: tuple[int, ...], name: str | None) -> None:
    found = common_cause(question("2.6", "segment_ids"), (INDEX, 102), listed(*answer))
    assert (None if found is None else found.id) == name


def test_an_answer_that_two_misconceptions_give_is_not_named() -> None:
    """All zeros fit two misconceptions: a single sentence, and taking the last [SEP] for the first."""
    assert common_cause(question("2.6", "segment_ids"), (INDEX, 102), listed(*[0] * 8)) is None


def test_padding_in_the_second_sentence_is_named() -> None:
    arguments = (listed(1, 2, 3), listed(0, 0, 1), 5, 0)
    answer = tupled(listed(1, 2, 3, 0, 0), listed(0, 0, 1, 1, 1), listed(1, 1, 1, 0, 0))
    found = common_cause(question("2.6", "pad_pair"), arguments, answer)
    assert found is not None
    assert found.id == "padding-in-second"
