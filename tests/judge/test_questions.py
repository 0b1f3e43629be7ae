"""The questions' cases, oracles, rubrics and wrong models."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from autograde.judge import Case, Evidence, Misconception, Outcome, Question, Reply, judge
from autograde.judge.observation import Observation, Sequence, dumps, from_json, to_json
from autograde.judge.question import WrongModel
from autograde.judge.sentences import CHINESE, ENGLISH, SEP, SPECIAL, segments
from autograde.models import vocabulary
from autograde.questions import assignments
from autograde.questions.load_the_downloaded_model.segment_ids import QUESTION as SEGMENT_IDS

QUESTIONS = [question for assignment in assignments().values() for question in assignment]
SEEDS = [None, *map(str, range(5))]

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
every_seed = pytest.mark.parametrize("seed", SEEDS)


def replies(question: Question, *values: Observation) -> Evidence:
    return Evidence(question.kind, question.kind, tuple(map(Reply, values)))


def answers_with(
    question: Question, misconception: Misconception, model: WrongModel, seed: str | None
) -> list[Observation]:
    """Return the answers of a learner with one misconception: wrong in all cases, or in the misconception's case."""
    return [
        model(case) if misconception.case in ("", case.name) else question.oracle(case) for case in question.cases(seed)
    ]


def test_tokenizers_are_watched_only_where_the_rule_is_written_by_hand() -> None:
    watched = {each.id for each in QUESTIONS if each.requests(each.visible)[0]["watch_tokenizers"]}
    assert watched == {"2.6/segment_ids", "2.6/to_tensors", "2.6/pad_pair"}


def numbers(case: Case) -> list[int]:
    index = case.arguments[0]
    assert isinstance(index, Sequence)
    return [value for value in index.items if isinstance(value, int)]


def test_assignment_2_6_is_worth_thirty_points() -> None:
    assert sum(question.points for question in assignments()["2.6"]) == 30


@every_question
@every_seed
def test_the_right_answer_gets_full_points(question: Question, seed: str | None) -> None:
    verdict = judge(question, replies(question, *map(question.oracle, question.cases(seed))), seed)
    assert (verdict.outcome, verdict.points) == (Outcome.CORRECT, question.points)
    assert verdict.misconception is None


@every_question
@every_seed
def test_each_wrong_model_is_recognised_as_its_misconception(question: Question, seed: str | None) -> None:
    for misconception in question.misconceptions:
        for model in misconception.models:
            seen = replies(question, *answers_with(question, misconception, model, seed))
            effects = frozenset(filter(None, [misconception.effect]))
            seen = replace(seen, replies=tuple(replace(reply, effects=effects) for reply in seen.replies))
            verdict = judge(question, seen, seed)
            assert verdict.outcome is Outcome.INCORRECT
            assert verdict.misconception is not None
            assert verdict.misconception.id == misconception.id


@every_question
def test_misconception_is_named_only_if_it_fits_every_case(question: Question) -> None:
    for misconception in question.misconceptions:
        for model in misconception.models:
            values = answers_with(question, misconception, model, None)
            for place, case in enumerate(question.visible):
                if misconception.case in ("", case.name):
                    mixed = [*values[:place], "something else", *values[place + 1 :]]
                    assert judge(question, replies(question, *mixed)).misconception is None


@pytest.mark.parametrize("question", [each for each in QUESTIONS if each.hidden], ids=lambda question: question.id)
def test_same_seed_gives_the_same_cases_and_another_seed_others(question: Question) -> None:
    assert question.cases("1") == question.cases("1")
    assert [case.request() for case in question.cases("1")] != [case.request() for case in question.cases("2")]


@every_question
@every_seed
def test_case_names_are_unique_and_arguments_are_valid_observations(question: Question, seed: str | None) -> None:
    cases = question.cases(seed)
    assert len({case.name for case in cases}) == len(cases)
    for case in cases:
        assert all(from_json(to_json(argument)) == argument for argument in case.arguments)


@every_question
def test_each_rubric_item_has_cases_and_points(question: Question) -> None:
    for seed in (None, "1"):
        for item in question.rubric:
            assert item.points > 0
            assert any(item.looks_at(case) for case in question.cases(seed))


@every_question
def test_request_contains_only_name_and_arguments(question: Question) -> None:
    for case in question.cases("1"):
        request = case.request()
        assert set(request) == {"name", "arguments"}
        assert dumps(to_json(question.oracle(case))) not in dumps(request)


@every_question
def test_each_question_has_two_hints_and_each_misconception_a_next_step(question: Question) -> None:
    assert len(question.teaching.hints) >= 2
    assert all(
        misconception.explanation.text and misconception.next_step.text for misconception in question.misconceptions
    )
    names = [misconception.id for misconception in question.misconceptions]
    assert len(set(names)) == len(names)


def test_hidden_cases_of_segment_ids_cover_every_kind_of_input() -> None:
    cases = SEGMENT_IDS.cases("1")
    marks = {case.arguments[1] for case in cases}
    assert len(marks) >= 4
    assert 102 in marks
    lengths = [(case.tokens.index(SEP), len(case.tokens)) for case in cases]
    assert any(first == 2 and length == 5 for first, length in lengths), "no one-token sentences"
    assert any(case.tokens.count(SEP) == 1 and case.tokens[-1] == SEP for case in cases), "no single sentence"
    assert any(case.tokens.count(SEP) == 3 for case in cases), "no [SEP] in the text"
    assert any(case.tokens[-1] != SEP for case in cases), "no pair that is cut off"
    assert any(set(case.tokens) & set(CHINESE) for case in cases), "no Chinese"
    assert not any(
        2 * (first + 1) == length for case, (first, length) in zip(cases, lengths, strict=True) if case.group == "pairs"
    ), "a pair is symmetric"


def test_hard_coded_102_is_wrong_because_a_word_has_that_id() -> None:
    for case in SEGMENT_IDS.cases("1"):
        if case.arguments[1] != 102:
            assert 102 in numbers(case)


def test_words_have_the_ids_of_the_real_vocabulary() -> None:
    real = vocabulary()
    for token, number in (SPECIAL | ENGLISH | CHINESE).items():
        assert real[number] == token


def test_segments_agree_with_the_tutorials_formula() -> None:
    rng = random.Random(7)
    for _ in range(50):
        index = [rng.choice([101, 102, 2003]) for _ in range(rng.randint(1, 12))] + [102]
        k = index.index(102)
        assert list(segments(index, 102)) == [0] * (k + 1) + [1] * (len(index) - k - 1)
