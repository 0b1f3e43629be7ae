"""Answers to questions: reading typed values, comparing predictions with results, and checking with reasons."""

from __future__ import annotations

import pytest

from autograde.errors import UnusableQuestions
from autograde.widgets.answers import as_html, as_text, check, check_order, compare, in_words, typed_answer
from autograde.widgets.question_bank import Kind, LessonQuestion, Option, Text


def text(english: str) -> Text:
    return Text(english, f"中文{english}")


def one_of_three(section: str = "2.3") -> LessonQuestion:
    return LessonQuestion(
        "files",
        section,
        "choice",
        text("How many files?"),
        (
            Option(text("none"), reason=text("There is `.gitattributes`.")),
            Option(text("one"), right=True, reason=text("The Hub made it.")),
            Option(text("all"), reason=text("Nothing was uploaded.")),
        ),
    )


def several() -> LessonQuestion:
    return LessonQuestion(
        "offline",
        "2.4",
        "choice",
        text("Which work offline?"),
        (
            Option(text("add"), right=True),
            Option(text("commit"), right=True),
            Option(text("push"), reason=text("It sends bytes.")),
        ),
    )


def open_question(kind: Kind, answer: float | str | None = None) -> LessonQuestion:
    return LessonQuestion("open", "2.6", kind, text("What?"), answer=answer, reason=text("Because."))


def steps() -> LessonQuestion:
    names = ("clone", "add", "commit", "push")
    return LessonQuestion(
        "steps", "2.4", "order", text("Sort."), tuple(Option(text(name), reason=text(f"why {name}")) for name in names)
    )


def test_right_prediction_shows_the_value_and_the_reason() -> None:
    outcome = compare(one_of_three(), (1,), 1)
    assert outcome.right
    assert repr(outcome).splitlines() == [
        "As you predicted.",
        "You said: one",
        "The result: one (1)",
        "The Hub made it.",
    ]


def test_wrong_prediction_shows_both_reasons_and_does_not_look_like_an_error() -> None:
    outcome = compare(one_of_three(), (0,))
    assert outcome.right is False
    assert repr(outcome).splitlines() == [
        "Not what you predicted.",
        "You said: none",
        "The result: one",
        "There is .gitattributes.",
        "The Hub made it.",
    ]
    shown = outcome._repr_html_()
    assert "Not done" not in shown
    assert "#cf222e" not in shown
    assert "<code>.gitattributes</code>" in shown


def test_result_is_shown_without_a_prediction() -> None:
    outcome = compare(one_of_three(), None)
    assert outcome.right is None
    assert "You made no prediction" in repr(outcome)
    assert "The result: one" in repr(outcome)


@pytest.mark.parametrize(("predicted", "right"), [(12, True), (12.0, True), (11, False)])
def test_predicted_number_is_compared_with_the_lessons_value(predicted: float, right: bool) -> None:
    assert compare(open_question("number"), predicted, 12).right is right


def test_texts_are_compared_without_case_spaces_and_punctuation() -> None:
    assert compare(open_question("text", "README.md"), " `readme.md`. ").right


def test_an_open_question_without_an_answer_needs_a_value() -> None:
    with pytest.raises(UnusableQuestions, match=r"compare\(\"open\", value\)"):
        compare(open_question("number"), 3)


@pytest.mark.parametrize(("typed", "number"), [("12", 12), (" １２ ", 12), ("1,024", 1024), ("0.5", 0.5), ("-3", -3)])
def test_numbers_are_read_in_common_notations(typed: str, number: float) -> None:
    assert typed_answer(open_question("number"), typed) == number


@pytest.mark.parametrize("typed", ["9" * 200, "1e+200", "2.5"])
def test_number_is_repeated_as_it_was_typed(typed: str) -> None:
    """A prediction of 200 digits was shown as the 200 digits of the nearest float."""
    question = open_question("number")
    assert in_words(question, typed_answer(question, typed)) == typed


@pytest.mark.parametrize("typed", ["twelve", "1 2", "12 tokens", "nan tokens", "nan", "inf", "1e999", "9" * 5000])
def test_text_that_is_not_a_number_is_quoted_in_the_error(typed: str) -> None:
    with pytest.raises(ValueError, match=typed):
        typed_answer(open_question("number"), typed)


def test_wrong_choice_gets_its_reason_without_the_answer() -> None:
    outcome = check(one_of_three(), (2,))
    assert repr(outcome) == "Not yet.\nNothing was uploaded."
    assert "one" not in repr(outcome)


def test_wrong_choices_are_named_and_missing_ones_counted() -> None:
    assert check(several(), (0, 1)).right
    assert repr(check(several(), (0,))) == "Not yet.\nWhat you ticked is right. Right answers that you didn't tick: 1."
    assert repr(check(several(), (0, 1, 2))) == "Not yet.\npush: It sends bytes."


def test_wrong_order_names_the_first_wrong_place_with_its_reason() -> None:
    assert check_order(steps(), (0, 1, 2, 3)).right
    outcome = check_order(steps(), (0, 2, 1, 3))
    assert outcome.right is False
    assert repr(outcome).splitlines() == [
        "Not yet.",
        "The first 1 are right.",
        "Place 2 is too early for “commit”.",
        "why commit",
    ]


def test_question_about_an_earlier_lesson_names_the_lesson() -> None:
    assert as_text(one_of_three("2.3"), "2.3").startswith("How many files?\n  a) none\n")
    assert as_text(one_of_three("2.2"), "2.3").startswith("From lesson 2.2: How many files?")


def test_html_is_escaped_and_hides_the_answer_of_a_prediction() -> None:
    tricky = LessonQuestion("x", "1", "text", text("<b>?</b>"), answer="secret")
    assert "<b>?</b>" not in as_html(tricky, "1", answer=False)
    assert "secret" not in as_html(tricky, "1", answer=False)
    assert "secret" in as_html(tricky, "1", answer=True)


def test_texts_are_in_the_learners_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "zh")
    assert "你的预测：中文none" in repr(compare(one_of_three(), (0,)))
    assert as_text(one_of_three("2.2"), "2.3").startswith("回顾第 2.2 课：中文How")
