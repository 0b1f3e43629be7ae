"""A scatter plot of sentences as points, for several models side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from autograde.i18n import translation
from autograde.i18n.translation import marked, messages
from autograde.widgets.plots.figure import COLOURS, Plot, drawing, svg_of
from autograde.widgets.tables import table as html_table

_ = messages("widgets")


#: Translated group names of lesson 2.6b, whose code is the same in every language; other names are not translated.
_KNOWN_GROUPS = frozenset({marked("cats"), marked("weather"), marked("money")})

#: A shape for each group, so that the plot does not depend on colour.
MARKERS = ("o", "s", "^", "D", "v", "P")


def principal_components(vectors: Any) -> Any:
    """Project vectors ``(count, hidden size)`` to points ``(count, 2)`` along their first two principal components.

    Vectors are normalised to length 1 first, so that points are close if the cosine similarity is high. The signs are
    fixed, so that the same vectors give the same picture everywhere.
    """
    values = np.asarray(vectors, dtype=float)
    values = values / np.linalg.norm(values, axis=1, keepdims=True)
    centred = values - values.mean(axis=0)
    left, sizes, _right = np.linalg.svd(centred, full_matrices=False)
    points = left[:, :2] * sizes[:2]
    signs = np.sign(points[np.abs(points).argmax(axis=0), range(points.shape[1])])
    return points * np.where(signs == 0, 1, signs)


def neighbours_in_own_group(vectors: Any, groups: Sequence[str]) -> int:
    """Return the number of vectors whose nearest neighbour (by cosine similarity) is in their own group."""
    values = np.asarray(vectors, dtype=float)
    values = values / np.linalg.norm(values, axis=1, keepdims=True)
    similarities = values @ values.T
    np.fill_diagonal(similarities, -np.inf)
    return sum(groups[int(nearest)] == own for nearest, own in zip(similarities.argmax(axis=1), groups, strict=True))


def plot_sentences(sentences: Sequence[str], groups: Sequence[str], vectors: Mapping[str, Any]) -> Plot:
    """Draw each sentence as a numbered point; a panel for each model, a shape for each group.

    Args:
        sentences: the sentences.
        groups: the group of each sentence; as long as ``sentences``.
        vectors: vectors of shape (sentences, hidden size), by model name.

    Raises:
        ValueError: the lengths do not fit, or there are fewer than three sentences.
    """
    count = len(sentences)
    found = {name: np.asarray(each, dtype=float) for name, each in vectors.items()}
    if count < 3 or len(groups) != count or any(each.ndim != 2 or len(each) != count for each in found.values()):
        raise ValueError("at least three sentences, each with a group and a vector from every model, can be drawn")
    groups = [_(group) if group in _KNOWN_GROUPS else group for group in groups]
    names = list(dict.fromkeys(groups))
    description = _("{name}: {right} of {count} sentences have their nearest neighbour in their own group.")
    alt = translation.sentences(
        _("Scatter plot of {count} sentences in {groups} groups.").format(count=count, groups=len(names)),
        *(
            description.format(name=name, right=neighbours_in_own_group(each, groups), count=count)
            for name, each in found.items()
        ),
    )
    points = {name: principal_components(each) for name, each in found.items()}
    panel, edge, top, bottom = 3.6, 0.15, 0.4, 0.5
    width, height = edge + (panel + edge) * len(found), top + panel + bottom
    with drawing(width, height) as figure:
        for place, (name, each) in enumerate(points.items()):
            axes = figure.add_axes(
                ((edge + place * (panel + edge)) / width, bottom / height, panel / width, panel / height)
            )
            _draw_panel(axes, name, each, groups, in_legend=place == 0)
        figure.legend(loc="lower center", ncols=len(names), frameon=False, markerscale=0.5)
        svg = svg_of(figure)
    cells = [
        [
            str(position + 1), escape(sentence), escape(groups[position]),
            *(f"{each[position, 0]:.2f}, {each[position, 1]:.2f}" for each in points.values()),
        ]
        for position, sentence in enumerate(sentences)
    ]  # fmt: skip
    columns = [_("point"), _("sentence"), _("group"), *found]
    return Plot(svg, alt, html_table(_("Sentences as points"), columns, cells, align="left"))


def _draw_panel(axes: Any, name: str, points: Any, groups: Sequence[str], *, in_legend: bool) -> None:
    """Draw the points of one model, each with its number."""
    for number, group in enumerate(dict.fromkeys(groups)):
        own = [position for position, its in enumerate(groups) if its == group]
        axes.scatter(
            points[own, 0], points[own, 1], s=130, alpha=0.75, marker=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)], label=group if in_legend else None,
        )  # fmt: skip
    for position, (x, y) in enumerate(points, start=1):
        # Alternate the sides of the points, so that the numbers of neighbouring points stay readable.
        away = 8 if position % 2 else -8
        axes.annotate(str(position), (x, y), (away, away), textcoords="offset points", ha="center", va="center")
    axes.set_title(name, fontsize=11)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.margins(0.15)
