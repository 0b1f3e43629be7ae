"""Every example answer that runs on a Hub or in a folder: right ones, wrong ones with their lost points, empty ones.

Each answer is judged once, and its verdict is read in both languages.
"""

from __future__ import annotations

import importlib
from typing import Any

import huggingface_hub
import pytest

from autograde.exercises.asking import ask
from autograde.judge import AnswerKind, Evidence, Outcome, Question, Reply, judge, to_html, to_text
from autograde.judge.observation import Observation
from autograde.questions import assignments, question
from autograde.questions.examples import Example, right_answers, wrong_answers
from autograde.questions.summary.publish_and_load.facets import FACETS
from autograde.referee.local import LocalReferee

ON_HUBS = [
    (name, asked) for name, questions in assignments().items() for asked in questions if asked.execution is not None
]
every_question = pytest.mark.parametrize(("section", "asked"), ON_HUBS, ids=[asked.id for _section, asked in ON_HUBS])


def learners_answer(code: str, name: str) -> Any:
    """Return the learner's function or value, as a notebook would define it."""
    namespace: dict[str, Any] = {}
    if "AutoModel" in code and "import torch" not in code:
        # transformers adds its classes as attributes only at their first use.
        transformers = importlib.import_module("transformers")
        namespace |= {name: getattr(transformers, name) for name in ("AutoModel", "AutoTokenizer")}
        namespace["torch"] = importlib.import_module("torch")
    exec(compile("from pathlib import Path\nfrom huggingface_hub import *\n" + code, "<learner>", "exec"), namespace)
    return namespace[name]


#: Wrong answers that are right in the only visible case.
NEED_HIDDEN_CASES = {"fixed-name", "fixed-folder", "unquoted"}
#: Assignments whose cases are slow, because each runs git or loads a model: other answers are only run on the visible
#: case.
SLOW = {"2.4", "3"}


@pytest.mark.parametrize(
    "wrong", [each for _section, asked in ON_HUBS for each in wrong_answers(asked)], ids=lambda wrong: wrong.name
)
def test_wrong_answer_loses_its_points_and_its_misconception_is_named(wrong: Example) -> None:
    graded = wrong.section not in SLOW or wrong.misconception in NEED_HIDDEN_CASES
    verdict = ask(
        LocalReferee(), wrong.section, wrong.function, learners_answer(wrong.code, wrong.function), graded=graded
    )
    text = to_text(verdict, "en")
    assert verdict.outcome is Outcome.INCORRECT, text
    assert tuple(item.id for item in verdict.items if not item.points) == wrong.lost, text
    assert verdict.points == wrong.points
    assert verdict.misconception is not None, text
    assert verdict.misconception.id == wrong.misconception, text
    for language in ("en", "zh"):
        assert verdict.misconception.explanation.in_language(language) in to_text(verdict, language)


@pytest.mark.parametrize(
    "right", [each for _section, asked in ON_HUBS for each in right_answers(asked)], ids=lambda right: right.name
)
def test_right_answer_in_another_style_gets_full_points(right: Example) -> None:
    verdict = ask(
        LocalReferee(), right.section, right.function, learners_answer(right.code, right.function), graded=True
    )
    assert verdict.outcome is Outcome.CORRECT, to_text(verdict, "en")
    assert verdict.points == verdict.possible


@every_question
def test_solution_is_right_in_self_check_and_graded_cell(section: str, asked: Question) -> None:
    for graded in (False, True):
        verdict = ask(
            LocalReferee(),
            section,
            asked.function,
            learners_answer(asked.teaching.solution, asked.function),
            graded=graded,
        )
        assert verdict.outcome is Outcome.CORRECT, to_text(verdict, "en")
        assert verdict.points == verdict.possible == asked.points
        # A self-check describes the result; a graded cell shows nothing about its cases.
        assert (len(verdict.summary.in_language("en")) > 60) is not graded


@every_question
def test_no_attempt_gives_no_points(section: str, asked: Question) -> None:
    released = {
        AnswerKind.FUNCTION: f"def {asked.function}(*arguments):\n    raise NotImplementedError()",
        AnswerKind.TEXT: f'{asked.function} = r"""\n# YOUR CODE HERE\n"""',
        AnswerKind.ENTRIES: f'{asked.function} = {{"username": "", "email": ""}}',
    }[asked.kind]
    for answer in (None, ..., learners_answer(released, asked.function)):
        verdict = ask(LocalReferee(), section, asked.function, answer, graded=True)
        assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0), to_text(verdict, "en")


@every_question
def test_answer_of_another_kind_gets_no_points(section: str, asked: Question) -> None:
    for answer in (["a"], {"a": 1}, "true", lambda *_arguments: None):
        verdict = ask(LocalReferee(), section, asked.function, answer, graded=True)
        assert verdict.points == 0, answer
        assert verdict.outcome in (Outcome.COULD_NOT_RUN, Outcome.INCORRECT), answer
        assert "<p" in to_html(verdict, "zh")


