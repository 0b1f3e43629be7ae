"""Forms for questions: saving predictions, checking quizzes, and the text shown without widgets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograde.widgets import PredictionForm, Quiz
from autograde.widgets.predictions import Predictions
from autograde.widgets.question_bank import question
from tests.widgets.test_answers import one_of_three, open_question, several


@pytest.fixture
def kept(tmp_path: Path) -> Predictions:
    return Predictions(tmp_path / ".autograde" / "predictions.json")


def test_chosen_prediction_is_saved_without_saying_whether_it_is_right(kept: Predictions) -> None:
    form = PredictionForm(one_of_three(), kept, "2.3")
    assert kept.find(one_of_three()) is None
    assert form.field.choice is not None
    form.field.choice.value = 0
    assert kept.find(one_of_three()) == (0,)
    assert "You said: none" in form.message.value
    assert "gitattributes" not in form.message.value


def test_earlier_prediction_is_shown_in_a_new_kernel(kept: Predictions) -> None:
    PredictionForm(several(), kept, "2.4").predict((0, 2))
    again = PredictionForm(several(), kept, "2.4")
    assert [box.value for box in again.field.boxes] == [True, False, True]
    assert "You said: add; push" in again.message.value
    assert "You said: add; push" in repr(again)


def test_predicted_number_is_saved_and_a_word_is_rejected(kept: Predictions) -> None:
    form = PredictionForm(open_question("number"), kept, "2.6")
    assert form.field.line is not None
    form.field.line.value = "twelve"
    assert "‘twelve’ is not a number" in form.message.value
    assert kept.find(open_question("number")) is None
    form.field.line.value = "12"
    assert kept.find(open_question("number")) == 12


def test_predictions_of_other_questions_are_kept(kept: Predictions) -> None:
    PredictionForm(one_of_three(), kept, "2.3").predict((1,))
    PredictionForm(several(), kept, "2.4").predict((0, 1))
    assert json.loads(kept.path.read_text()) == {"files": [1], "offline": [0, 1]}


@pytest.mark.parametrize("content", ["", "[]", '{"files": [7]}', '{"files": "one"}', '{"files": [true]}'])
def test_saved_value_that_does_not_fit_counts_as_no_prediction(kept: Predictions, content: str) -> None:
    kept.path.parent.mkdir()
    kept.path.write_text(content)
    assert kept.find(one_of_three()) is None
    PredictionForm(one_of_three(), kept, "2.3").predict((2,))
    assert kept.find(one_of_three()) == (2,)


def test_unwritable_folder_is_reported_in_the_form(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    form = PredictionForm(one_of_three(), Predictions(tmp_path / "file" / "predictions.json"), "2.3")
    form.predict((0,))
    assert "could not be saved" in form.message.value


def test_quiz_checks_each_question_separately() -> None:
    quiz = Quiz([one_of_three("2.2"), several(), open_question("number", 12)], "2.3")
    first, second, third = quiz.items
    first.button.click()
    assert "Choose an answer first" in first.message.value
    assert first.field.choice is not None
    first.field.choice.value = 2
    assert first.message.value == ""
    first.button.click()
    assert "Not yet." in first.message.value
    assert "Nothing was uploaded." in first.message.value
    first.field.choice.value = 1
    assert first.check().right
    for box in second.field.boxes[:2]:
        box.value = True
    assert second.check().right
    assert third.field.line is not None
    third.field.line.value = "x"
    assert "not a number" in repr(third.check())


def test_without_widgets_questions_are_text_with_collapsed_answers(kept: Predictions) -> None:
    quiz = Quiz([one_of_three("2.2"), several()], "2.3")
    assert repr(quiz).startswith("1. From lesson 2.2: How many files?\n  a) none\n")
    page = quiz._repr_mimebundle_()["text/html"]
    assert page.count("<details>") == 2
    bundle = PredictionForm(one_of_three(), kept, "2.3")._repr_mimebundle_()
    assert "<details>" not in bundle["text/html"]
    assert bundle["text/plain"].startswith("How many files?")


def test_fields_have_labels_for_screen_readers(kept: Predictions) -> None:
    """Radio buttons and the text field are labelled with the question, each checkbox with its choice."""
    form = PredictionForm(question("what-needs-the-internet"), kept, "0")
    assert form.field.choice is not None
    assert form.field.choice.tooltip == "Which of these needs the internet in this course?"
    assert [label for label, _ in form.field.choice.options][-1] == "None of them"
    assert [box.description for box in PredictionForm(several(), kept, "2.4").field.boxes] == ["add", "commit", "push"]
