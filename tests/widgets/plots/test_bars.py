"""Bar plots: the alternative text names the lowest token and the number of tokens near 1."""

from __future__ import annotations

import pytest

from autograde.widgets.plots import plot_tokens


def test_alternative_text_names_the_lowest_token_and_the_number_near_one() -> None:
    plot = plot_tokens(
        ["[CLS]", "a", "[SEP]"], {"random": [1.0, 0.995, 0.65], "trained": [1.0, 1.0, 0.997], "x": [0.9, 0.8, 0.7]}
    )
    assert "random: the lowest is 0.65 at position 2, [SEP]; 2 of 3 stay at 0.99 or above." in plot.alt
    assert "trained: all 3 stay at 0.99 or above." in plot.alt
    assert "x: all 3 are below 0.99; the lowest is 0.70 at position 2, [SEP]." in plot.alt
    assert ">0.650</td>" in plot.numbers
    assert ">0.65<" in plot.svg


def test_two_rows_of_bars_differ_by_more_than_colour() -> None:
    one, two = plot_tokens(["a"], {"x": [1.0]}), plot_tokens(["a"], {"x": [1.0], "y": [1.0]})
    assert "<pattern" not in one.svg
    assert "<pattern" in two.svg


def test_series_with_missing_numbers_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match=r"2 tokens need numbers.*: short"):
        plot_tokens(["a", "b"], {"short": [1.0]})
