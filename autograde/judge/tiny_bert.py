"""Recipes for tiny models and vocabularies, and BERT in NumPy.

A case cannot contain a model, so it contains a recipe. The learner's side builds a real ``transformers`` model from it,
and the judge computes the expected output of that model in NumPy. They share only the recipe, not results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from autograde.judge.observation import Mapping, Observation, Sequence, listed

Array = NDArray[np.float32]

_LAYER_NORM = 1e-12
_erf = np.vectorize(math.erf, otypes=[np.float64])


@dataclass(frozen=True)
class ModelRecipe:
    """The recipe of a tiny BERT.

    Attributes:
        vocab_size: number of token ids.
        hidden_size: length of a token's vector, a multiple of ``heads``.
        layers: encoder layers.
        heads: attention heads of each layer.
        seed: seed of the weights.
        intermediate_size: width of the feed-forward layers.
        positions: longest input in tokens.
    """

    vocab_size: int
    hidden_size: int
    layers: int
    heads: int
    seed: int
    intermediate_size: int = 74
    positions: int = 50

    def observation(self) -> Mapping:
        """Return the recipe as an argument of a case."""
        return Mapping(
            (
                ("vocab_size", self.vocab_size),
                ("hidden_size", self.hidden_size),
                ("layers", self.layers),
                ("heads", self.heads),
                ("seed", self.seed),
                ("intermediate_size", self.intermediate_size),
                ("positions", self.positions),
            )
        )

    @classmethod
    def read(cls, observation: Observation) -> ModelRecipe:
        """Return the recipe in a case's argument."""
        assert isinstance(observation, Mapping)
        return cls(**{name: value for name, value in observation.items if isinstance(value, int)})

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every weight, by its name in ``BertModel``."""
        hidden, wide = self.hidden_size, self.intermediate_size
        shapes: dict[str, tuple[int, ...]] = {
            "embeddings.word_embeddings.weight": (self.vocab_size, hidden),
            "embeddings.position_embeddings.weight": (self.positions, hidden),
            "embeddings.token_type_embeddings.weight": (2, hidden),
        }
        linears = {"pooler.dense": (hidden, hidden)}
        norms = ["embeddings.LayerNorm"]
        for layer in (f"encoder.layer.{place}" for place in range(self.layers)):
            linears |= {f"{layer}.attention.self.{name}": (hidden, hidden) for name in ("query", "key", "value")}
            linears |= {
                f"{layer}.attention.output.dense": (hidden, hidden),
                f"{layer}.intermediate.dense": (wide, hidden),
                f"{layer}.output.dense": (hidden, wide),
            }
            norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        for name, (outputs, inputs) in linears.items():
            shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (outputs, inputs), (outputs,)
        for name in norms:
            shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (hidden,)
        return shapes

    def weights(self) -> dict[str, Array]:
        """Return every weight, with the same values on every machine.

        They are the raw bits of PCG64, which NumPy guarantees never to change, scaled to [-1/4, 1/4): larger than in a
        new BERT, so that each argument of the model has a visible effect. Layer norms add 1.
        """
        shapes = self.shapes()
        words = np.random.PCG64(self.seed).random_raw(sum(map(math.prod, shapes.values())))
        # In place: a new array for each step would take half of the time, for the memory that the system clears.
        words >>= np.uint64(40)
        values = words.astype(np.float32)
        values -= np.float32(1 << 23)
        values *= np.float32(2.0**-25)
        weights, begin = {}, 0
        for name, shape in shapes.items():
            end = begin + math.prod(shape)
            weights[name] = values[begin:end].reshape(shape)
            if name.endswith("LayerNorm.weight"):
                weights[name] = weights[name] + np.float32(1)
            begin = end
        return weights


@dataclass(frozen=True)
class BertOutput:
    """The output of a BERT: ``last_hidden_state`` (tokens, hidden) and ``pooler_output`` (hidden,)."""

    last_hidden_state: Array
    pooler_output: Array


@lru_cache(maxsize=256)
def answer(
    recipe: ModelRecipe, tokens: tuple[int, ...], segments: tuple[int, ...], mask: tuple[int, ...] | None = None
) -> BertOutput:
    """Return the output of the model of ``recipe`` for one sequence, in evaluation mode.

    Args:
        recipe: the recipe.
        tokens: token ids, at most :attr:`ModelRecipe.positions` of them.
        segments: a segment id for each token.
        mask: attention mask with at least one 1; None means all ones.
    """
    return forward(recipe.weights(), recipe.layers, recipe.heads, tokens, segments, mask)


def forward(
    weights: dict[str, Array],
    layers: int,
    heads: int,
    tokens: tuple[int, ...],
    segments: tuple[int, ...],
    mask: tuple[int, ...] | None = None,
) -> BertOutput:
    """Run BERT in NumPy: embeddings, encoder layers, pooler (Devlin et al., 2018; ``BertModel`` in transformers)."""

    def linear(name: str, values: Array) -> Array:
        moved: Array = (values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]).astype(np.float32)
        return moved

    def norm(name: str, values: Array) -> Array:
        centred = values - values.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _LAYER_NORM)
        moved: Array = (scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]).astype(np.float32)
        return moved

    length = len(tokens)
    hidden = norm(
        "embeddings.LayerNorm",
        weights["embeddings.word_embeddings.weight"][list(tokens)]
        + weights["embeddings.token_type_embeddings.weight"][list(segments)]
        + weights["embeddings.position_embeddings.weight"][:length],
    )
    size = hidden.shape[-1] // heads
    hide = np.where(np.array(mask if mask is not None else [1] * length) == 1, 0.0, -np.inf)
    for layer in (f"encoder.layer.{place}" for place in range(layers)):
        query, key, value = (
            linear(f"{layer}.attention.self.{name}", hidden).reshape(length, heads, size).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(size) + hide
        attention = np.exp(scores - scores.max(-1, keepdims=True))
        attention /= attention.sum(-1, keepdims=True)
        seen = (attention @ value).transpose(1, 0, 2).reshape(length, -1)
        hidden = norm(f"{layer}.attention.output.LayerNorm", linear(f"{layer}.attention.output.dense", seen) + hidden)
        wide = linear(f"{layer}.intermediate.dense", hidden)
        active = (wide * 0.5 * (1 + _erf(wide / math.sqrt(2)))).astype(np.float32)
        hidden = norm(f"{layer}.output.LayerNorm", linear(f"{layer}.output.dense", active) + hidden)
    return BertOutput(hidden, np.tanh(linear("pooler.dense", hidden[0])).astype(np.float32))


@dataclass(frozen=True)
class Vocabulary:
    """A tokenizer's tokens; a token's index is its id. Contains every word of a case's sentences."""

    tokens: tuple[str, ...]

    def id(self, token: str) -> int:
        """Return the id of a token."""
        return self.tokens.index(token)

    def observation(self) -> Sequence:
        """Return the vocabulary as an argument of a case."""
        return listed(*self.tokens)

    @classmethod
    def read(cls, observation: Observation) -> Vocabulary:
        """Return the vocabulary in a case's argument."""
        assert isinstance(observation, Sequence)
        return cls(tuple(str(token) for token in observation.items))
