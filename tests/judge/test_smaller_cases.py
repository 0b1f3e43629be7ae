"""After the same mistake three times, the smallest wrong case is shown, without the right answer."""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape

import pytest

from autograde.judge import Evidence, Misconception, Outcome, Question, Reply, judge
from autograde.judge.comparison import Kind
from autograde.judge.describing import code, in_full
from autograde.judge.evidence import CALLED_TOKENIZER
from autograde.judge.observation import Mapping, Observation, Other, Raised, listed, tensor, tupled
from autograde.judge.rendering import smaller_to_html, smaller_to_text
from autograde.judge.scoring import first_of_reply
from autograde.judge.smaller_cases import BY_HAND, SmallerCase, mistake, smallest_wrong
from autograde.questions import assignments, question

LANGUAGES = ["en", "zh"]
QUESTIONS = assignments()["2.6"]
SEGMENT_IDS = question("2.6", "segment_ids")
NAMED = [(asked, each) for asked in QUESTIONS for each in asked.misconceptions if each.models and not each.effect]

every_question = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.function)


def given(*values: Observation) -> Evidence:
    return Evidence("function", "function", tuple(map(Reply, values)))


@pytest.mark.parametrize(
    ("asked", "misconception"), NAMED, ids=[f"{asked.function}-{each.id}" for asked, each in NAMED]
)
def test_every_wrong_model_fails_a_smaller_case_that_hides_the_right_answer(
    asked: Question, misconception: Misconception
) -> None:
    for model in misconception.models:
        replies = [model(case) for case in asked.smaller]
        found = smallest_wrong(asked, given(*replies))
        difference = next(
            filter(None, (first_of_reply(asked, case, asked.oracle(case), Reply(asked.normal(case, reply)))
                          for case, reply in zip(asked.smaller, replies, strict=True)))
        )  # fmt: skip
        if difference.kind is Kind.RAISED or (difference.kind is Kind.TYPE and not difference.path):
            # Another kind of value, or an exception without a line, is the same in every case, large or small.
            assert found is None
            continue
        assert found is not None
        place = next(place for place, case in enumerate(asked.smaller) if case.about == found.about)
        right = asked.oracle(asked.smaller[place])
        verdict = judge(asked, given(*map(model, asked.visible)))
        for language in LANGUAGES:
            text = smaller_to_text(verdict, found, language)
            assert found.about.in_language(language) in text
            wrong = in_full(asked.normal(asked.smaller[place], replies[place])).in_language(language)
            assert wrong in text
            # Only the learner's answer may contain the right numbers, if it has another form.
            assert code(right) not in text.replace(wrong, "")


@every_question
def test_right_answer_has_no_wrong_smaller_case(asked: Question) -> None:
    assert smallest_wrong(asked, given(*map(asked.oracle, asked.smaller))) is None


@every_question
def test_smaller_cases_are_small(asked: Question) -> None:
    assert asked.smaller
    shortest = min(len(case.tokens) for case in asked.visible)
    for case in asked.smaller:
        assert len(case.tokens) <= 6
        assert not shortest or len(case.tokens) < max(len(each.tokens) for each in asked.visible)


def test_normalisation_may_depend_on_the_case() -> None:
    names = [case.name for case in SEGMENT_IDS.smaller]
    by_name = replace(SEGMENT_IDS, normal=lambda case, value: SEGMENT_IDS.oracle(case) if value == case.name else value)
    assert smallest_wrong(by_name, given(*names)) is None
    found = smallest_wrong(by_name, given(*names[:-1], listed(7)))
    assert found is not None
    assert found.about == SEGMENT_IDS.smaller[-1].about


def test_first_wrong_case_is_chosen() -> None:
    right = [SEGMENT_IDS.oracle(case) for case in SEGMENT_IDS.smaller]
    for place in range(len(right)):
        found = smallest_wrong(SEGMENT_IDS, given(*right[:place], *[listed(7)] * (len(right) - place)))
        assert found is not None
        assert found.about == SEGMENT_IDS.smaller[place].about
        assert found.tokens == SEGMENT_IDS.smaller[place].tokens
        assert found.values == ("7",)


