"""2.6, shapes: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Sequence, listed, tupled, whole_numbers
from autograde.judge.tiny_bert import ModelRecipe
from autograde.questions._numbers import shape_as_list, with_plain_numbers

#: Hidden size, layers, heads and number of tokens. The four differ within a case, and no size is half, twice or four
#: times another size of the model, unlike in bert-base.
VISIBLE_SIZES = ((48, 2, 4, 12), (32, 3, 2, 9), (24, 5, 6, 17))

#: Few layers, because each takes a millisecond to build for every learner.
_CHOICES = ((32, 1, 4), (48, 2, 6), (24, 2, 3), (40, 1, 8), (72, 3, 2), (36, 3, 4))

#: The ids of [CLS], [SEP] and of the first word in these models' vocabularies.
_CLS, SEP, _WORD = 1, 2, 3


def _case(name: str, about: Message, hidden_size: int, layers: int, heads: int, length: int, seed: int) -> Case:
    rng = random.Random(f"output_shapes/{seed}")  # noqa: S311 - cases, not secrets
    recipe = ModelRecipe(
        rng.randrange(170, 230) | 1, hidden_size, layers, heads, seed, intermediate_size=rng.randrange(111, 139) | 1,
        positions=rng.randrange(51, 67) | 1,
    )  # fmt: skip
    return Case(name, "models", about, (recipe.observation(), listed(*_index(rng, recipe, length))))


def _index(rng: random.Random, recipe: ModelRecipe, length: int) -> list[int]:
    """Return the ids of a pair: a third of its words appear twice, and some ids exceed the number of tokens."""
    words = length - 3
    different = [*rng.sample(range(_WORD, recipe.vocab_size - 1), words - words // 3 - 1), recipe.vocab_size - 1]
    drawn = [*different, *different[: words - len(different)]][:words]
    rng.shuffle(drawn)
    first = max(1, words // 3)
    return [_CLS, *drawn[:first], SEP, *drawn[first:], SEP]


_ABOUT = _("a hidden model and a hidden sentence")

VISIBLE = tuple(
    _case(f"model-{place}", _("a tiny model and {tokens} tokens", tokens=sizes[-1]), *sizes, seed=place)
    for place, sizes in enumerate(VISIBLE_SIZES)
)

SMALLER = (
    _case("small", _("a model with hidden size {hidden}, 1 layer and 2 heads, and 6 tokens", hidden=4), 4, 1, 2, 6, 0),
)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    models = rng.sample(_CHOICES, 4)
    lengths = rng.sample([length for length in range(9, 30) if length != 12], 4)
    return tuple(
        _case(f"model-{place}", _ABOUT, *model, length, rng.getrandbits(32))
        for place, (model, length) in enumerate(zip(models, lengths, strict=True))
    )


def sizes(case: Case) -> tuple[int, ModelRecipe]:
    """Return the number of tokens and the model's recipe."""
    recipe, index = case.arguments
    return len(whole_numbers(index)), ModelRecipe.read(recipe)


def shapes(last: tuple[int, ...], pooler: tuple[int, ...]) -> Observation:
    """Return two shapes as an answer."""
    return tupled(tupled(*last), tupled(*pooler))


def right_of(case: Case) -> Observation:
    """Return the right shapes."""
    tokens, recipe = sizes(case)
    return shapes((1, tokens, recipe.hidden_size), (1, recipe.hidden_size))


def with_shapes_as_lists(_case: Case, value: Observation) -> Observation:
    """Convert tensors in the value to plain numbers and lists; see :mod:`autograde.questions._numbers`."""
    if not isinstance(value, Sequence):
        return value
    return with_plain_numbers(Sequence(value.kind, tuple(map(shape_as_list, value.items))))
