"""Blanks in a lesson's code: the right word is used, whatever the learner typed."""

from __future__ import annotations

import pytest

from autograde.errors import UnusableQuestions
from autograde.widgets.blanks import fill
from autograde.widgets.question_bank import LessonQuestion, Text

ADD = LessonQuestion(
    "the-word", "2.4", "text", Text("Which word?", "哪个词？"), answer="add", reason=Text("Because.", "因为。")
)


@pytest.mark.parametrize("given", ["___", ..., None, "", "  ", "...", "_____"])
def test_empty_blank_shows_the_question_and_the_word(given: object) -> None:
    word, message = fill(ADD, given)
    assert word == "add"
    assert message.right is None
    assert "Which word?" in repr(message)
    assert "goes on with add" in repr(message)


def test_the_right_word_is_confirmed_with_its_reason() -> None:
    word, message = fill(ADD, " add ")
    assert (word, message.right) == ("add", True)
    assert "Because." in repr(message)


@pytest.mark.parametrize("given", ["git add", "Git  add", "git lfs add", "hf add"])
def test_the_program_that_stands_before_the_blank_may_be_repeated(given: str) -> None:
    word, said = fill(ADD, given)
    assert (word, said.right) == ("add", True)


def test_a_wrong_word_is_not_used() -> None:
    word, message = fill(ADD, "push --force")
    assert (word, message.right) == ("add", False)
    assert "push --force" in repr(message)


def test_question_without_an_answer_cannot_be_a_blank() -> None:
    with pytest.raises(UnusableQuestions, match="the-word"):
        fill(LessonQuestion("the-word", "2.4", "text", Text("?", "？")), "___")
