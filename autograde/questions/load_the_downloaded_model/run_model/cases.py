"""2.6, calling the model: the cases and their right answers."""

from __future__ import annotations

import random

import numpy as np

from autograde.judge.cases import Case
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Tensor, tensor
from autograde.judge.sentences import CHINESE, ENGLISH, SEP, SHOW, TALK, Sentences, segments, unequal_pair
from autograde.judge.tiny_bert import BertOutput, ModelRecipe, answer

LAST, POOLER = "last_hidden_state", "pooler_output"

#: Hidden sizes, layers and heads: all different within a case, and none equal to the tutorial's 768 or 12.
SHAPES = ((32, 1, 2), (48, 2, 4), (24, 3, 6), (40, 1, 5), (64, 2, 8))


def _case(name: str, about: Message, sentences: Sentences, shape: tuple[int, int, int], rng: random.Random) -> Case:
    hidden_size, layers, heads = shape
    recipe = ModelRecipe(60, hidden_size, layers, heads, rng.getrandbits(32))
    # The model's vocabulary is tiny, so ids are positions in the case's own list of tokens.
    places = {token: 1 + place for place, token in enumerate(dict.fromkeys(sentences.tokens))}
    tokens = [places[token] for token in sentences.tokens]
    parts = list(segments(sentences.tokens, SEP))
    arguments = (recipe.observation(), tensor([tokens], "int64"), tensor([parts], "int64"))
    return Case(name, "pairs", about, arguments, sentences.tokens)


_PAIR = _("another pair of sentences and another tiny model")

_fixed = random.Random("run_model")  # noqa: S311 - the visible models, the same for ever

VISIBLE = (
    _case("tutorial", _("the tutorial's pair and a tiny model"), Sentences(TALK, SHOW), SHAPES[0], _fixed),
    _case("other-size", _PAIR, Sentences(("birds", "sing"), ("we", "read", "books", ".")), SHAPES[1], _fixed),
)

SMALLER = (
    _case(
        "small",
        _("a model with hidden size {hidden} and 1 layer, and a pair of sentences of one word each", hidden=4),
        Sentences(("yes",), ("no",)),
        (4, 1, 2),
        _fixed,
    ),
)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    shapes = rng.sample(SHAPES, 3)
    return (
        _case("longer-first", _PAIR, unequal_pair(rng, ENGLISH, longer_first=True), shapes[0], rng),
        _case("longer-second", _PAIR, unequal_pair(rng, ENGLISH, longer_first=False), shapes[1], rng),
        _case("chinese", _PAIR, unequal_pair(rng, CHINESE, longer_first=True), shapes[2], rng),
    )


def input_of(case: Case) -> tuple[ModelRecipe, tuple[int, ...], tuple[int, ...]]:
    """Return the model's recipe, the ids and the segment ids."""
    recipe, tokens, parts = case.arguments
    assert isinstance(tokens, Tensor)
    assert isinstance(parts, Tensor)
    return ModelRecipe.read(recipe), tuple(tokens.array()[0].tolist()), tuple(parts.array()[0].tolist())


def outputs(found: BertOutput, *, gradient: bool = False) -> Mapping:
    """Return the two outputs of a model for a batch of one."""
    return Mapping(
        (
            (LAST, tensor(found.last_hidden_state[np.newaxis], "float32", gradient=gradient)),
            (POOLER, tensor(found.pooler_output[np.newaxis], "float32", gradient=gradient)),
        )
    )


def right_of(case: Case, *, gradient: bool = False) -> Mapping:
    """Return the model's right outputs."""
    recipe, tokens, parts = input_of(case)
    return outputs(answer(recipe, tokens, parts), gradient=gradient)