@pytest.mark.parametrize(
    "value", [None, 3, Other("generator"), Raised("TimeLimit", "1", "while True:"), Raised("TypeError", "2 were given")]
)
def test_mistake_that_is_the_same_in_every_case_gets_no_smaller_case(value: Observation) -> None:
    assert smallest_wrong(SEGMENT_IDS, given(*[value] * len(SEGMENT_IDS.smaller))) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_mistake_has_its_own_task(language: str) -> None:
    run_model = question("2.6", "run_model")
    (forgotten,) = (each for each in run_model.misconceptions if each.id == "segments-forgotten")
    by_hand, followed, looked_up = (
        smallest_wrong(asked, given(value))
        for asked, value in (
            (SEGMENT_IDS, listed(7)),
            (SEGMENT_IDS, Raised("ValueError", "7 is not in list", "index.index(7)")),
            (run_model, forgotten.models[0](run_model.smaller[0])),
        )
    )
    assert by_hand
    assert followed
    assert looked_up
    tasks = [found.task.in_language(language) for found in (by_hand, followed, looked_up)]
    assert len(set(tasks)) == 3
    assert tasks[0] == BY_HAND.in_language(language)
    assert tasks[2] == run_model.teaching.advice.in_language(language)  # type: ignore[union-attr]
    verdict = judge(SEGMENT_IDS, given(*[listed(7)] * 6))
    assert tasks[1] in smaller_to_text(verdict, followed, language)
    assert escape(tasks[1]) in smaller_to_html(verdict, followed, language)


def test_model_without_own_advice_is_worked_out_by_hand() -> None:
    run_model = question("2.6", "run_model")
    silent = replace(run_model, teaching=replace(run_model.teaching, advice=None))
    (forgotten,) = (each for each in run_model.misconceptions if each.id == "segments-forgotten")
    found = smallest_wrong(silent, given(forgotten.models[0](run_model.smaller[0])))
    assert found is not None
    assert found.task == BY_HAND


def test_wrong_answer_in_another_form_is_compared_by_its_values() -> None:
    run_model = question("2.6", "run_model")
    (forgotten,) = (each for each in run_model.misconceptions if each.id == "segments-forgotten")
    outputs = forgotten.models[0](run_model.smaller[0])
    assert isinstance(outputs, Mapping)
    found = smallest_wrong(run_model, given(tupled(*(value for _name, value in outputs.items))))
    assert found is not None
    assert found.got == in_full(outputs)


def test_smaller_case_is_unchanged_after_json_round_trip() -> None:
    right = [SEGMENT_IDS.oracle(case) for case in SEGMENT_IDS.smaller]
    found = smallest_wrong(SEGMENT_IDS, given(*right[:1], *[listed(7)] * (len(right) - 1)))
    assert found is not None
    assert found.tokens
    assert found.values
    other_task = replace(found, task=found.about)
    for case in (found, other_task):
        written = json.loads(json.dumps(case.to_json()))
        assert set(written) == {"about", "got", "tokens", "values", "task"}
        assert SmallerCase.from_json(written) == case


def test_no_smaller_case_if_none_explains_the_mistake() -> None:
    rule_broken = Reply(SEGMENT_IDS.oracle(SEGMENT_IDS.smaller[0]), frozenset({CALLED_TOKENIZER}))
    assert smallest_wrong(SEGMENT_IDS, Evidence("function", "function", (rule_broken,))) is None
    assert smallest_wrong(SEGMENT_IDS, given()) is None
    assert smallest_wrong(replace(SEGMENT_IDS, smaller=()), given(listed(1))) is None


