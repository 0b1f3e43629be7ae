"""Explain the shape of a model's output axis by axis. Contains no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from autograde.i18n.translation import messages
from autograde.widgets.tables import table as html_table

_ = messages("widgets")

#: The axes of ``last_hidden_state`` in order.
AXES = ("batch", "tokens", "hidden")


def axis_name(axis: str) -> str:
    """Return the name of an axis in the reader's language."""
    return {"batch": _("batch"), "tokens": _("tokens"), "hidden": _("hidden size")}[axis]


def axis_meaning(axis: str) -> str:
    """Describe what an axis counts in the reader's language."""
    return {
        "batch": _("how many inputs are computed at once"),
        "tokens": _("how many tokens the longest input has, [CLS] and [SEP] included"),
        "hidden": _("how many numbers describe one token: config.hidden_size"),
    }[axis]


def changed_axes(before: Sequence[int], after: Sequence[int]) -> list[str]:
    """Return the axes whose size differs between two shapes ``(batch, tokens, hidden)``."""
    return [axis for axis, left, right in zip(AXES, before, after, strict=True) if left != right]


@dataclass(frozen=True)
class ModelRun:
    """One run of a model.

    Attributes:
        model: the model's name.
        batch: number of copies of the sentence or pair in the input.
        shape: shape of ``last_hidden_state``: (batch, tokens, hidden).
        sentences: the texts of one input.
    """

    model: str
    batch: int
    shape: tuple[int, int, int]
    sentences: tuple[str, ...] = ()


def run(name: str, tokenizer: Any, model: Any, first: str, second: str, batch: int) -> ModelRun:
    """Run ``model`` on ``batch`` copies of the sentence, or of the pair if ``second`` is not empty."""
    import torch

    sentences = (first, second) if second else (first,)
    inputs = tokenizer(*([text] * batch for text in sentences), return_tensors="pt", padding=True)
    with torch.no_grad():
        batch_size, tokens, hidden_size = model(**inputs).last_hidden_state.shape
    return ModelRun(name, batch, (int(batch_size), int(tokens), int(hidden_size)), sentences)


def verdict(before: ModelRun, after: ModelRun, predicted: Sequence[str]) -> tuple[bool, list[str]]:
    """Return whether the predicted axes are right, and a sentence for each axis that changed."""
    found = changed_axes(before.shape, after.shape)
    sentences = [
        _("The axis {axis} moved from {before} to {after}: it counts {meaning}.").format(
            axis=axis_name(axis),
            before=before.shape[AXES.index(axis)],
            after=after.shape[AXES.index(axis)],
            meaning=axis_meaning(axis),
        )
        for axis in found
    ] or [_("No axis moved: both shapes are {shape}.").format(shape=list(after.shape))]
    changed = [before.sentences != after.sentences, before.batch != after.batch, before.model != after.model]
    if sum(changed) > 1:
        sentences.append(_("You changed more than one thing; change one to see which axis it moves."))
    return set(predicted) == set(found), sentences


def table(runs: Sequence[ModelRun]) -> str:
    """Return the runs as an HTML table, with a mark at every axis that differs from the run above."""
    columns, mark = [_("run"), _("model"), *(axis_name(axis) for axis in AXES)], _("moved")
    rows = []
    for number, each in enumerate(runs):
        changed = changed_axes(runs[number - 1].shape, each.shape) if number else []
        sizes = [
            f"<b>{size} ◂ {escape(mark)}</b>" if axis in changed else str(size)
            for axis, size in zip(AXES, each.shape, strict=True)
        ]
        rows.append([str(number + 1), escape(each.model), *sizes])
    return html_table(_("last_hidden_state.shape of every run"), columns, rows)


def as_text(runs: Sequence[ModelRun]) -> str:
    """Return the runs as plain text, for places without widgets and HTML."""
    return "\n".join(f"{number}  {each.model}  {list(each.shape)}" for number, each in enumerate(runs, start=1))
