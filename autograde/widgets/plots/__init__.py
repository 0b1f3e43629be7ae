"""The plots of the lessons, each with an alternative text and a table computed from the same numbers."""

from __future__ import annotations

from autograde.widgets.plots.bars import plot_tokens
from autograde.widgets.plots.figure import Plot
from autograde.widgets.plots.heatmap import plot_attention, plot_similarities
from autograde.widgets.plots.scatter import plot_sentences

__all__ = ["Plot", "plot_attention", "plot_sentences", "plot_similarities", "plot_tokens"]