def test_misplaced_separator_is_shown_in_both_languages() -> None:
    (misconception,) = (each for each in SEGMENT_IDS.misconceptions if each.id == "separator-in-second")
    verdict = judge(SEGMENT_IDS, given(*map(misconception.models[0], SEGMENT_IDS.visible)))
    found = smallest_wrong(SEGMENT_IDS, given(*map(misconception.models[0], SEGMENT_IDS.smaller)))
    assert found is not None
    english, chinese = (smaller_to_text(verdict, found, language) for language in LANGUAGES)
    for text in (english, chinese):
        assert "segment_ids([101, 2748, 102, 2053, 102], 102)\n  [CLS] yes [SEP] no [SEP]" in text
        assert "[0, 0, 1, 1, 1]" in text
    assert "by hand" in english
    assert "自己动手" in chinese
    for language, header in zip(LANGUAGES, ("yours", "你的答案"), strict=True):
        html = smaller_to_html(verdict, found, language)
        assert f'lang="{language}"' in html
        assert header in html
        assert html.count("<tr>") == 1 + len(found.tokens)


def test_hostile_text_is_escaped_in_html() -> None:
    verdict = judge(SEGMENT_IDS, given(*[Raised("E", "no")] * 6))
    found = smallest_wrong(SEGMENT_IDS, given(listed("</td><script>")))
    assert found is not None
    assert "<script" not in smaller_to_html(verdict, found, "en")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Raised("ValueError", "no"), "your function raised ValueError: no"),
        (None, "nothing (None)"),
        (listed(), "[]"),
        (tupled(1), "(1,)"),
        (tupled(listed(0, 1.5), listed("a", True)), "[0, 1.5]; ['a', True]"),
        (tensor([[1, 2]], "int64"), "a tensor of shape [1, 2] (int64): [[1, 2]]"),
        (tensor([[0] * 90], "int64"), "a tensor of shape [1, 90] (int64)"),
        (listed(*[0] * 90), "a list of length 90"),
        (tupled(tensor([1], "int64"), 5), "a tensor of shape [1] (int64): [1]; the whole number 5"),
    ],
)
def test_answer_is_shown_in_full_if_it_is_small(value: Observation, words: str) -> None:
    assert in_full(value).in_language("en") == words


def test_mistake_is_identified_by_misconception_or_first_difference() -> None:
    def of(*values: Observation) -> object:
        return mistake(judge(SEGMENT_IDS, given(*values)))

    right = [SEGMENT_IDS.oracle(case) for case in SEGMENT_IDS.visible]
    assert of(*right) is None
    assert mistake(judge(SEGMENT_IDS, Evidence("missing"))) is None
    assert of(*[None] * 6) == "returns-nothing"
    assert of(listed(5), *right[1:]) == of(listed(6), *right[1:])
    assert of(listed(5), *right[1:]) != of(listed(5, 5), *right[1:])
    assert of(*[Raised("E", "one")] * 6) != of(*[Raised("E", "two")] * 6)


def test_only_a_failure_with_a_difference_is_a_mistake() -> None:
    wrong = judge(SEGMENT_IDS, given(*[None] * 6))
    assert mistake(replace(wrong, difference=None)) is None
    for outcome in Outcome:
        failed = outcome in (Outcome.INCORRECT, Outcome.COULD_NOT_RUN)
        assert mistake(replace(wrong, outcome=outcome)) == ("returns-nothing" if failed else None)


def test_equivalent_answers_are_normalised_before_comparison() -> None:
    asked = question("2.6", "run_model")
    (case,) = asked.smaller
    right = asked.oracle(case)
    assert isinstance(right, Mapping)
    assert smallest_wrong(asked, given(tupled(*(value for _name, value in right.items)))) is None


def test_case_without_tokens_has_no_positions() -> None:
    found = smallest_wrong(question("2.6", "output_shapes"), given(tupled(1, 3, 4)))
    assert found is not None
    assert (found.tokens, found.values) == ((), ())
