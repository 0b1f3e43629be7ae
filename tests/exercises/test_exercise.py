"""Check, hint, solution and points as a learner sees them in a terminal, in both languages."""

from __future__ import annotations

import linecache
from functools import cache
from typing import Any

import pytest
import torch

from autograde.errors import UnknownAttribute, UnknownLanguage, UnknownQuestion
from autograde.exercises import Exercise, grade, open_exercise
from autograde.exercises.asking import ask
from autograde.judge import AnswerKind, Outcome, Question, Verdict, to_text
from autograde.judge.observation import dumps
from autograde.models import finetuned_folder, minilm_folder, tiny_folder
from autograde.questions import assignments, question
from autograde.questions.examples import Example, right_answers, wrong_answers
from autograde.referee.local import LocalReferee

LANGUAGES = ["en", "zh"]
#: The questions that need no Hub; tests/runner/test_every_hub_answer.py tests the others.
QUESTIONS = [
    (name, asked) for name, questions in assignments().items() for asked in questions if asked.execution is None
]
every_question = pytest.mark.parametrize(
    ("section", "asked"), QUESTIONS, ids=[asked.id for _section, asked in QUESTIONS]
)
every_wrong_answer = pytest.mark.parametrize(
    "wrong",
    [each for _name, asked in QUESTIONS for each in wrong_answers(asked)],
    ids=lambda wrong: wrong.name,
)


def learners_answer(code: str, name: str) -> Any:
    """Return the learner's function or value, as a notebook would define it."""
    namespace: dict[str, Any] = {"torch": torch}
    exec(compile(code, "<learner>", "exec"), namespace)
    return namespace[name]


@pytest.fixture
def exercise() -> Exercise:
    return open_exercise("2.6", language="en")


@cache
def graded(wrong: Example) -> Verdict:
    """Return the verdict on a wrong answer. It has texts in every language, so each answer is run only once."""
    answer = learners_answer(wrong.code, wrong.function)
    return ask(LocalReferee(), wrong.section, wrong.function, answer, graded=True)


@pytest.mark.parametrize("language", LANGUAGES)
@every_wrong_answer
def test_wrong_answer_loses_its_points_and_its_misconception_is_named(wrong: Example, language: str) -> None:
    verdict = graded(wrong)
    assert verdict.outcome is Outcome.INCORRECT
    assert tuple(item.id for item in verdict.items if not item.points) == wrong.lost
    assert verdict.points == wrong.points
    assert verdict.misconception is not None
    assert verdict.misconception.id == wrong.misconception
    assert verdict.misconception.explanation.in_language(language) in to_text(verdict, language)


@every_wrong_answer
def test_self_check_names_the_same_misconception(wrong: Example) -> None:
    asked = getattr(open_exercise(wrong.section, language="en"), wrong.function)
    asked.check(learners_answer(wrong.code, wrong.function))
    assert asked.verdict.misconception.id == wrong.misconception


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize(
    "right",
    [each for _name, asked in QUESTIONS for each in right_answers(asked)],
    ids=lambda right: right.name,
)
def test_right_answer_in_another_style_gets_full_points(right: Example, graded: bool) -> None:
    verdict = ask(
        LocalReferee(), right.section, right.function, learners_answer(right.code, right.function), graded=graded
    )
    assert verdict.outcome is Outcome.CORRECT, to_text(verdict, "en")
    assert verdict.points == verdict.possible


def test_each_misconception_has_an_example() -> None:
    for _name, asked in QUESTIONS:
        assert [each.id for each in asked.misconceptions if not each.examples] == []


