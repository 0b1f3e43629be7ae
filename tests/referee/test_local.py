"""The judging side in this process: cards, smaller cases, named misconceptions and solutions."""

from __future__ import annotations

import json

import pytest

from autograde.errors import MalformedEvidence, SolutionWithheld
from autograde.questions import assignments, question
from autograde.referee import Card
from autograde.referee.local import LocalReferee


@pytest.mark.parametrize("section", sorted(assignments()))
def test_a_card_crosses_as_json_unchanged(section: str) -> None:
    cards = [Card.from_json(each) for each in json.loads(LocalReferee().cards(section))]
    assert cards == [Card.of(each) for each in assignments()[section]]


@pytest.mark.parametrize("section", sorted(assignments()))
def test_a_card_holds_no_solution(section: str) -> None:
    text = LocalReferee().cards(section)
    for each in assignments()[section]:
        assert json.dumps(each.teaching.solution)[1:-1] not in text


def test_a_solution_is_withheld_where_the_referee_says_so() -> None:
    asked = question("2.6", "segment_ids")
    assert json.loads(LocalReferee().solution("2.6", "segment_ids")) == asked.teaching.solution
    with pytest.raises(SolutionWithheld):
        LocalReferee(solutions=False).solution("2.6", "segment_ids")


def test_hidden_cases_follow_from_the_seed_and_differ_between_processes_without_one() -> None:
    first = LocalReferee("a").cases("2.6", "segment_ids", True)
    assert LocalReferee("a").cases("2.6", "segment_ids", True) == first
    assert LocalReferee("b").cases("2.6", "segment_ids", True) != first
    assert LocalReferee().cases("2.6", "segment_ids", True) not in (first, LocalReferee("autograde").cases)


def test_arguments_that_are_not_a_sequence_are_refused() -> None:
    with pytest.raises(MalformedEvidence, match="sequence"):
        LocalReferee().common_cause("2.6", "segment_ids", "5", "5")
