"""The language of a submission."""

from __future__ import annotations

import pytest

from autograde.grading.submissions.jobs import language_of_bytes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("e = open_exercise('2.6', language='zh')", "zh"),
        ("汉" * 300 + "open_exercise('2.6', language = \\\"en\\\")", "en"),
        ("汉" * 300, "zh"),
        ("汉" * 100, "en"),
        ("", "en"),
    ],
)
def test_chosen_language_counts_before_that_of_the_text(text: str, language: str) -> None:
    assert language_of_bytes(text.encode()) == language


@pytest.mark.timeout(20)
def test_text_that_repeats_the_name_of_the_function_is_searched_quickly() -> None:
    """Each occurrence was searched up to the end of the line, which took hours in the process that grades the class."""
    assert language_of_bytes(b"open_exercise(" * 500_000) == "en"
