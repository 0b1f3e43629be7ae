"""A bar chart with one number per token, for one model or several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from autograde.i18n.translation import messages, sentences
from autograde.widgets.plots.figure import COLOURS, HATCHES, Plot, drawing, inches, svg_of
from autograde.widgets.tables import table as html_table

_ = messages("widgets")

#: Similarity from which a vector counts as unchanged.
UNCHANGED = 0.99


def plot_tokens(tokens: Sequence[str], similarities: Mapping[str, Any]) -> Plot:
    """Draw how similar each token's vector is to an earlier one; 1 means unchanged.

    Args:
        tokens: the tokens.
        similarities: cosine similarities, one per token, by name (of a model, for example).

    Raises:
        ValueError: a name does not have exactly one number per token.
    """
    rows = {name: np.asarray(values, dtype=float) for name, values in similarities.items()}
    for name, values in rows.items():
        if values.shape != (len(tokens),):
            raise ValueError(
                f"{len(tokens)} tokens need numbers of the shape ({len(tokens)},), not {values.shape}: {name}"
            )
    described = (_bars_in_words(tokens, *row) for row in rows.items())
    alt = sentences(_("Bars of the cosine similarity of every token."), *described)
    labels = [f"{position}  {token}" for position, token in enumerate(tokens)]
    left, right, top, bottom, row = max(map(inches, labels)) + 0.2, 0.6, 0.45, 0.65, 0.17 * len(rows) + 0.1
    width, height = max(6.0, left + right + 3), top + row * len(tokens) + bottom
    thick = 0.84 / len(rows)
    with drawing(width, height) as figure:
        box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height)
        axes = figure.add_axes(box)
        places = np.arange(len(tokens))
        for number, (name, values) in enumerate(rows.items()):
            bars = axes.barh(
                places + (number - (len(rows) - 1) / 2) * thick, values, thick, label=name,
                color=COLOURS[number % len(COLOURS)], hatch=HATCHES[number % len(HATCHES)], edgecolor="white",
            )  # fmt: skip
            axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=4)
        axes.set_yticks(places, labels)
        axes.set_ylim(len(tokens) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        lowest = min(float(values.min()) for values in rows.values())
        axes.set_xlim(lowest - 0.3 if lowest < 0 else 0, 1)  # a negative number is written left of its bar
        axes.set_xlabel(_("cosine similarity"), labelpad=8)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="upper right", ncols=len(rows), frameon=False)
        svg = svg_of(figure)
    cells = [
        [str(position), f"<code>{escape(token)}</code>", *(f"{values[position]:.3f}" for values in rows.values())]
        for position, token in enumerate(tokens)
    ]
    return Plot(svg, alt, html_table(_("cosine similarity"), [_("position"), _("token"), *rows], cells))


def _bars_in_words(tokens: Sequence[str], name: str, values: Any) -> str:
    """Describe the bars of one name in a sentence: the lowest, and how many are near 1."""
    lowest = int(values.argmin())
    if values[lowest] >= UNCHANGED:
        return _("{name}: all {count} stay at {limit} or above.").format(name=name, count=len(tokens), limit=UNCHANGED)
    near = int((values >= UNCHANGED).sum())
    sentence = (
        _("{name}: the lowest is {value} at position {position}, {token}; {near} of {count} stay at {limit} or above.")
        if near
        else _("{name}: all {count} are below {limit}; the lowest is {value} at position {position}, {token}.")
    )
    return sentence.format(
        name=name,
        value=f"{values[lowest]:.2f}",
        position=lowest,
        token=tokens[lowest],
        near=near,
        count=len(tokens),
        limit=UNCHANGED,
    )
