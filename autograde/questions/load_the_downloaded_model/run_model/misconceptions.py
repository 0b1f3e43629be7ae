"""2.6, calling the model: common wrong answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments, not_computed_yet, returns_nothing
from autograde.judge.evidence import FROZE_MODEL, LEFT_GRADIENTS_OFF, LEFT_TRAINING, RECORDED_GRADIENTS
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation, Sequence, Tensor
from autograde.judge.question import WrongModel, misconception
from autograde.judge.tiny_bert import answer
from autograde.questions.load_the_downloaded_model.run_model.cases import LAST, POOLER, input_of, outputs, right_of
from autograde.questions.load_the_downloaded_model.run_model.solutions import ALL, CALL, NO_GRAD, VALUES, wrong


def _without_segments(case: Case, *, gradient: bool = False) -> Mapping:
    recipe, tokens, _parts = input_of(case)
    return outputs(answer(recipe, tokens, (0,) * len(tokens)), gradient=gradient)


def _segments_as_mask(case: Case, *, gradient: bool = False) -> Mapping:
    recipe, tokens, parts = input_of(case)
    return outputs(answer(recipe, tokens, (0,) * len(tokens), parts), gradient=gradient)


def _with_or_without_gradient(model: Callable[..., Observation]) -> tuple[WrongModel, ...]:
    """Return the same wrong model inside ``no_grad`` and outside it: learners often forget both."""
    return model, partial(model, gradient=True)


def _only(name: str) -> Callable[..., Observation]:
    """Return a model that gives only one of the two outputs."""
    return lambda case, gradient=False: right_of(case, gradient=gradient).get(name)


def _outputs_swapped(case: Case, *, gradient: bool = False) -> Mapping:
    right = right_of(case, gradient=gradient)
    return Mapping(((LAST, right.get(POOLER)), (POOLER, right.get(LAST))))


def _arrays(value: Sequence | Mapping) -> list[Observation]:
    """Return the NumPy arrays and plain lists in a list, tuple or dictionary."""
    items = value.items if isinstance(value, Sequence) else [item for _name, item in value.items]
    return [
        item for item in items if isinstance(item, Sequence) or (isinstance(item, Tensor) and item.library == "numpy")
    ]


def _is_shape(value: Observation) -> bool:
    return isinstance(value, Sequence) and all(type(item) is int for item in value.items)


MISCONCEPTIONS = (
    misconception(
        "segments-as-mask",
        _(
            "The segment ids were passed by position. The second parameter of the model is attention_mask, so "
            "sentence A was masked out."
        ),
        _("Pass them by name: token_type_ids=..."),
        wrong(VALUES, NO_GRAD, "    return model(tokens_tensor, segments_tensors)"),
        wrong(ALL, "return model(tokens_tensor, segments_tensors)"),
        models=_with_or_without_gradient(_segments_as_mask),
    ),
    misconception(
        "segments-forgotten",
        _("The model got no segment ids, so it treats every token as sentence A."),
        _("Pass them by name: token_type_ids=..."),
        wrong(VALUES, NO_GRAD, "    return model(tokens_tensor)"),
        wrong(ALL, "return model(tokens_tensor)"),
        models=_with_or_without_gradient(_without_segments),
    ),
    misconception(
        "gradient-kept",
        _(
            "The numbers are right, but the model ran outside torch.no_grad(), so PyTorch stored what it needs for "
            "training."
        ),
        _("Put the call inside `with torch.no_grad():`"),
        wrong("no_grad", f"return {CALL}"),
        wrong("no_grad", "torch.no_grad()", f"return {CALL}"),
        models=(lambda case: right_of(case, gradient=True),),
    ),
    misconception(
        "only-last-hidden-state",
        _("The function returned only the first output. Return the whole result: last_hidden_state and pooler_output."),
        _("Return the model's result unchanged."),
        wrong(ALL, f"return {CALL}.last_hidden_state"),
        wrong(ALL, NO_GRAD, f"    return {CALL}[0]"),
        models=_with_or_without_gradient(_only(LAST)),
    ),
    misconception(
        "pooler-for-last-hidden-state",
        _("The function returned only pooler_output: one vector for the whole input, computed from [CLS]."),
        _("Return the model's result unchanged; result[0] is last_hidden_state."),
        wrong(ALL, NO_GRAD, f"    return {CALL}.pooler_output"),
        models=_with_or_without_gradient(_only(POOLER)),
    ),
    misconception(
        "outputs-swapped",
        _("The two outputs are in the wrong order: last_hidden_state comes first, then pooler_output."),
        _("Return the model's result unchanged."),
        wrong(
            ALL, "last, pooled = model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)",
            "return pooled, last",
        ),
        wrong(ALL, NO_GRAD, f"    result = {CALL}", "return result[1], result[0]"),
        models=_with_or_without_gradient(_outputs_swapped),
    ),
    misconception(
        "left-training",
        _("The model is in training mode. Then dropout sets random numbers to 0, so each call gives another result."),
        _(
            "Remove model.train(), or call model.eval() before the model. from_pretrained returns a model in "
            "evaluation mode."
        ),
        wrong(VALUES, "model.train()", NO_GRAD, f"    return {CALL}"),
        wrong(VALUES, "model.encoder.train()", NO_GRAD, f"    return {CALL}"),
        wrong(VALUES, NO_GRAD, f"    result = {CALL}", "model.train()", "return result"),
        effect=LEFT_TRAINING,
    ),
    misconception(
        "ids-as-segments",
        _(
            "The model got a number that it doesn't know. Either it got other segment ids than 0 and 1, for example "
            "the token ids, or the function uses other ids than those in tokens_tensor."
        ),
        _(
            "Pass both tensors unchanged: tokens_tensor as the first argument, and the other one by name, "
            "token_type_ids=..."
        ),
        wrong(ALL, NO_GRAD, "    return model(segments_tensors, token_type_ids=tokens_tensor)"),
        wrong(ALL, NO_GRAD, "    return model(tokens_tensor, token_type_ids=segments_tensors + 1)"),
        refusal="^index out of range in self$",
    ),
    misconception(
        "shapes",
        _("The function returned the shapes of the two outputs. Return the outputs themselves: two tensors."),
        _("Return the model's result unchanged."),
        wrong(
            ALL, NO_GRAD, f"    result = {CALL}", "return result.last_hidden_state.shape, result.pooler_output.shape",
        ),
        form=lambda _case, got: isinstance(got, Sequence) and len(got.items) == 2 and all(map(_is_shape, got.items)),
    ),
    misconception(
        "arrays",
        _("The function returned NumPy arrays or lists. Return the tensors of the model's result."),
        _("Return the model's result unchanged."),
        wrong(
            VALUES, NO_GRAD, f"    result = {CALL}",
            "return result.last_hidden_state.numpy(), result.pooler_output.numpy()",
        ),
        form=lambda _case, got: isinstance(got, Sequence | Mapping) and len(_arrays(got)) == 2,
    ),
    not_computed_yet(_("Return the model's result unchanged."), wrong(ALL, NO_GRAD, f"    yield {CALL}")),
    returns_nothing(_("the model's result"), wrong(ALL, NO_GRAD, f"    result = {CALL}", "print(result[0].shape)")),
    misconception(
        "model-frozen",
        _(
            "The function switches requires_grad off for the caller's model. It stays off after the call, so "
            "the caller can't train this model any more."
        ),
        _("Leave the model as it is, and put the call inside `with torch.no_grad():`"),
        wrong("no_grad", "model.requires_grad_(False)", f"return {CALL}"),
        wrong(
            "no_grad", "for weight in model.parameters():", "    weight.requires_grad = False", NO_GRAD,
            f"    return {CALL}",
        ),
        models=(right_of,),
        effect=FROZE_MODEL,
    ),
    misconception(
        "gradients-left-off",
        _(
            "The function switches gradient tracking off for the whole program. It stays off after the call, so "
            "no model can be trained any more."
        ),
        _("Put the call inside `with torch.no_grad():`, which ends with the call."),
        wrong("no_grad", "torch.set_grad_enabled(False)", f"return {CALL}"),
        wrong("no_grad", "torch.no_grad().__enter__()", f"return {CALL}"),
        models=(right_of,),
        effect=LEFT_GRADIENTS_OFF,
    ),
    misconception(
        "detached-afterwards",
        _(
            "The numbers are right, but the model ran with gradient tracking on. It is too late to detach the result: "
            "PyTorch has already stored what it needs for training."
        ),
        _("Put the call inside `with torch.no_grad():`"),
        wrong(
            "no_grad", "mask = torch.ones_like(tokens_tensor)",
            "result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)",
            "return [output.detach() for output in result.to_tuple()]",
        ),
        wrong(
            "no_grad", f"result = {CALL}", "result.last_hidden_state = result.last_hidden_state.detach()",
            "result.pooler_output = result.pooler_output.data", "return result",
        ),
        wrong(
            "no_grad", "with torch.no_grad(), torch.enable_grad():", f"    result = {CALL}",
            "return {name: output.detach() for name, output in result.items()}",
        ),
        models=(right_of,),
        effect=RECORDED_GRADIENTS,
    ),
    changes_its_arguments(
        wrong(ALL, NO_GRAD, f"    result = {CALL}", "segments_tensors.zero_()", "return result"),
        wrong(ALL, NO_GRAD, f"    result = {CALL}", "    model.pooler.dense.weight.zero_()", "return result"),
    ),
)  # fmt: skip
