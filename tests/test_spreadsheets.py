"""Texts of learners are escaped so that spreadsheets don't run them as formulas."""

from __future__ import annotations

import pytest

from autograde.spreadsheets import cell


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@x", " =1", "＝1+1", "＋1", "－1", "＠x", "﹦1", "⁼1", "−1", "\u200b=1", "\u3000＝1", "\xa0=1"],
)
def test_formula_is_escaped(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("separator", [";", "\t", "\r", "\n"])
def test_formula_after_another_separator_is_escaped(separator: str) -> None:
    assert cell(f"a{separator}=1") == f"a{separator}'=1"
    assert cell(f"a{separator}b") == f"a{separator}b"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\tx"])
def test_cell_that_starts_with_a_separator_is_escaped(text: str) -> None:
    assert cell(text).startswith("'")
