"""Understanding the code of answer cells, whatever a learner writes."""

from __future__ import annotations

import warnings

import pytest

from autograde.notebooks.answer_code import code_in_text, parsed, without_fence


def test_text_with_a_thousand_definitions_is_parsed_quickly() -> None:
    """Every beginning was tried with every end: 800 took half a minute."""
    assert code_in_text("def pad(a):\nfoo bar\n" * 5_000, "pad") == ""
    assert code_in_text("def pad(a):\n    try:\n" + "        a()\n" * 20_000, "pad") == ""


@pytest.mark.parametrize("end", ["", "\n\nThat's it.", "\n\nA second text\nof two lines", "\n- a list (", '\n\n"""'])
def test_code_in_a_text_ends_where_it_is_no_longer_python(end: str) -> None:
    code = "def pad(a):\n    return [\n        a\n    ]\n\n\nX = 1"
    assert code_in_text(f"# My answer\n\n@cache\n{code}{end}", "pad").rstrip() == f"@cache\n{code}"


def test_very_long_fence_is_parsed_quickly() -> None:
    text = f"{'~' * 300_000}\n{'a' * 300_000}"
    assert without_fence(text) == text
    assert without_fence("~~~~python\nx = 1\n~~~~\n") == "x = 1"


def test_parsing_code_shows_no_syntax_warnings() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("error")
        assert parsed(r'pattern = "\d"') is not None
    assert seen == []
