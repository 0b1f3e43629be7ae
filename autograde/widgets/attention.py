"""Compute and describe attention weights. Contains no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.errors import NoAttention
from autograde.i18n.translation import messages

_ = messages("widgets")

#: Smallest share of the attention that is described as a habit of a head.
HABIT = 0.5


@dataclass(frozen=True)
class Attention:
    """All attention weights of a model for one input.

    Attributes:
        tokens: the tokens, including special ones.
        segments: 0 or 1 for each token.
        weights: shape (layers, heads, tokens, tokens); the last axis adds up to 1.
    """

    tokens: tuple[str, ...]
    segments: tuple[int, ...]
    weights: Any

    @property
    def layers(self) -> int:
        """The number of layers."""
        return int(self.weights.shape[0])

    @property
    def heads(self) -> int:
        """The number of heads in each layer."""
        return int(self.weights.shape[1])

    def head(self, layer: int, head: int) -> Any:
        """Return the weights of one head, shape (tokens, tokens). Layers and heads are counted from 1."""
        return self.weights[layer - 1, head - 1]


def attend(tokenizer: Any, model: Any, first: str, second: str = "") -> Attention:
    """Run ``model`` on a sentence or a pair of sentences and return its attention weights.

    Raises:
        NoAttention: the model was loaded with an attention implementation that returns no weights.
    """
    import torch

    if model.config._attn_implementation != "eager":
        raise NoAttention(
            _("This model was loaded with an attention that keeps no weights: {name}.").format(
                name=model.config._attn_implementation
            ),
            _('Load it with AutoModel.from_pretrained(..., attn_implementation="eager").'),
        )
    pair = (first, second) if second else (first,)
    inputs = tokenizer(*pair, return_tensors="pt", return_token_type_ids=True)
    with torch.no_grad():
        found = model(**inputs, output_attentions=True).attentions
    return Attention(
        tokens=tuple(tokenizer.convert_ids_to_tokens(inputs["input_ids"][0].tolist())),
        segments=tuple(inputs["token_type_ids"][0].tolist()),
        weights=np.stack([layer[0].numpy() for layer in found]),
    )


def across(attention: Attention, layer: int, head: int) -> float:
    """Return the share (0 to 1) of the head's attention that goes from one segment to the other."""
    segments = np.asarray(attention.segments)
    other = segments[:, None] != segments[None, :]
    return float((attention.head(layer, head) * other).sum() / len(segments))


def habits(attention: Attention, layer: int, head: int) -> dict[str, float]:
    """Return the average shares of a token's attention that go to certain positions.

    Returns:
        The shares of ``"previous"``, ``"next"``, ``"itself"``, ``"[CLS]"`` and ``"[SEP]"``.
    """
    weights = attention.head(layer, head)
    separators = [place for place, token in enumerate(attention.tokens) if token == "[SEP]"]  # noqa: S105 - a token
    return {
        "previous": float(np.diagonal(weights, -1).mean()) if len(weights) > 1 else 0.0,
        "next": float(np.diagonal(weights, 1).mean()) if len(weights) > 1 else 0.0,
        "itself": float(np.diagonal(weights).mean()),
        "[CLS]": float(weights[:, 0].mean()),
        "[SEP]": float(weights[:, separators].sum(axis=1).mean()),
    }


def summary(attention: Attention, layer: int, head: int) -> list[str]:
    """Describe one head in two or three sentences computed from its weights."""
    found = habits(attention, layer, head)
    name = max(found, key=found.__getitem__)
    description = {
        "previous": _("Most attention goes to the token before: {share} on average."),
        "next": _("Most attention goes to the token after: {share} on average."),
        "itself": _("Most attention of a token goes to itself: {share} on average."),
        "[CLS]": _("Most attention goes to [CLS]: {share} on average."),
        "[SEP]": _("Most attention goes to the [SEP] tokens: {share} on average."),
    }[name]
    if found[name] < HABIT:
        description = _("The attention is spread out: no place gets more than {share} on average.")
    lines = [
        _("Layer {layer}, head {head}.").format(layer=layer, head=head),
        description.format(share=_percent(found[name])),
    ]
    if 1 in attention.segments:
        lines.append(
            _("{share} of the attention crosses from one sentence to the other.").format(
                share=_percent(across(attention, layer, head))
            )
        )
    return lines


def _percent(share: float) -> str:
    return f"{share:.0%}"
