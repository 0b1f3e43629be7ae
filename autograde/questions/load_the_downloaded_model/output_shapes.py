"""2.6: the shapes of both outputs, for any model and any sentence."""

from __future__ import annotations

import random

from autograde.judge.beliefs import changes_its_arguments, returns_nothing
from autograde.judge.examples import right, wrong
from autograde.judge.forms import not_computed_yet
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Sequence, Tensor, listed, tupled
from autograde.judge.question import (
    Case,
    FirstArgument,
    Misconception,
    Presentation,
    Question,
    RubricItem,
    Teaching,
    shape_part,
)
from autograde.judge.tiny import ModelRecipe

#: Hidden size, layers, heads and number of tokens; the four differ within a case, and no size of a model is half,
#: twice or four times another one, as they are in bert-base.
VISIBLE_SIZES = ((48, 2, 4, 12), (32, 3, 2, 9), (24, 5, 6, 17))
_CHOICES = ((32, 1, 4), (48, 2, 6), (24, 5, 3), (40, 1, 8), (72, 4, 2), (36, 6, 4))

#: The ids of [CLS], [SEP] and of the first word in these models' vocabularies.
_CLS, _SEP, _WORD = 1, 2, 3


def _case(name: str, about: Message, hidden_size: int, layers: int, heads: int, length: int, seed: int) -> Case:
    rng = random.Random(f"output_shapes/{seed}")  # noqa: S311 - cases, not secrets
    recipe = ModelRecipe(
        rng.randrange(170, 230) | 1, hidden_size, layers, heads, seed, intermediate_size=rng.randrange(111, 139) | 1,
        positions=rng.randrange(51, 67) | 1,
    )  # fmt: skip
    return Case(name, "models", about, (recipe.observation(), listed(*_index(rng, recipe, length))))