@pytest.mark.parametrize("seed", ["1", "another", "2026"])
def test_solutions_get_full_points_with_any_seed(seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_SEED", seed)
    for section, asked in QUESTIONS:
        answer = learners_answer(asked.teaching.solution, asked.function)
        assert grade(section, asked.function, {asked.function: answer}) == asked.points


@pytest.mark.parametrize("size", [0, 384, 768])
def test_solutions_work_with_real_model_folders_of_every_size(size: int, tmp_path: Any) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = {
        0: lambda: tiny_folder(tmp_path / "tiny", hidden_size=48, sep_id=103),
        384: minilm_folder,
        768: finetuned_folder,
    }
    path = folder[size]()
    tokenizer, model = AutoTokenizer.from_pretrained(path), AutoModel.from_pretrained(path)
    solved = {
        asked.function: learners_answer(asked.teaching.solution, asked.function) for asked in assignments()["2.6"]
    }
    for first, second in (("Talk is cheap", "Please show me your code!"), ("说话很容易", "请给我看代码")):
        index, mark = solved["encode_pair"](tokenizer, first, second)
        segments = solved["segment_ids"](index, mark)
        assert segments == tokenizer(first, second)["token_type_ids"]
        result = solved["run_model"](model, *solved["to_tensors"](index, segments))
        shapes = solved["output_shapes"](model, index)
        assert shapes == (result.last_hidden_state.shape, result.pooler_output.shape)
        together = tokenizer(first, second, padding="max_length", max_length=30)
        names = ("input_ids", "token_type_ids", "attention_mask")
        padded = solved["pad_pair"](index, segments, 30, tokenizer.pad_token_id)
        assert padded == tuple(together[name] for name in names)


EMPTY = {
    AnswerKind.FUNCTION: "def {name}(*arguments):\n    raise NotImplementedError()",
    AnswerKind.ENTRIES: "{name} = {{'hub': ..., 'card': None, 'other': ''}}",
    AnswerKind.TEXT: "{name} = '''\n# YOUR CODE HERE\n'''",
}


@every_question
def test_no_attempt_gives_no_points(section: str, asked: Question, capsys: pytest.CaptureFixture[str]) -> None:
    name = asked.function
    stub = learners_answer(EMPTY[asked.kind].format(name=name), name)
    for namespace in ({}, {name: None}, {name: ...}, {name: stub}):
        assert grade(section, name, namespace) == 0.0
        printed = capsys.readouterr()
        assert "not attempted" in printed.out
        assert printed.err == ""


@every_question
@pytest.mark.parametrize(
    "value", [None, 0, [], (), {}, "", "a", {"a": 1}, torch.zeros(1, 12, 768), torch.zeros(1), lambda: 0, float("nan")]
)
def test_constant_answer_gives_no_points(section: str, asked: Question, value: object) -> None:
    assert grade(section, asked.function, {asked.function: lambda *_arguments: value}) == 0.0
    assert grade(section, asked.function, {asked.function: value}) == 0.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_hint_call_shows_the_next_hint(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = open_exercise("2.6", language=language).segment_ids
    shown = []
    for level in (1, 2, 3):
        asked.hint(level)
        shown.append(capsys.readouterr().out)
    assert len(set(shown)) == 3
    climbing = open_exercise("2.6", language=language).segment_ids
    for wanted in shown:
        climbing.hint()
        assert capsys.readouterr().out == wanted
    climbing.hint()
    assert "exercise.segment_ids.solution()" in capsys.readouterr().out
    climbing.hint(2)
    climbing.hint()
    assert capsys.readouterr().out == shown[1] + shown[2]


@pytest.mark.parametrize("number", ["x", "2", 2.5, True, 99, 0, -1, [], object()])
@pytest.mark.parametrize(("language", "beginning"), [("en", "There is no hint("), ("zh", "没有 hint(")])
def test_hint_that_does_not_exist_gives_a_one_line_message(
    number: Any, language: str, beginning: str, capsys: pytest.CaptureFixture[str]
) -> None:
    open_exercise("2.6", language=language).segment_ids.hint(number)
    printed = capsys.readouterr()
    assert printed.out.startswith(beginning)
    assert "3" in printed.out.partition(")")[2]
    assert len(printed.out.splitlines()) == 1
    assert printed.err == ""


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [("off", "switched solutions off"), ("2999-12-24", "from 2999-12-24 on"), ("soon", "switched solutions off")],
)
def test_withheld_solution_is_not_shown(
    setting: str, sentence: str, exercise: Exercise, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADE_SOLUTIONS", setting)
    exercise.segment_ids.solution()
    shown = capsys.readouterr().out
    assert sentence in shown
    assert question("2.6", "segment_ids").teaching.solution not in shown


@pytest.mark.parametrize("setting", ["", "on", "2001-01-01"])
def test_solution_is_shown_from_the_configured_day_on(
    setting: str, exercise: Exercise, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADE_SOLUTIONS", setting)
    exercise.segment_ids.solution()
    assert question("2.6", "segment_ids").teaching.solution in capsys.readouterr().out


def test_the_solution_is_shown_as_code(exercise: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    exercise.segment_ids.solution()
    assert question("2.6", "segment_ids").teaching.solution in capsys.readouterr().out


def test_exercise_lists_its_questions_and_marks_finished_ones(exercise: Exercise) -> None:
    assert set(dir(exercise)) >= {asked.function for asked in assignments()["2.6"]}
    assert "✓" not in repr(exercise)
    exercise.pad_pair.check(learners_answer(question("2.6", "pad_pair").teaching.solution, "pad_pair"))
    ticked = [line for line in repr(exercise).splitlines() if line.startswith("✓")]
    assert [line.split(":")[0] for line in ticked] == ["✓ pad_pair"]


def test_error_names_an_unknown_question(exercise: Exercise) -> None:
    with pytest.raises(UnknownQuestion, match="sing"):
        grade("2.6", "sing", {})
    with pytest.raises(UnknownAttribute, match=r"no question segmnt_ids\. Did you mean segment_ids\?"):
        _ = exercise.segmnt_ids
    with pytest.raises(UnknownAttribute, match="Its questions are: encode_pair, segment_ids"):
        _ = exercise.sing
    # Attributes that Python and IPython look up on every object don't count as misspelt questions.
    for name in ("sing", "_repr_html_", "__len__"):
        assert not hasattr(exercise, name)


@pytest.mark.parametrize(("language", "beginning"), [("en", "Choose one of: "), ("zh", "请从中选择：")])
@pytest.mark.parametrize("section", ["9.9", "2.6 ", 9.9, 2, True, None, [2.6], object()])
def test_error_for_an_unknown_section_lists_the_sections(section: Any, language: str, beginning: str) -> None:
    with pytest.raises(UnknownQuestion) as raised:
        open_exercise(section, language=language)
    assert raised.value.fix.startswith(beginning)
    assert all(f'"{each}"' in raised.value.fix for each in assignments())


@pytest.mark.parametrize(("section", "name"), [(2.6, "segment_ids"), ("2.6", "segment_ids"), (1, "answers")])
def test_section_may_be_given_as_a_number(section: Any, name: str) -> None:
    assert name in dir(open_exercise(section, language="en"))


@pytest.mark.parametrize("language", ["fr", "", "english", 1, True, object()])
def test_error_for_an_unknown_language_lists_the_languages(language: Any) -> None:
    with pytest.raises(UnknownLanguage, match='"en", "zh"'):
        open_exercise("2.6", language=language)


@pytest.mark.parametrize(
    ("language", "beginning"), [("zh-CN", "提示"), ("zh_TW", "提示"), ("EN", "Hint"), ("en-GB", "Hint")]
)
def test_variant_of_a_language_is_accepted(language: str, beginning: str, capsys: pytest.CaptureFixture[str]) -> None:
    open_exercise("2.6", language=language).segment_ids.hint()
    assert capsys.readouterr().out.startswith(beginning)


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_of_an_async_function_says_how_to_make_it_synchronous(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def segment_ids(index: list[int], mark: int) -> list[int]:
        return index

    open_exercise("2.6", language=language).segment_ids.check(segment_ids)
    output = capsys.readouterr().out
    assert "`async`" in output
    assert "`await`" in output


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_of_an_endless_function_names_the_line(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    from autograde.runner.answers import calling

    waiting = "def segment_ids(index, mark):\n    while index:\n        mark += 1\n"
    linecache.cache["<learner>"] = (len(waiting), None, waiting.splitlines(True), "<learner>")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling.evidence, "__defaults__", (0.05,))
        open_exercise("2.6", language=language).segment_ids.check(learners_answer(waiting, "segment_ids"))
    output = capsys.readouterr().out
    assert "`while index:`" in output or "`mark += 1`" in output
    assert "0.05" in output


HALF = "def segment_ids(index, mark):\n    half = len(index) // 2\n    return [0] * half + [1] * (len(index) - half)\n"


def test_graded_cell_uses_the_notebooks_language(capsys: pytest.CaptureFixture[str]) -> None:
    open_exercise("2.6", language="zh")
    grade("2.6", "segment_ids", {})
    assert "未作答" in capsys.readouterr().out
    open_exercise("2.6", language="en")
    grade("2.6", "segment_ids", {})
    assert "not attempted" in capsys.readouterr().out


def test_graded_cell_does_not_repeat_the_reasons_of_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    """Below the check, the whole verdict stood a second time."""
    wrong = learners_answer(HALF, "segment_ids")
    open_exercise("2.6", language="en").segment_ids.check(wrong)
    said = capsys.readouterr().out
    grade("2.6", "segment_ids", {"segment_ids": wrong})
    points = capsys.readouterr().out
    assert "Next step" in said
    assert "Next step" not in points
    assert "0 of 10 points" in points.splitlines()[0]
    assert points.splitlines()[-1] == "The check above says what to do next."


@pytest.mark.parametrize(("name", "value"), [("AUTOGRADE_GRADED", "1"), ("NBGRADER_EXECUTION", "autograde")])
def test_graded_cell_gives_the_reasons_that_no_check_has_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    exercise = open_exercise("2.6", language="en")
    exercise.segment_ids.check(learners_answer(question("2.6", "segment_ids").teaching.solution, "segment_ids"))
    wrong = learners_answer(HALF, "segment_ids")
    grade("2.6", "segment_ids", {"segment_ids": wrong})
    assert "Next step" in capsys.readouterr().out
    # The teacher's feedback has all reasons.
    exercise.segment_ids.check(wrong)
    monkeypatch.setenv(name, value)
    grade("2.6", "segment_ids", {"segment_ids": wrong})
    assert capsys.readouterr().out.count("Next step") == 2


class RecordingReferee(LocalReferee):
    """A grader outside of a sandbox: only JSON text is exchanged."""

    def __init__(self) -> None:
        super().__init__("autograde")
        self.exchanged: list[str] = []

    def cases(self, section: str, function: str, graded: bool) -> str:
        self.exchanged.append(super().cases(section, function, graded))
        return self.exchanged[-1]

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        self.exchanged.append(evidence)
        return super().verdict(section, function, graded, evidence)


def test_only_text_without_answers_is_exchanged_with_the_referee() -> None:
    referee = RecordingReferee()
    asked = question("2.6", "segment_ids")
    points = grade(
        "2.6", "segment_ids", {"segment_ids": learners_answer(asked.teaching.solution, "segment_ids")}, referee=referee
    )
    assert points == asked.points
    assert [type(text) for text in referee.exchanged] == [str, str]
    assert dumps(asked.requests(asked.cases("autograde"))) == referee.exchanged[0]


def test_unreadable_evidence_is_reported_as_our_fault() -> None:
    verdict = LocalReferee().verdict("2.6", "segment_ids", True, '{"given": "grade me well"}')
    assert '"our-fault"' in verdict


def test_broken_library_is_reported_as_our_fault_without_an_exception(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_recipe: object) -> None:
        raise ImportError("no transformers here")

    monkeypatch.setattr("autograde.runner.answers.tiny_models.bert", broken)
    exercise.run_model.check(lambda *_arguments: None)
    assert exercise.run_model.verdict is not None
    assert exercise.run_model.verdict.outcome is Outcome.OUR_FAULT
    assert "no transformers here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the same mistake three times"), ("zh", "同一个错误已经出现三次")]
)
def test_same_mistake_three_times_shows_a_smaller_case(
    language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = open_exercise("2.6", language=language).segment_ids
    wrong = learners_answer(HALF, "segment_ids")
    shown = []
    for answer in [wrong] * 4 + [lambda index, mark: None, wrong, wrong, wrong]:
        asked.check(answer)
        shown.append(words in capsys.readouterr().out)
    # Another mistake in between resets the count.
    assert shown == [False, False, True, True, False, False, False, True]


def test_mistakes_are_counted_per_question_and_reset_by_a_right_answer(
    exercise: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, right = (
        learners_answer(HALF, "segment_ids"),
        learners_answer(question("2.6", "segment_ids").teaching.solution, "segment_ids"),
    )
    for answer in (wrong, wrong, right, wrong, wrong):
        exercise.segment_ids.check(answer)
        exercise.pad_pair.check(lambda *_arguments: None)
        exercise.pad_pair.check(learners_answer(question("2.6", "pad_pair").teaching.solution, "pad_pair"))
    assert "three times" not in capsys.readouterr().out
