"""2.6: the call itself, under ``no_grad``, with the segment ids by name."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from autograde.judge.beliefs import changes_its_arguments, returns_nothing
from autograde.judge.comparison import Difference, Kind, Rules, first_difference
from autograde.judge.examples import right, wrong
from autograde.judge.forms import not_computed_yet
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Sequence, Tensor, tensor
from autograde.judge.question import (
    FROZE_MODEL,
    LEFT_TRAINING,
    RECORDED_GRADIENTS,
    Case,
    FirstArgument,
    Misconception,
    Question,
    RubricItem,
    Teaching,
    WrongModel,
)
from autograde.judge.sentences import CHINESE, ENGLISH, SEP, SHOW, TALK, Sentences, segments, unequal_pair
from autograde.judge.tiny import Answer, ModelRecipe, answer

LAST, POOLER = "last_hidden_state", "pooler_output"

#: Float32 arithmetic in another order differs by less; a wrong argument by a hundred times more.
TOLERANCE = 1e-3
RULES = Rules(tolerance=TOLERANCE)

#: Hidden sizes, layers and heads: no two alike in a case, and none is the tutorial's 768 or 12.
SHAPES = ((32, 1, 2), (48, 2, 4), (24, 3, 6), (40, 1, 5), (64, 2, 8))


def _case(name: str, about: Message, sentences: Sentences, shape: tuple[int, int, int], rng: random.Random) -> Case:
    hidden_size, layers, heads = shape
    recipe = ModelRecipe(60, hidden_size, layers, heads, rng.getrandbits(32))
    # The model's vocabulary is tiny, so ids are places in the case's own list of tokens.
    places = {token: 1 + place for place, token in enumerate(dict.fromkeys(sentences.tokens))}
    tokens = [places[token] for token in sentences.tokens]
    parts = list(segments(sentences.tokens, SEP))
    arguments = (recipe.observation(), tensor([tokens], "int64"), tensor([parts], "int64"))
    return Case(name, "pairs", about, arguments, sentences.tokens)


_PAIR = _("a pair of sentences and a model that you have not seen")
_fixed = random.Random("run_model")  # noqa: S311 - the visible models, the same for ever

VISIBLE = (
    _case("tutorial", _("the tutorial's pair and a tiny model"), Sentences(TALK, SHOW), SHAPES[0], _fixed),
    _case("other-size", _PAIR, Sentences(("birds", "sing"), ("we", "read", "books", ".")), SHAPES[1], _fixed),
)


SMALLER = (
    _case(
        "small",
        _("a model with the hidden size {hidden} and 1 layer, and the tokens of a pair of one word each", hidden=4),
        Sentences(("yes",), ("no",)),
        (4, 1, 2),
        _fixed,
    ),
)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    shapes = rng.sample(SHAPES, 3)
    return (
        _case("longer-first", _PAIR, unequal_pair(rng, ENGLISH, longer_first=True), shapes[0], rng),
        _case("longer-second", _PAIR, unequal_pair(rng, ENGLISH, longer_first=False), shapes[1], rng),
        _case("chinese", _PAIR, unequal_pair(rng, CHINESE, longer_first=True), shapes[2], rng),
    )


def _input(case: Case) -> tuple[ModelRecipe, tuple[int, ...], tuple[int, ...]]:
    recipe, tokens, parts = case.arguments
    assert isinstance(tokens, Tensor)
    assert isinstance(parts, Tensor)
    return ModelRecipe.read(recipe), tuple(tokens.array()[0].tolist()), tuple(parts.array()[0].tolist())


def _outputs(found: Answer, *, gradient: bool = False) -> Mapping:
    """The two outputs of a model for a batch of one."""
    return Mapping(
        (
            (LAST, tensor(found.last_hidden_state[np.newaxis], "float32", gradient=gradient)),
            (POOLER, tensor(found.pooler_output[np.newaxis], "float32", gradient=gradient)),
        )
    )


def _right(case: Case, *, gradient: bool = False) -> Mapping:
    recipe, tokens, parts = _input(case)
    return _outputs(answer(recipe, tokens, parts), gradient=gradient)


def _without_segments(case: Case, *, gradient: bool = False) -> Mapping:
    recipe, tokens, _parts = _input(case)
    return _outputs(answer(recipe, tokens, (0,) * len(tokens)), gradient=gradient)


def _segments_as_mask(case: Case, *, gradient: bool = False) -> Mapping:
    recipe, tokens, parts = _input(case)
    return _outputs(answer(recipe, tokens, (0,) * len(tokens), parts), gradient=gradient)


def _with_or_without_gradient(model: Callable[..., Observation]) -> tuple[WrongModel, ...]:
    """The same belief inside ``no_grad`` and outside it: who holds it often forgets that too."""
    return model, partial(model, gradient=True)


def _only(name: str) -> Callable[..., Observation]:
    """One of the two outputs instead of both."""
    return lambda case, gradient=False: _right(case, gradient=gradient).get(name)


def _outputs_swapped(case: Case, *, gradient: bool = False) -> Mapping:
    right = _right(case, gradient=gradient)
    return Mapping(((LAST, right.get(POOLER)), (POOLER, right.get(LAST))))


def both_outputs(value: Observation) -> Observation:
    """The model's two outputs, whether they came as the model's own output, a dictionary, a tuple or a list."""
    match value:
        case Mapping() if value.get(LAST) is not None and value.get(POOLER) is not None:
            return Mapping(((LAST, value.get(LAST)), (POOLER, value.get(POOLER))))
        case Sequence(_kind, (Tensor() as last, Tensor() as pooler, *more)) if all(
            isinstance(each, Sequence) for each in more
        ):
            # A model can return hidden states and attentions after these two.
            return Mapping(((LAST, last), (POOLER, pooler)))
    return value


def _arrays(value: Sequence | Mapping) -> list[Observation]:
    """What a list, tuple or dictionary holds of NumPy's arrays and plain lists."""
    items = value.items if isinstance(value, Sequence) else [item for _name, item in value.items]
    return [
        item for item in items if isinstance(item, Sequence) or (isinstance(item, Tensor) and item.library == "numpy")
    ]


