"""The parts of a verdict on hidden cases that a learner may see."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.grading.disclosure import without_hidden, without_unknown_words
from autograde.judge.messages import _, verbatim
from autograde.judge.verdict import FirstDifference, Outcome, Verdict

KNOWN = frozenset({"torch", "my_helper", "segment_ids"})


def verdict(text: str) -> Verdict:
    message = _("your function raised {name}: {message}", name="ValueError", message=text)
    return Verdict(
        "2.6/segment_ids", "segment_ids", Outcome.INCORRECT, 0.0, 10.0, (), True,
        summary=_("Wrong in {wrong} of {cases} cases.", wrong=3, cases=16),
        difference=FirstDifference(_("a pair"), _("{first}; {then}", first=message, then=verbatim(text))),
        noise=text, seed="secret",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("name 'my_helper' is not defined", "name 'my_helper' is not defined"),
        ("f() missing 2 required positional arguments", "…() missing 2 required positional arguments"),
        (
            "fatal: repository 'http://127.0.0.1:41/mei/m7/' not found",
            "fatal: repository 'http://….0.0.1:…/…/…/' not found",
        ),
        ("[101, 7592, 102]", "[…, …, …]"),
        ("LEAK [1, 2, 3]", "… […, …, …]"),
        ("Talk is cheap", "… is …"),
        ("0 1 0 1 1", "0 1 0 … …"),
    ],
)
def test_quote_keeps_common_words_and_hides_others(text: str, shown: str) -> None:
    assert without_unknown_words(text, KNOWN) == shown


@given(st.lists(st.integers(10, 10**6), min_size=1))
def test_no_number_of_a_hidden_case_is_quoted(numbers: list[int]) -> None:
    shown = without_hidden(verdict(f"LEAK {numbers}"), "def segment_ids(index, mark): ...")
    assert not set(re.findall(r"\d+", str(shown.difference))) & set(map(str, numbers))
    assert (shown.noise, shown.seed) == ("", "")


def test_messages_of_the_judge_are_kept() -> None:
    shown = without_hidden(verdict("x"), "")
    assert shown.summary == verdict("x").summary
    text = _(
        "position {position}, token {token}: expected {expected}, got {got}",
        position=4,
        token="cheap",
        expected="0",
        got="1",
    )
    kept = without_hidden(replace(verdict("x"), difference=FirstDifference(_("a pair"), text)), "")
    assert kept.difference is not None
    assert kept.difference.text == text


NAMES = "anna bert carl dora emil fred gina hans ida jane".split()


@pytest.mark.parametrize(
    "words", [NAMES, "line list item index value error key and or not".split(), [n * "!" + "/" for n in range(1, 11)]]
)
def test_hidden_numbers_spelt_with_allowed_words_are_cut_off(words: list[str]) -> None:
    """Ten words or punctuation marks are enough to spell every number."""
    case = [101, 7592, 2088, 102, 2129, 2024, 2017, 102]
    text = " ".join(words[int(digit)] for digit in "".join(map(str, case)))
    shown = str(without_hidden(verdict(text), " ".join(NAMES)).difference)
    assert text[: len(text) // 2] not in shown
    assert "…" in shown


def test_listing_every_number_in_the_notebook_does_not_reveal_hidden_ones() -> None:
    sources = " ".join(map(str, range(31000)))
    assert "7592" not in str(without_hidden(verdict("[101, 7592, 102]"), sources).difference)
    assert "7592" in str(without_hidden(verdict("7592 is not in list"), "mark = 7592").difference)


def test_error_in_every_field_is_quoted_each_time() -> None:
    usual = "list indices must be integers or slices, not str"
    first = verdict(usual)
    assert first.difference is not None
    twice = replace(first, summary=first.difference.text, next_step=first.difference.text)
    shown = without_hidden(twice, "")
    assert shown.difference is not None
    assert shown.summary == shown.next_step == shown.difference.text
    assert "integers or slices" in str(shown.summary)


def test_only_the_words_in_the_beginning_of_a_huge_notebook_are_quoted() -> None:
    """For each graded cell, the words of 50 MB took ten seconds and 900 MB in the grader."""
    shown = without_hidden(verdict("my_first my_last"), "my_first\n" + "# x\n" * 500_000 + "my_last\n")
    assert "my_first …" in str(shown.difference)


def test_words_in_mixed_case_are_hidden() -> None:
    assert without_unknown_words("liSt Index NOT nOt 'NoneType'", frozenset()) == "… Index NOT … 'NoneType'"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"), (-12, "-12"), (999, "999"), (1742, "…"), (-1742, "…"), (int("1010736400101"), "…"), (0.5, "0.5"),
        (100000.0, "…"), (0.123456, "…"), (1e30, "…"), (float("nan"), "…"),
    ],
)  # fmt: skip
def test_large_number_that_was_returned_is_not_quoted(value: float, shown: str) -> None:
    """A list of 1,742 items, or a whole number, can spell a hidden value."""
    text = _("expected {expected} values, got {got}", expected=12, got=value)
    seen = without_hidden(replace(verdict("x"), difference=FirstDifference(_("a pair"), text)), "x = 1").difference
    assert seen is not None
    assert seen.text.in_language("en") == f"expected 12 values, got {shown}"


@pytest.mark.parametrize(
    "text",
    [
        "unsupported operand type(s) for +: 'int' and 'NoneType'",
        "list indices must be integers or slices, not str",
        "'NoneType' object has no attribute 'shape'",
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
    ],
)
def test_usual_messages_of_python_are_quoted_completely(text: str) -> None:
    seen = without_hidden(replace(verdict(text), summary=_("x")), "").difference
    assert seen is not None
    assert text in seen.text.in_language("en")


def test_all_quotes_of_a_verdict_together_are_short() -> None:
    texts = [verbatim(" ".join(["list"] * number)) for number in range(1, 9)]
    many = replace(
        verdict(""),
        difference=None,
        summary=_("{a} {b} {c} {d} {e} {f} {g} {h}", **dict(zip("abcdefgh", texts, strict=True))),
    )
    assert str(without_hidden(many, "").summary).count("list") <= 7
