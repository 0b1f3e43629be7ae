"""No text of a learner's is a formula in a spreadsheet."""

from __future__ import annotations

import pytest

from autograde.spreadsheets import cell


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@x", " =1", "＝1+1", "＋1", "－1", "＠x", "﹦1", "⁼1", "−1", "\u200b=1", "\u3000＝1", "\xa0=1"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("separator", [";", "\t", "\r", "\n"])
def test_no_formula_appears_where_a_spreadsheet_cuts_at_other_characters(separator: str) -> None:
    assert cell(f"a{separator}=1") == f"a{separator}'=1"
    assert cell(f"a{separator}b") == f"a{separator}b"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\tx"])
def test_a_cell_that_begins_with_a_separator_is_marked(text: str) -> None:
    assert cell(text).startswith("'")
