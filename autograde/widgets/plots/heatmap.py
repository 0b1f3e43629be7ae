"""Heatmaps of the similarity of sentences, and of attention weights."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import combinations
from typing import Any

import numpy as np

from autograde.i18n.translation import messages
from autograde.widgets.plots.figure import Plot, drawing, inches, ink_on, svg_of
from autograde.widgets.tables import table as html_table

_ = messages("widgets")

#: Distance in inches between an axis title and the edge of the picture; Chinese characters are taller than matplotlib's
#: font.
TITLE = 0.26

#: Width and height of a cell in inches. It is low, so that a map of 12 tokens and its sliders fit into a small window.
CELL = (0.38, 0.26)


def plot_similarities(sentences: Sequence[str], similarities: Any) -> Plot:
    """Draw the cosine similarity of every sentence with every other one.

    Args:
        sentences: the sentences.
        similarities: shape (sentences, sentences), from -1 to 1; a tensor, an array or nested lists.

    Raises:
        ValueError: the shape does not fit, or there are fewer than two sentences.
    """
    values = _square(similarities, len(sentences))
    if len(sentences) < 2:
        raise ValueError("a comparison needs at least two sentences")
    pairs = sorted(combinations(range(len(sentences)), 2), key=lambda pair: float(values[pair]))
    alt = _("Heatmap of cosine similarities. Most similar: {most}. Least similar: {least}.").format(
        most=_pair(sentences, values, pairs[-1]), least=_pair(sentences, values, pairs[0])
    )
    labels = [f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1)]
    columns = [str(number) for number in range(1, len(sentences) + 1)]
    return _heatmap(values, labels, columns, _("cosine similarity"), "", "", alt, lowest=min(0.0, float(values.min())))


def plot_attention(tokens: Sequence[str], weights: Any, alt: str = "") -> Plot:
    """Draw the weights of one attention head: how much each token (row) attends to each token (column).

    Args:
        tokens: the tokens.
        weights: shape (tokens, tokens); each row adds up to 1.
        alt: description of the picture; if empty, it names the largest weight.

    Raises:
        ValueError: the shape does not fit.
    """
    values = _square(weights, len(tokens))
    row, column = divmod(int(values.argmax()), len(tokens))
    description = _("Heatmap of attention weights. The largest is {value}: {row} attends to {column}.").format(
        value=f"{values[row, column]:.2f}", row=tokens[row], column=tokens[column]
    )
    rows, columns = _("the token that looks"), _("the token that it looks at")
    return _heatmap(values, list(tokens), list(tokens), _("attention weight"), rows, columns, alt or description)


def _square(given: Any, size: int) -> Any:
    values = np.asarray(given, dtype=float)
    if values.shape != (size, size):
        raise ValueError(f"{size} labels need numbers of the shape ({size}, {size}), not {values.shape}")
    return values


def _pair(sentences: Sequence[str], values: Any, pair: tuple[int, int]) -> str:
    quoted = _("“{first}” and “{second}” ({value})")
    return quoted.format(first=sentences[pair[0]], second=sentences[pair[1]], value=f"{values[pair]:.2f}")


def _heatmap(
    values: Any,
    rows: list[str],
    columns: list[str],
    measure: str,
    row_title: str,
    column_title: str,
    alt: str,
    lowest: float = 0.0,
) -> Plot:
    across, down = CELL[0] * len(columns), CELL[1] * len(rows)
    long_columns = max(map(len, columns)) > 2
    left = max(map(inches, rows)) + (0.65 if row_title else 0.2)
    top = (max(map(inches, columns)) if long_columns else 0.2) + (0.55 if column_title else 0.15)
    right, bottom = 0.15, 0.45
    width, height = left + across + right, top + down + bottom
    with drawing(width, height) as figure:
        axes = figure.add_axes((left / width, bottom / height, across / width, down / height))
        axes.imshow(values, cmap="Blues", vmin=lowest, vmax=1, aspect="auto")
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        axes.set_xticks(range(len(columns)), columns, rotation=90 if long_columns else 0)
        axes.set_yticks(range(len(rows)), rows)
        axes.tick_params(length=0)
        # The browser's fonts may be wider than matplotlib's, so place the titles away from the labels explicitly.
        axes.set_xlabel(column_title)
        axes.xaxis.set_label_coords(0.5, 1 + (top - TITLE) / down)
        axes.set_ylabel(row_title)
        axes.yaxis.set_label_coords((TITLE - left) / across, 0.5)
        for row, column in np.ndindex(values.shape):
            value = float(values[row, column])
            axes.text(
                column, row, f"{value:.2f}".replace("0.", ".", 1), ha="center", va="center", fontsize=9.5,
                color=ink_on(value, lowest, 1),
            )  # fmt: skip
        # Every cell has its number, so a scale of the colours would only make everything else smaller.
        axes.text(0.5, -(bottom - 0.18) / down, measure, ha="center", transform=axes.transAxes)
        svg = svg_of(figure)
    cells = [
        [escape(name), *(f"{value:.2f}" for value in line)] for name, line in zip(rows, values.tolist(), strict=True)
    ]
    return Plot(svg, alt, html_table(measure, ["", *columns], cells))
