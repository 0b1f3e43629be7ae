"""2.6, shapes: common wrong answers."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments, not_computed_yet, returns_nothing
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation, Sequence, Tensor, tupled, whole_numbers
from autograde.judge.question import WrongModel, misconception
from autograde.judge.tiny_bert import ModelRecipe
from autograde.questions.load_the_downloaded_model.output_shapes.cases import SEP, shapes, sizes
from autograde.questions.load_the_downloaded_model.output_shapes.solutions import ALL, SIZE, wrong


def _ids(case: Case) -> list[int]:
    return whole_numbers(case.arguments[1])


def _shapes(rule: Callable[[int, int], tuple[tuple[int, ...], tuple[int, ...]]]) -> WrongModel:
    """Return the wrong model with the shapes from ``rule(number of tokens, hidden size)``."""

    def model(case: Case) -> Observation:
        tokens, recipe = sizes(case)
        return shapes(*rule(tokens, recipe.hidden_size))

    return model


def _sized(size: Callable[[ModelRecipe], int]) -> WrongModel:
    """Return the wrong model in which the last axes have the given size."""

    def model(case: Case) -> Observation:
        tokens, recipe = sizes(case)
        return shapes((1, tokens, size(recipe)), (1, size(recipe)))

    return model


def _counted(count: Callable[[Case], int]) -> WrongModel:
    """Return the wrong model in which the middle axis counts something other than the tokens."""

    def model(case: Case) -> Observation:
        hidden_size = sizes(case)[1].hidden_size
        return shapes((1, count(case), hidden_size), (1, hidden_size))

    return model


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


MISCONCEPTIONS = (
    misconception(
        "only-the-example",
        _(
            "These are the shapes of the tutorial's example. Other sentences have other lengths, and other models "
            "have other sizes."
        ),
        _("Compute the shapes from the list and from model.config."),
        wrong(ALL, "return (1, 12, 768), (1, 768)"),
        models=(lambda _case: shapes((1, 12, 768), (1, 768)),),
    ),
    misconception(
        "hard-coded-768",
        _("768 is hard-coded. That is bert-base's hidden size; other models have other sizes."),
        _("Read it from the model: model.config.hidden_size."),
        wrong(ALL, "return (1, len(index), 768), (1, 768)"),
        models=(_sized(lambda _recipe: 768),),
    ),
    misconception(
        "other-size-for-hidden-size",
        _("The last axis is the wrong size: model.config has several, for different parts of the model."),
        _("The length of a token's vector is model.config.hidden_size."),
        *(
            wrong(ALL, f"size = {size}", "return (1, len(index), size), (1, size)")
            for size in (
                "model.config.intermediate_size // 2", "model.config.intermediate_size // 4",
                "model.config.max_position_embeddings", "model.config.num_attention_heads * 64",
                "model.config.vocab_size", "model.config.intermediate_size",
            )
        ),
        models=(
            _sized(lambda recipe: recipe.vocab_size),
            _sized(lambda recipe: recipe.intermediate_size),
            _sized(lambda recipe: recipe.intermediate_size // 2),
            _sized(lambda recipe: recipe.intermediate_size // 4),
            _sized(lambda recipe: recipe.positions),
            _sized(lambda recipe: 64 * recipe.heads),
            _sized(lambda recipe: 64 * recipe.layers),
        ),
    ),
    misconception(
        "counts-other-tokens",
        _(
            "The middle axis isn't the number of tokens. Every id in the list counts, including [CLS] and [SEP], and "
            "a token that occurs twice counts twice."
        ),
        _("Take the length of the list: len(index)."),
        *(
            wrong("last_hidden_state", SIZE, f"return (1, {count}, size), (1, size)")
            for count in (
                "len(set(index))", "len({*index}) + 1", "max(index)", "len(index) - 2", "index.index(2) + 1", "512",
                "model.config.max_position_embeddings",
            )
        ),
        models=(
            _counted(lambda case: sizes(case)[1].positions),
            *(_counted(lambda case, count=count: count(_ids(case))) for count in (  # type: ignore[misc]
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
                lambda ids: ids.index(SEP) + 1,
                lambda ids: ids.index(SEP),
                sum,
                lambda _ids: 512,
            )),
        ),
    ),
    misconception(
        "twelve-tokens",
        _(
            "The middle axis is always 12. That is the number of tokens in the example; another sentence has another "
            "number."
        ),
        _("Take the length of the list of ids."),
        wrong("last_hidden_state", "return (1, 12, model.config.hidden_size), (1, model.config.hidden_size)"),
        models=(_counted(lambda _case: 12),),
    ),
    misconception(
        "layers-for-tokens",
        _("The middle axis is the number of layers. In the tutorial's example both are 12, but only by chance."),
        _("The middle axis depends only on the sentence: take the length of the list of ids."),
        wrong(
            "last_hidden_state", "config = model.config",
            "return (1, config.num_hidden_layers, config.hidden_size), (1, config.hidden_size)",
        ),
        models=(_counted(lambda case: sizes(case)[1].layers),),
    ),
    misconception(
        "heads-for-tokens",
        _(
            "The middle axis is the number of attention heads. In the tutorial's example both are 12, but only by "
            "chance."
        ),
        _("The middle axis depends only on the sentence: take the length of the list of ids."),
        wrong(
            "last_hidden_state", "config = model.config",
            "return (1, config.num_attention_heads, config.hidden_size), (1, config.hidden_size)",
        ),
        models=(_counted(lambda case: sizes(case)[1].heads),),
    ),
    misconception(
        "no-batch-axis",
        _("The batch axis is missing: a model returns a batch, even for one sentence."),
        _("Both shapes start with 1, the number of sentences."),
        wrong(ALL, "return (len(index), model.config.hidden_size), (model.config.hidden_size,)"),
        models=(_shapes(lambda tokens, size: ((tokens, size), (size,))),),
    ),
    misconception(
        "another-batch",
        _("The first axis is 2. It counts the inputs of the batch, not the sentences of a pair or the outputs."),
        _("Both shapes start with 1: a pair is one input."),
        wrong(ALL, SIZE, "return (2, len(index), size), (2, size)"),
        wrong("last_hidden_state", SIZE, "return (2, len(index), size), (1, size)"),
        models=(
            _shapes(lambda tokens, size: ((2, tokens, size), (2, size))),
            _shapes(lambda tokens, size: ((2, tokens, size), (1, size))),
        ),
    ),
    misconception(
        "axes-in-another-order",
        _("The axes of last_hidden_state are in another order: first the batch, then the tokens, last the vector."),
        _("The order is 1, the number of tokens, the hidden size."),
        wrong("last_hidden_state", SIZE, "return (1, size, len(index)), (1, size)"),
        wrong("last_hidden_state", SIZE, "return (len(index), 1, size), (1, size)"),
        models=(
            _shapes(lambda tokens, size: ((1, size, tokens), (1, size))),
            _shapes(lambda tokens, size: ((tokens, 1, size), (1, size))),
            _shapes(lambda tokens, size: ((1, size, tokens), (size, 1))),
        ),
    ),
    misconception(
        "all-in-one",
        _("The numbers of both shapes are in one tuple. Put each shape into parentheses of its own."),
        _("Return two tuples: (1, ..., ...) and (1, ...)."),
        wrong(ALL, SIZE, "return 1, len(index), size, 1, size"),
        models=(lambda case: tupled(1, sizes(case)[0], sizes(case)[1].hidden_size, 1, sizes(case)[1].hidden_size),),
    ),
    misconception(
        "pooler-for-last-hidden-state",
        _("Both shapes are that of pooler_output. last_hidden_state has a vector for each token."),
        _("Give last_hidden_state an axis for the tokens."),
        wrong(
            "last_hidden_state", "pooled = model(torch.tensor([index])).pooler_output.shape", "return pooled, pooled",
        ),
        models=(_shapes(lambda _tokens, size: ((1, size), (1, size))),),
    ),
    misconception(
        "last-hidden-state-for-pooler",
        _("Both shapes are that of last_hidden_state. pooler_output has one vector for the whole input."),
        _("Remove the axis of the tokens from the second shape."),
        wrong("pooler_output", "last = model(torch.tensor([index]))[0].shape", "return last, last"),
        models=(_shapes(lambda tokens, size: ((1, tokens, size), (1, tokens, size))),),
    ),
    misconception(
        "pooler-with-tokens",
        _(
            "The shape of pooler_output has an axis for the tokens. But pooler_output is one vector for the whole "
            "input, however long it is."
        ),
        _("The second shape has two axes: the batch, and the hidden size."),
        wrong("pooler_output", SIZE, "return (1, len(index), size), (1, 1, size)"),
        wrong("pooler_output", SIZE, "return (1, len(index), size), (len(index), size)"),
        models=(
            _shapes(lambda tokens, size: ((1, tokens, size), (1, 1, size))),
            _shapes(lambda tokens, size: ((1, tokens, size), (tokens, size))),
        ),
    ),
    misconception(
        "pooler-without-batch-axis",
        _("The second shape has no batch axis: a model returns a batch, even for one sentence."),
        _("Both shapes start with 1, the number of sentences."),
        wrong("pooler_output", SIZE, "return (1, len(index), size), (size,)"),
        models=(_shapes(lambda tokens, size: ((1, tokens, size), (size,))),),
    ),
    misconception(
        "outputs-for-shapes",
        _("The function returned the outputs themselves. Return their shapes: tuples of whole numbers."),
        _("Return the shape of each output, for example result.last_hidden_state.shape."),
        wrong(ALL, "result = model(torch.tensor([index]))", "return result.last_hidden_state, result.pooler_output"),
        wrong(ALL, "return model(torch.tensor([index]))"),
        form=_outputs_themselves,
    ),
    misconception(
        "texts",
        _("The function returned the shapes as text. Return two tuples of whole numbers."),
        _("Remove the quotation marks, and write the numbers in parentheses."),
        wrong(ALL, SIZE, 'return f"torch.Size([1, {len(index)}, {size}])", f"torch.Size([1, {size}])"'),
        form=_as_text,
    ),
    misconception(
        "swapped",
        _("The two shapes are in the wrong order: first last_hidden_state, then pooler_output."),
        _("Return the shape with the axis of the tokens first."),
        wrong(ALL, "return (1, model.config.hidden_size), (1, len(index), model.config.hidden_size)"),
        models=(_shapes(lambda tokens, size: ((1, size), (1, tokens, size))),),
    ),
    misconception(
        "one-shape",
        _("The function returned only the shape of last_hidden_state. Return the shape of pooler_output as well."),
        _("Return both shapes."),
        wrong(ALL, "return (1, len(index), model.config.hidden_size)"),
        models=(lambda case: tupled(1, sizes(case)[0], sizes(case)[1].hidden_size),),
    ),
    not_computed_yet(
        _("Return both shapes themselves, with a comma between them."),
        wrong(
            ALL, "result = model(torch.tensor([index]))",
            "return (output.shape for output in (result.last_hidden_state, result.pooler_output))",
        ),
    ),
    returns_nothing(_("both results"), wrong(ALL, "print(model(torch.tensor([index]))[0].shape)")),
    changes_its_arguments(
        wrong(
            ALL, "length = 0", "while index:", "    index.pop()", "    length += 1", SIZE,
            "return (1, length, size), (1, size)",
        ),
    ),
)  # fmt: skip
