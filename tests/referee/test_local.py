"""The judging side in this process: cards, smaller cases, named misconceptions and solutions."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograde.errors import MalformedEvidence, SolutionWithheld
from autograde.judge import Question
from autograde.judge.execution import ExecutionKind
from autograde.judge.observation import Mapping
from autograde.questions import assignments, question
from autograde.referee import QuestionCard
from autograde.referee.local import LocalReferee


@pytest.mark.parametrize("section", sorted(assignments()))
def test_card_is_unchanged_after_json_round_trip(section: str) -> None:
    cards = [QuestionCard.from_json(each) for each in json.loads(LocalReferee().cards(section))]
    assert cards == [QuestionCard.of(each) for each in assignments()[section]]


@pytest.mark.parametrize("section", sorted(assignments()))
def test_card_contains_no_solution(section: str) -> None:
    text = LocalReferee().cards(section)
    for each in assignments()[section]:
        assert json.dumps(each.teaching.solution)[1:-1] not in text


def test_referee_can_withhold_solutions() -> None:
    asked = question("2.6", "segment_ids")
    assert json.loads(LocalReferee().solution("2.6", "segment_ids")) == asked.teaching.solution
    with pytest.raises(SolutionWithheld):
        LocalReferee(solutions=False).solution("2.6", "segment_ids")


def test_hidden_cases_depend_on_the_seed() -> None:
    first = LocalReferee("a").cases("2.6", "segment_ids", True)
    assert LocalReferee("a").cases("2.6", "segment_ids", True) == first
    assert LocalReferee("b").cases("2.6", "segment_ids", True) != first


def test_each_process_chooses_a_seed_if_none_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGRADE_SEED", raising=False)
    program = (
        "from autograde.referee.local import LocalReferee\nprint(LocalReferee().cases('2.6', 'segment_ids', True))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours = LocalReferee().cases("2.6", "segment_ids", True)
    assert LocalReferee().cases("2.6", "segment_ids", True) == ours
    assert json.loads(done.stdout)
    assert json.loads(done.stdout) != json.loads(ours)


def test_arguments_that_are_not_a_sequence_are_refused() -> None:
    with pytest.raises(MalformedEvidence, match="sequence"):
        LocalReferee().common_cause("2.6", "segment_ids", "5", "5")


CALLED = [
    (section, asked)
    for section, questions in assignments().items()
    for asked in questions
    if asked.execution is not None and asked.execution.kind is ExecutionKind.CALL
]


@pytest.mark.parametrize("returned", [None, 5, {"list": []}, {"dict": []}])
@pytest.mark.parametrize(("section", "asked"), CALLED, ids=[asked.id for _section, asked in CALLED])
def test_report_of_a_run_without_a_call_is_refused(section: str, asked: Question, returned: object) -> None:
    referee = LocalReferee()
    for case in asked.visible:
        referee._seen[section, asked.function, False, case.name] = Mapping(())
    reply = {"value": {"dict": [["returned", returned]]}, "effects": [], "printed": ""}
    evidence = {"given": "function", "type": "function", "replies": [reply] * len(asked.visible)}
    verdict = json.loads(referee.verdict(section, asked.function, False, json.dumps(evidence)))
    assert (verdict["outcome"], verdict["points"]) == ("our-fault", 0)
