"""Blanks: the lesson goes on with the right word, whatever stands in the blank."""

from __future__ import annotations

import pytest

from autograde.errors import UnusableQuestions
from autograde.widgets.blanks import fill
from autograde.widgets.question_bank import Question, Text

ADD = Question(
    "the-word", "2.4", "text", Text("Which word?", "哪个词？"), answer="add", reason=Text("Because.", "因为。")
)


@pytest.mark.parametrize("given", ["___", ..., None, "", "  ", "...", "_____"])
def test_an_empty_blank_says_what_is_missing(given: object) -> None:
    word, said = fill(ADD, given)
    assert word == "add"
    assert said.right is None
    assert "Which word?" in repr(said)
    assert "goes on with add" in repr(said)


def test_the_right_word_is_confirmed_with_its_reason() -> None:
    word, said = fill(ADD, " add ")
    assert (word, said.right) == ("add", True)
    assert "Because." in repr(said)


def test_a_wrong_word_is_not_used() -> None:
    word, said = fill(ADD, "push --force")
    assert (word, said.right) == ("add", False)
    assert "push --force" in repr(said)


def test_a_question_without_an_answer_is_no_blank() -> None:
    with pytest.raises(UnusableQuestions, match="the-word"):
        fill(Question("the-word", "2.4", "text", Text("?", "？")), "___")