def _index(rng: random.Random, recipe: ModelRecipe, length: int) -> list[int]:
    """The ids of a pair: a third of its words stand there twice, and some ids are larger than the number of tokens."""
    words = length - 3
    different = [*rng.sample(range(_WORD, recipe.vocab_size - 1), words - words // 3 - 1), recipe.vocab_size - 1]
    drawn = [*different, *different[: words - len(different)]][:words]
    rng.shuffle(drawn)
    first = max(1, words // 3)
    return [_CLS, *drawn[:first], _SEP, *drawn[first:], _SEP]


_ABOUT = _("a model and a sentence that you have not seen")

VISIBLE = tuple(
    _case(f"model-{place}", _("a tiny model and {tokens} tokens", tokens=sizes[-1]), *sizes, seed=place)
    for place, sizes in enumerate(VISIBLE_SIZES)
)


SMALLER = (
    _case(
        "small", _("a model with the hidden size {hidden}, 1 layer and 2 heads, and 6 tokens", hidden=4), 4, 1, 2, 6, 0
    ),
)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    models = rng.sample(_CHOICES, 4)
    lengths = rng.sample([length for length in range(9, 30) if length != 12], 4)
    return tuple(
        _case(f"model-{place}", _ABOUT, *model, length, rng.getrandbits(32))
        for place, (model, length) in enumerate(zip(models, lengths, strict=True))
    )


def _sizes(case: Case) -> tuple[int, ModelRecipe]:
    """Number of tokens, and the model's recipe."""
    recipe, index = case.arguments
    assert isinstance(index, Sequence)
    return len(index.items), ModelRecipe.read(recipe)


def _ids(case: Case) -> list[int]:
    index = case.arguments[1]
    assert isinstance(index, Sequence)
    return [value for value in index.items if isinstance(value, int)]


def _shapes(last: tuple[int, ...], pooler: tuple[int, ...]) -> Observation:
    return tupled(tupled(*last), tupled(*pooler))


def _right(case: Case) -> Observation:
    tokens, recipe = _sizes(case)
    return _shapes((1, tokens, recipe.hidden_size), (1, recipe.hidden_size))


def _hard_coded(case: Case) -> Observation:
    return _shapes((1, _sizes(case)[0], 768), (1, 768))


def _tokens_as(case: Case, axis: int) -> Observation:
    """The right shapes but for the middle axis."""
    hidden_size = _sizes(case)[1].hidden_size
    return _shapes((1, axis, hidden_size), (1, hidden_size))


def _sized(case: Case, size: int) -> Observation:
    """The right shapes but for the last axis."""
    return _shapes((1, _sizes(case)[0], size), (1, size))


def _as_pooler(case: Case, *shape: int) -> Observation:
    """The right shape of last_hidden_state, and another one of pooler_output."""
    tokens, recipe = _sizes(case)
    return _shapes((1, tokens, recipe.hidden_size), shape)


def _hidden_size(case: Case) -> int:
    return _sizes(case)[1].hidden_size


def _outputs_themselves(_case: Case, got: Observation) -> bool:
    match got:
        case Sequence(_kind, items):
            return len(items) == 2 and all(isinstance(item, Tensor) for item in items)
        case Mapping(items):
            return any(isinstance(item, Tensor) for _name, item in items)
    return False


def _as_text(_case: Case, got: Observation) -> bool:
    parts = got.items if isinstance(got, Sequence) else (got,)
    return bool(parts) and all(isinstance(part, str) for part in parts)


def _no_batch(case: Case) -> Observation:
    tokens, recipe = _sizes(case)
    return _shapes((tokens, recipe.hidden_size), (recipe.hidden_size,))


def _pooler_twice(case: Case) -> Observation:
    hidden_size = _sizes(case)[1].hidden_size
    return _shapes((1, hidden_size), (1, hidden_size))


def _last_twice(case: Case) -> Observation:
    tokens, recipe = _sizes(case)
    return _shapes((1, tokens, recipe.hidden_size), (1, tokens, recipe.hidden_size))


def _swapped(case: Case) -> Observation:
    tokens, recipe = _sizes(case)
    return _shapes((1, recipe.hidden_size), (1, tokens, recipe.hidden_size))


def _one(case: Case) -> Observation:
    tokens, recipe = _sizes(case)
    return tupled(1, tokens, recipe.hidden_size)


MISCONCEPTIONS = (
    Misconception(
        "only-the-example",
        _(
            "These are the shapes of the tutorial's example. Another sentence has other lengths, another model "
            "other sizes."
        ),
        _("Compute the shapes from the list and from model.config."),
        (lambda _case: _shapes((1, 12, 768), (1, 768)),),
        examples=(wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                return (1, 12, 768), (1, 768)
        """),),
    ),
    Misconception(
        "hard-coded-768",
        _("768 is written down. It is bert-base's hidden size; other models have another one."),
        _("Read it from the model: model.config.hidden_size."),
        (_hard_coded,),
        examples=(wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                return (1, len(index), 768), (1, 768)
        """),),
    ),
    Misconception(
        "other-size-for-hidden-size",
        _("The last axis is another size of the model: config names several, and each counts something else."),
        _("The length of a token's vector is model.config.hidden_size."),
        (
            lambda case: _sized(case, _sizes(case)[1].vocab_size),
            *(lambda case, part=part: _sized(case, _sizes(case)[1].intermediate_size // part) for part in (1, 2, 4)),
            lambda case: _sized(case, _sizes(case)[1].positions),
            lambda case: _sized(case, 64 * _sizes(case)[1].heads),
            lambda case: _sized(case, 64 * _sizes(case)[1].layers),
        ),
        examples=(
            *(wrong("last_hidden_state pooler_output", f"""
                def output_shapes(model, index):
                    size = {size}
                    return (1, len(index), size), (1, size)
            """) for size in (
            "model.config.intermediate_size // 2", "model.config.intermediate_size // 4",
            "model.config.max_position_embeddings", "model.config.num_attention_heads * 64",
        )),
            wrong("last_hidden_state pooler_output", """
                def output_shapes(model, index):
                    size = model.config.vocab_size
                    return (1, len(index), size), (1, size)
            """),
            wrong("last_hidden_state pooler_output", """
                def output_shapes(model, index):
                    size = model.config.intermediate_size
                    return (1, len(index), size), (1, size)
            """),
        ),
    ),
    Misconception(
        "counts-other-tokens",
        _(
            "The middle axis isn't the number of tokens. Every id of the list counts, [CLS] and [SEP] too, and a token "
            "that occurs twice counts twice."
        ),
        _("Take the length of the list: len(index)."),
        tuple(
            lambda case, count=count: _tokens_as(case, count(_ids(case)))  # type: ignore[misc]
            for count in (
                lambda ids: len(set(ids)),
                lambda ids: len(set(ids)) + 1,
                max,
                lambda ids: max(ids) + 1,
                lambda ids: len(ids) - 1,
                lambda ids: len(ids) - 2,
                lambda ids: len(ids) - 3,
                lambda ids: len(ids) + 1,
                lambda ids: len(ids) + 2,
                lambda ids: len(ids) + 3,
                lambda ids: ids.index(_SEP) + 1,
                lambda ids: ids.index(_SEP),
                sum,
            )
        ),
        examples=(*(wrong("last_hidden_state", f"""
            def output_shapes(model, index):
                size = model.config.hidden_size
                return (1, {count}, size), (1, size)
        """) for count in (
            "len(set(index))", "len({*index}) + 1", "max(index)", "len(index) - 2", "index.index(2) + 1",
        )),),
    ),
    Misconception(
        "twelve-tokens",
        _("The middle axis is always 12. In the example 12 is the number of tokens, and it changes with the sentence."),
        _("Take the length of the list of ids."),
        (lambda case: _tokens_as(case, 12),),
        examples=(wrong("last_hidden_state", """
            def output_shapes(model, index):
                return (1, 12, model.config.hidden_size), (1, model.config.hidden_size)
        """),),
    ),
    Misconception(
        "layers-for-tokens",
        _("The middle axis was taken for the number of layers. In bert-base both are 12 in the example, by chance."),
        _("Only the sentence decides the middle axis: take the length of the list of ids."),
        (lambda case: _tokens_as(case, _sizes(case)[1].layers),),
        examples=(wrong("last_hidden_state", """
            def output_shapes(model, index):
                config = model.config
                return (1, config.num_hidden_layers, config.hidden_size), (1, config.hidden_size)
        """),),
    ),
    Misconception(
        "heads-for-tokens",
        _(
            "The middle axis was taken for the number of attention heads. In bert-base both are 12 in the "
            "example, by chance."
        ),
        _("Only the sentence decides the middle axis: take the length of the list of ids."),
        (lambda case: _tokens_as(case, _sizes(case)[1].heads),),
        examples=(wrong("last_hidden_state", """
            def output_shapes(model, index):
                config = model.config
                return (1, config.num_attention_heads, config.hidden_size), (1, config.hidden_size)
        """),),
    ),
    Misconception(
        "no-batch-axis",
        _("The batch axis is missing: a model answers with a batch, even for one sentence."),
        _("Both shapes start with 1, the number of sentences."),
        (_no_batch,),
        examples=(wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                return (len(index), model.config.hidden_size), (model.config.hidden_size,)
        """),),
    ),
    Misconception(
        "pooler-for-last-hidden-state",
        _("The shape of pooler_output stands for both. last_hidden_state has a vector for every token."),
        _("Give last_hidden_state an axis for the tokens."),
        (_pooler_twice,),
        examples=(wrong("last_hidden_state", """
            def output_shapes(model, index):
                pooled = model(torch.tensor([index])).pooler_output.shape
                return pooled, pooled
        """),),
    ),
    Misconception(
        "last-hidden-state-for-pooler",
        _("The shape of last_hidden_state stands for both. pooler_output has one vector for the whole input."),
        _("Leave the axis of the tokens out of the second shape."),
        (_last_twice,),
        examples=(wrong("pooler_output", """
            def output_shapes(model, index):
                last = model(torch.tensor([index]))[0].shape
                return last, last
        """),),
    ),
    Misconception(
        "pooler-with-tokens",
        _(
            "pooler_output was given an axis for the tokens. It holds one vector for the whole input, however long "
            "that is."
        ),
        _("The second shape has two axes: the batch, and the hidden size."),
        (
            lambda case: _as_pooler(case, 1, 1, _hidden_size(case)),
            lambda case: _as_pooler(case, _sizes(case)[0], _hidden_size(case)),
        ),
        examples=(
            wrong("pooler_output", """
                def output_shapes(model, index):
                    size = model.config.hidden_size
                    return (1, len(index), size), (1, 1, size)
            """),
            wrong("pooler_output", """
                def output_shapes(model, index):
                    size = model.config.hidden_size
                    return (1, len(index), size), (len(index), size)
            """),
        ),
    ),
    Misconception(
        "pooler-without-batch-axis",
        _("The second shape has no batch axis: a model answers with a batch, even for one sentence."),
        _("Both shapes start with 1, the number of sentences."),
        (lambda case: _as_pooler(case, _hidden_size(case)),),
        examples=(wrong("pooler_output", """
            def output_shapes(model, index):
                size = model.config.hidden_size
                return (1, len(index), size), (size,)
        """),),
    ),
    Misconception(
        "outputs-for-shapes",
        _("The function returned the outputs themselves. Return their shapes: tuples of whole numbers."),
        _("Return the shape of each output, for example result.last_hidden_state.shape."),
        form=_outputs_themselves,
        examples=(
            wrong("last_hidden_state pooler_output", """
                def output_shapes(model, index):
                    result = model(torch.tensor([index]))
                    return result.last_hidden_state, result.pooler_output
            """),
            wrong("last_hidden_state pooler_output", """
                def output_shapes(model, index):
                    return model(torch.tensor([index]))
            """),
        ),
    ),
    Misconception(
        "texts",
        _("The shapes came as text. Return two tuples of whole numbers."),
        _("Leave the quotation marks out, and write the numbers in round brackets."),
        form=_as_text,
        examples=(wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                size = model.config.hidden_size
                return f"torch.Size([1, {len(index)}, {size}])", f"torch.Size([1, {size}])"
        """),),
    ),
    Misconception(
        "swapped",
        _("The two shapes are in the wrong order: first last_hidden_state, then pooler_output."),
        _("Return the shape with the axis of the tokens first."),
        (_swapped,),
        examples=(wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                return (1, model.config.hidden_size), (1, len(index), model.config.hidden_size)
        """),),
    ),
    Misconception(
        "one-shape",
        _("The function returned only the shape of last_hidden_state. Return the shape of pooler_output as well."),
        _("Return both shapes."),
        (_one,),
        examples=(wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                return (1, len(index), model.config.hidden_size)
        """),),
    ),
    not_computed_yet(
        _("Return both shapes themselves, with a comma between them."),
        examples=(wrong("last_hidden_state pooler_output", """
        def output_shapes(model, index):
            result = model(torch.tensor([index]))
            return (output.shape for output in (result.last_hidden_state, result.pooler_output))
    """),)),
    returns_nothing(_("both results"), examples=(wrong("last_hidden_state pooler_output", """
        def output_shapes(model, index):
            print(model(torch.tensor([index]))[0].shape)
    """),)),
    changes_its_arguments((
        wrong("last_hidden_state pooler_output", """
            def output_shapes(model, index):
                length = 0
                while index:
                    index.pop()
                    length += 1
                size = model.config.hidden_size
                return (1, length, size), (1, size)
        """),
    )),
)  # fmt: skip

SOLUTION = """\
def output_shapes(model, index):
    hidden_size = model.config.hidden_size
    last_hidden_state = (1, len(index), hidden_size)
    pooler_output = (1, hidden_size)
    return last_hidden_state, pooler_output
"""

RIGHT = (
    right("by running", """
        def output_shapes(model, index):
            result = model(torch.tensor([index]))
            return result.last_hidden_state.shape, result.pooler_output.shape
    """),
    right("torch.Size and NumPy's numbers", """
        def output_shapes(model, index):
            import numpy
            size = numpy.int64(model.config.hidden_size)
            return torch.Size([1, len(index), int(size)]), numpy.array([[0] * size]).shape
    """),
    right("lists", """
        def output_shapes(model, index):
            size = model.get_input_embeddings().embedding_dim
            return [[1, len(index), size], [1, size]]
    """),
)  # fmt: skip

QUESTION = Question(
    id="2.6/output_shapes",
    number=5,
    first=FirstArgument.MODEL,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_right,
    rubric=(
        RubricItem("last_hidden_state", _("the shape of last_hidden_state"), 2, aspect=shape_part(0)),
        RubricItem("pooler_output", _("the shape of pooler_output"), 2, aspect=shape_part(1)),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    presentation=Presentation(parts=("last_hidden_state", "pooler_output")),
    teaching=Teaching(
        title=_("The shapes of both outputs"),
        hints=(
            _(
                "Which of the three numbers in [1, 12, 768] changes when the sentence changes, and which when the "
                "model does?"
            ),
            _("A model knows its own sizes: look at model.config."),
            _("For 9 tokens and a model of hidden size 384: (1, 9, 384) and (1, 384)."),
        ),
        solution=SOLUTION,
        expectation=_("two shapes"),
        advice=_("Print both shapes for two models and two lists: which number changes with which?"),
        right=RIGHT,
    ),
)
