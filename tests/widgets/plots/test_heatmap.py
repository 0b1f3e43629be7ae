"""Heatmaps: the alternative text agrees with the numbers."""

from __future__ import annotations

import re

import pytest

from autograde.widgets.plots import plot_attention, plot_similarities
from autograde.widgets.plots.figure import FONT_SIZE


def test_most_and_least_similar_pairs_are_named() -> None:
    plot = plot_similarities(["a", "b", "c"], [[1, 0.6, 0.1], [0.6, 1, -0.2], [0.1, -0.2, 1]])
    assert "Most similar: “a” and “b” (0.60)" in plot.alt
    assert "Least similar: “b” and “c” (-0.20)" in plot.alt
    assert ">0.60</td>" in plot.numbers


def test_numbers_of_another_shape_are_rejected() -> None:
    with pytest.raises(ValueError, match=r"3 labels need numbers of the shape \(3, 3\), not \(2, 2\)"):
        plot_similarities(["a", "b", "c"], [[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="at least two"):
        plot_similarities(["a"], [[1]])


def test_the_largest_attention_weight_is_named() -> None:
    plot = plot_attention(["[CLS]", "cat", "[SEP]"], [[0.2, 0.3, 0.5], [0.8, 0.1, 0.1], [0.4, 0.3, 0.3]])
    assert "0.80: cat attends to [CLS]" in plot.alt
    assert "the token that looks" in plot.svg


def test_given_alternative_text_is_used() -> None:
    assert plot_attention(["a"], [[1]], "Only one.").alt == "Only one."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_titles_are_not_cut_off_at_the_edge(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """The attention map's Chinese titles were cut off: characters in a browser are taller than in matplotlib."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    svg = plot_attention(["[CLS]", "cat"], [[1, 0], [0, 1]]).svg
    across, above = {"en": ("the token that looks", "the token that it looks at"), "zh": ("在看的词元", "被看的词元")}[
        language
    ]
    at = {title: re.search(rf'x="([\d.]+)" y="([\d.]+)"[^>]*>{title}</text>', svg) for title in (across, above)}
    assert all(at.values())
    assert float(at[across][1]) > 1.5 * FONT_SIZE  # type: ignore[index]
    assert float(at[above][2]) > 1.5 * FONT_SIZE  # type: ignore[index]
