"""Lesson 2.1: the user names that the lesson calls valid are those that the Hub accepts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde.hub import LocalHub, user_name_problem
from autograde.widgets.question_bank import question

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def test_right_choices_are_the_names_that_the_hub_accepts() -> None:
    for choice in question("names-the-hub-accepts").choices:
        name = choice.text.en.strip("`")
        assert (user_name_problem(name) is None) == choice.right, name


@in_both_languages
def test_lesson_checks_the_names_of_its_question(
    hub: LocalHub, run_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = run_lesson("2.1", language)
    lines = lesson.printed("check-names").splitlines()
    names = [choice.text.en.strip("`") for choice in question("names-the-hub-accepts").choices]
    assert [line[:14].strip() for line in lines] == names
    for name, line in zip(names, lines, strict=True):
        assert line[15:] == (user_name_problem(name, language) or "✓")
    assert "['ada', 'ada-lovelace']" in lesson.printed("compare-the-names")
    assert lesson.printed("ask-about-the-account").splitlines() == [
        lesson.account,
        f"{hub.endpoint}/{lesson.account}",
    ]
    # The planned failure: the name is taken, in the Hub's words.
    assert lesson.printed("sign-up-with-a-taken-name").strip()
