"""Scatter plots of sentences: similar vectors give near points, and the alternative text counts neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from autograde.widgets.plots import plot_sentences
from autograde.widgets.plots.scatter import neighbours_in_own_group, principal_components

VECTORS = np.array([[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 1, 0.1], [0, 0, 1], [0.1, 0, 1]], dtype=float)
GROUPS = ["a", "a", "b", "b", "c", "c"]


def test_similar_vectors_become_near_points_whatever_their_length() -> None:
    points = principal_components(VECTORS * np.arange(1, 7)[:, None])
    assert points.shape == (6, 2)
    for pair in (0, 2, 4):
        own = np.linalg.norm(points[pair] - points[pair + 1])
        others = [np.linalg.norm(points[pair] - points[each]) for each in range(6) if each not in (pair, pair + 1)]
        assert own < min(others)


def test_coordinates_have_fixed_signs() -> None:
    """A decomposition may give either sign; the picture must be the same on every machine."""
    points = principal_components(VECTORS)
    assert (points[np.abs(points).argmax(axis=0), [0, 1]] > 0).all()


def test_neighbours_are_counted_by_group() -> None:
    assert neighbours_in_own_group(VECTORS, GROUPS) == 6
    assert neighbours_in_own_group(VECTORS, ["a", "b", "a", "b", "a", "b"]) == 0


def test_alternative_text_counts_neighbours_in_the_same_group() -> None:
    plot = plot_sentences(["s"] * 6, GROUPS, {"trained": VECTORS, "random": VECTORS[[0, 2, 4, 1, 3, 5]]})
    assert plot.alt.startswith("Scatter plot of 6 sentences in 3 groups.")
    assert "trained: 6 of 6" in plot.alt
    assert "random: 0 of 6" in plot.alt


def test_the_groups_of_lesson_2_6b_have_names_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "zh")
    plot = plot_sentences(["s"] * 6, ["cats"] * 2 + ["money"] * 2 + ["mine"] * 2, {"trained": VECTORS})
    shown = plot._repr_html_()
    assert "cats" not in shown
    assert all(word in shown for word in ("猫", "钱", "mine"))


def test_vectors_of_another_length_are_rejected() -> None:
    with pytest.raises(ValueError, match="at least three sentences"):
        plot_sentences(["s"] * 6, GROUPS, {"trained": VECTORS[:5]})