def test_each_misconception_has_an_example() -> None:
    for _section, asked in ON_HUBS:
        assert [each.id for each in asked.misconceptions if not each.examples] == []


def test_misspelt_variable_names_no_misconception() -> None:
    for section, function in (("2.3", "create_repository"), ("3", "publish_and_load")):
        misspelt = learners_answer(f"def {function}(*given):\n    return namespace + given[0]", function)
        verdict = ask(LocalReferee(), section, function, misspelt, graded=True)
        assert verdict.misconception is None
        assert "'namespace' is not defined" in to_text(verdict, "en")


# The weights are an example of the misconception "moved".
@pytest.mark.parametrize("path", ["onnx/model.onnx", ".training.json"])
def test_moving_a_file_out_of_the_model_folder_loses_points(path: str) -> None:
    moved = (
        'git clone "$HF_ENDPOINT/$OWNER/$NAME"\ncd "$NAME"\ncp -r "$MODEL_FOLDER/." .\ngit add .\n'
        f'git commit -m "Upload the model"\ngit push\nmv "$MODEL_FOLDER/{path}" ..\n'
    )
    verdict = ask(LocalReferee(), "2.4", "upload_sh", moved, graded=True)
    assert [item.id for item in verdict.items if not item.points] == ["rest"], to_text(verdict, "en")


def test_line_ends_that_git_changes_are_noticed_when_graded() -> None:
    script = (
        'git clone "$HF_ENDPOINT/$OWNER/$NAME"\ncd "$NAME"\ncp -r "$MODEL_FOLDER/." .\n'
        "echo '* text=auto' >> .gitattributes\ngit add .\ngit commit -m \"Upload the model\"\ngit push\n"
    )
    verdict = ask(LocalReferee(), "2.4", "upload_sh", script, graded=True)
    assert "files" in [item.id for item in verdict.items if not item.points], to_text(verdict, "en")


def test_error_is_reported_before_what_is_missing_after_it() -> None:
    """That the repository is public came first, and the error was only in the table."""

    def answer(name: str) -> str:
        huggingface_hub.create_repo(name, exist_ok=True)
        return {"name": name}["full name"]

    text = to_text(ask(LocalReferee(), "2.3", "create_repository", answer, graded=False), "en")
    assert "your function raised KeyError" in text
    assert "Next step: Look at the line that raised the exception" in text


def test_wrong_shape_of_the_result_is_described() -> None:
    def answer(folder: str, name: str, first: str, second: str) -> tuple[str, object]:
        from transformers import AutoModel, AutoTokenizer

        repo_id = huggingface_hub.create_repo(name).repo_id
        huggingface_hub.upload_folder(repo_id=repo_id, folder_path=folder)
        tokenizer, model = AutoTokenizer.from_pretrained(repo_id), AutoModel.from_pretrained(repo_id)
        model(**tokenizer(first, second, return_tensors="pt"))
        return repo_id, [1, 2, 3]

    verdict = ask(LocalReferee(), "3", "publish_and_load", answer, graded=False)
    assert verdict.points == 8
    assert "expected the shape [1, 11, 24], but the function returned [1, 2, 3]" in to_text(verdict, "en")


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        ("[1, 11, 24]", "the function returned the text '[1, 11, 24]'"),
        (11, "the function returned the whole number 11"),
        (None, "the function returned no shape"),
    ],
)
def test_wrong_type_of_the_result_is_described(returned: Observation, sentence: str) -> None:
    asked = question("3", "publish_and_load")
    answer = FACETS.answer(asked.visible[0], shape=returned)
    verdict = judge(asked, Evidence(AnswerKind.FUNCTION, "function", (Reply(answer),)))
    assert verdict.points == 8
    assert sentence in to_text(verdict, "en")


def test_shape_of_a_models_head_is_not_accepted_as_its_hidden_state() -> None:
    def answer(folder: str, name: str, first: str, second: str) -> tuple[str, object]:
        from transformers import AutoModelForMaskedLM, AutoTokenizer

        repo_id = huggingface_hub.create_repo(name).repo_id
        huggingface_hub.upload_folder(repo_id=repo_id, folder_path=folder)
        tokenizer, model = AutoTokenizer.from_pretrained(repo_id), AutoModelForMaskedLM.from_pretrained(repo_id)
        return repo_id, model(**tokenizer(first, second, return_tensors="pt")).logits.shape

    verdict = ask(LocalReferee(), "3", "publish_and_load", answer, graded=False)
    assert [item.id for item in verdict.items if not item.points] == ["returned"]
    assert "expected the shape [1, 11, 24], but the function returned [1, 11, " in to_text(verdict, "en")