def _without_gradient(value: Observation) -> Observation:
    return replace(value, gradient=False) if isinstance(value, Tensor) else value


class _Output:
    """Compares one output's numbers; whether it carries a gradient is another item's business."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, _case: Case, expected: Observation, got: Observation) -> Difference | None:
        if not isinstance(got, Mapping) or not isinstance(expected, Mapping):
            return first_difference(expected, got, RULES)
        return first_difference(expected.get(self.name), _without_gradient(got.get(self.name)), RULES, (self.name,))


def _no_gradient(_case: Case, expected: Observation, got: Observation) -> Difference | None:
    """Both outputs are there, in the right shapes, and carry no gradient."""
    if not isinstance(got, Mapping) or not isinstance(expected, Mapping):
        return first_difference(expected, got, RULES)
    for name in (LAST, POOLER):
        wanted, came = expected.get(name), got.get(name)
        if not isinstance(wanted, Tensor) or not isinstance(came, Tensor) or wanted.shape != came.shape:
            return first_difference(wanted, came, RULES, (name,))
        if came.gradient:
            return Difference(Kind.GRADIENT, (name,), False, True)
    return None


MISCONCEPTIONS = (
    Misconception(
        "segments-as-mask",
        _(
            "The segment ids were passed by position. The model's second argument is attention_mask, so sentence "
            "A was hidden."
        ),
        _("Pass them by name: token_type_ids=..."),
        _with_or_without_gradient(_segments_as_mask),
        examples=(
            wrong("last_hidden_state pooler_output", """
                def run_model(model, tokens_tensor, segments_tensors):
                    with torch.no_grad():
                        return model(tokens_tensor, segments_tensors)
            """),
            wrong("last_hidden_state pooler_output no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    return model(tokens_tensor, segments_tensors)
            """),
        ),
    ),
    Misconception(
        "segments-forgotten",
        _("The segment ids never reached the model: without them it takes every token for sentence A."),
        _("Pass them by name: token_type_ids=..."),
        _with_or_without_gradient(_without_segments),
        examples=(
            wrong("last_hidden_state pooler_output", """
                def run_model(model, tokens_tensor, segments_tensors):
                    with torch.no_grad():
                        return model(tokens_tensor)
            """),
            wrong("last_hidden_state pooler_output no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    return model(tokens_tensor)
            """),
        ),
    ),
    Misconception(
        "gradient-kept",
        _(
            "The numbers are right, but the model was called outside torch.no_grad(), so PyTorch kept all it "
            "needs for training."
        ),
        _("Put the call inside with torch.no_grad():"),
        (lambda case: _right(case, gradient=True),),
        examples=(
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    return model(tokens_tensor, token_type_ids=segments_tensors)
            """),
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    torch.no_grad()
                    return model(tokens_tensor, token_type_ids=segments_tensors)
            """),
        ),
    ),
    Misconception(
        "only-last-hidden-state",
        _("The function returned only the first output. Return the whole result: last_hidden_state and pooler_output."),
        _("Return the result as the model gave it."),
        _with_or_without_gradient(_only(LAST)),
        examples=(
            wrong("last_hidden_state pooler_output no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    return model(tokens_tensor, token_type_ids=segments_tensors).last_hidden_state
            """),
            wrong("last_hidden_state pooler_output no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    with torch.no_grad():
                        return model(tokens_tensor, token_type_ids=segments_tensors)[0]
            """),
        ),
    ),
    Misconception(
        "pooler-for-last-hidden-state",
        _(
            "The function returned pooler_output instead of last_hidden_state: it is one vector for the "
            "whole input, made from [CLS] alone."
        ),
        _("Return the result as the model gave it; result[0] is last_hidden_state."),
        _with_or_without_gradient(_only(POOLER)),
        examples=(wrong("last_hidden_state pooler_output no_grad", """
            def run_model(model, tokens_tensor, segments_tensors):
                with torch.no_grad():
                    return model(tokens_tensor, token_type_ids=segments_tensors).pooler_output
        """),),
    ),
    Misconception(
        "outputs-swapped",
        _("The two outputs are in the wrong order: last_hidden_state comes first, then pooler_output."),
        _("Return the result as the model gave it."),
        _with_or_without_gradient(_outputs_swapped),
        examples=(
            wrong("last_hidden_state pooler_output no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    last, pooled = model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)
                    return pooled, last
            """),
            wrong("last_hidden_state pooler_output no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    with torch.no_grad():
                        result = model(tokens_tensor, token_type_ids=segments_tensors)
                    return result[1], result[0]
            """),
        ),
    ),
    Misconception(
        "left-training",
        _(
            "The model is in training mode, which switches dropout on: it sets numbers to 0 at random, so that each "
            "call gives another result."
        ),
        _("Call model.eval() before the model, or leave model.train() out: from_pretrained gives it ready for use."),
        effect=LEFT_TRAINING,
        examples=(
            wrong("last_hidden_state pooler_output", """
                def run_model(model, tokens_tensor, segments_tensors):
                    model.train()
                    with torch.no_grad():
                        return model(tokens_tensor, token_type_ids=segments_tensors)
            """),
            wrong("last_hidden_state pooler_output", """
                def run_model(model, tokens_tensor, segments_tensors):
                    model.encoder.train()
                    with torch.no_grad():
                        return model(tokens_tensor, token_type_ids=segments_tensors)
            """),
            wrong("last_hidden_state pooler_output", """
                def run_model(model, tokens_tensor, segments_tensors):
                    with torch.no_grad():
                        result = model(tokens_tensor, token_type_ids=segments_tensors)
                    model.train()
                    return result
            """),
        ),
    ),
    Misconception(
        "ids-as-segments",
        _(
            "The ids went in where the segment ids belong. The model looks a segment up in a table of two rows, 0 and "
            "1, and found none for such an id."
        ),
        _("Pass the tensor of the ids first, and the other one by name: token_type_ids=..."),
        refusal="^index out of range in self$",
        examples=(wrong("last_hidden_state pooler_output no_grad", """
            def run_model(model, tokens_tensor, segments_tensors):
                with torch.no_grad():
                    return model(segments_tensors, token_type_ids=tokens_tensor)
        """),),
    ),
    Misconception(
        "arrays",
        _("The outputs came as NumPy arrays or lists. Return the tensors of the model's result."),
        _("Return the result as the model gave it."),
        form=lambda _case, got: isinstance(got, Sequence | Mapping) and len(_arrays(got)) == 2,
        examples=(wrong("last_hidden_state pooler_output", """
            def run_model(model, tokens_tensor, segments_tensors):
                with torch.no_grad():
                    result = model(tokens_tensor, token_type_ids=segments_tensors)
                return result.last_hidden_state.numpy(), result.pooler_output.numpy()
        """),),
    ),
    not_computed_yet(
        _("Return the result as the model gave it."),
        examples=(wrong("last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                yield model(tokens_tensor, token_type_ids=segments_tensors)
    """),)),
    returns_nothing(_("the model's result"), examples=(wrong("last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            print(result[0].shape)
    """),)),
    Misconception(
        "model-frozen",
        _(
            "The function switches requires_grad off for the caller's model. It stays off after the call, so "
            "the caller can't train this model any more."
        ),
        _("Leave the model as it is, and put the call inside with torch.no_grad():"),
        (_right,),
        effect=FROZE_MODEL,
        examples=(
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    model.requires_grad_(False)
                    return model(tokens_tensor, token_type_ids=segments_tensors)
            """),
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    for weight in model.parameters():
                        weight.requires_grad = False
                    with torch.no_grad():
                        return model(tokens_tensor, token_type_ids=segments_tensors)
            """),
        ),
    ),
    Misconception(
        "detached-afterwards",
        _(
            "The numbers are right, but the model ran with gradient tracking on. Detaching the result afterwards comes "
            "too late: during the call PyTorch had already stored all it needs for training."
        ),
        _("Put the call inside with torch.no_grad():"),
        (_right,),
        effect=RECORDED_GRADIENTS,
        examples=(
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    mask = torch.ones_like(tokens_tensor)
                    result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)
                    return [output.detach() for output in result.to_tuple()]
            """),
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    result = model(tokens_tensor, token_type_ids=segments_tensors)
                    result.last_hidden_state = result.last_hidden_state.detach()
                    result.pooler_output = result.pooler_output.data
                    return result
            """),
            wrong("no_grad", """
                def run_model(model, tokens_tensor, segments_tensors):
                    with torch.no_grad(), torch.enable_grad():
                        result = model(tokens_tensor, token_type_ids=segments_tensors)
                    return {name: output.detach() for name, output in result.items()}
            """),
        ),
    ),
    changes_its_arguments((
        wrong("last_hidden_state pooler_output no_grad", """
            def run_model(model, tokens_tensor, segments_tensors):
                with torch.no_grad():
                    result = model(tokens_tensor, token_type_ids=segments_tensors)
                segments_tensors.zero_()
                return result
        """),
        wrong("last_hidden_state pooler_output no_grad", """
            def run_model(model, tokens_tensor, segments_tensors):
                with torch.no_grad():
                    result = model(tokens_tensor, token_type_ids=segments_tensors)
                    model.pooler.dense.weight.zero_()
                return result
        """),
    )),
)  # fmt: skip

SOLUTION = """\
def run_model(model, tokens_tensor, segments_tensors):
    with torch.no_grad():
        result = model(tokens_tensor, token_type_ids=segments_tensors)
    return result
"""

RIGHT = (
    right("inference mode, all by name", """
        def run_model(model, tokens_tensor, segments_tensors):
            model.eval()
            with torch.inference_mode():
                return model(input_ids=tokens_tensor, token_type_ids=segments_tensors)
    """),
    right("tuple", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)
    """),
    right("decorated, noisy, as a dictionary", """
        @torch.no_grad()
        def run_model(model, tokens_tensor, segments_tensors):
            import logging, sys
            from tqdm import tqdm
            for _ in tqdm(range(3)):
                result = model.forward(tokens_tensor, None, segments_tensors)
            logging.warning("done")
            print(result[0].shape, file=sys.stderr)
            return dict(result)
    """),
    right("detached as well, with a mask", """
        def run_model(model, tokens_tensor, segments_tensors):
            mask = torch.ones_like(tokens_tensor)
            with torch.set_grad_enabled(False):
                result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)
            return [output.detach() for output in result.to_tuple()]
    """),
    right("three outputs in a tuple", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(
                    tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True, return_dict=False
                )
    """),
    right("attentions and hidden states", """
        def run_model(model, tokens_tensor, segments_tensors):
            torch.set_grad_enabled(False)
            return model(tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True)
    """),
)  # fmt: skip

QUESTION = Question(
    id="2.6/run_model",
    number=4,
    first=FirstArgument.MODEL,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_right,
    rubric=(
        RubricItem(
            LAST, _("last_hidden_state, with the segment ids used"), 2, aspect=_Output(LAST), effects=(LEFT_TRAINING,)
        ),
        RubricItem(
            POOLER, _("pooler_output, with the segment ids used"), 1, aspect=_Output(POOLER), effects=(LEFT_TRAINING,)
        ),
        RubricItem(
            "no_grad",
            _("called with gradient tracking off"),
            2,
            aspect=_no_gradient,
            effects=(FROZE_MODEL, RECORDED_GRADIENTS),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    rules=RULES,
    normal=both_outputs,
    teaching=Teaching(
        title=_("The model is called"),
        hints=(
            _("Which of the model's arguments comes second? help(model.forward) tells."),
            _("Name the argument that you mean, and tell PyTorch that nothing is to be learned from this call."),
        ),
        solution=SOLUTION,
        expectation=_("the model's result with its two outputs"),
        advice=_("Look up, with help(model.forward), which argument each of your values reaches."),
        right=RIGHT,
    ),
)
