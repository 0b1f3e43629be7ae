"""2.6, calling the model: how the two outputs are compared."""

from __future__ import annotations

from dataclasses import replace

from autograde.judge.aspects import Aspect
from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind, Rules, first_difference
from autograde.judge.observation import Mapping, Observation, Sequence, Tensor
from autograde.questions.load_the_downloaded_model.run_model.cases import LAST, POOLER

#: Float32 arithmetic in a different order causes smaller differences; a wrong argument, ones a hundred times larger.
RULES = Rules(tolerance=1e-3)


def both_outputs(_case: Case, value: Observation) -> Observation:
    """Normalise the two outputs, given as a model output, a dictionary, a tuple or a list."""
    match value:
        case Mapping() if value.get(LAST) is not None and value.get(POOLER) is not None:
            return Mapping(((LAST, value.get(LAST)), (POOLER, value.get(POOLER))))
        case Sequence(_kind, (Tensor() as last, Tensor() as pooler, *more)) if all(
            isinstance(each, Sequence) for each in more
        ):
            # A model can return hidden states and attentions in addition.
            return Mapping(((LAST, last), (POOLER, pooler)))
    return value


def _without_gradient(value: Observation) -> Observation:
    return replace(value, gradient=False) if isinstance(value, Tensor) else value


def one_output(name: str) -> Aspect:
    """Return the aspect that compares the numbers of one output; gradients are checked by a separate item."""

    def compare(_case: Case, expected: Observation, got: Observation) -> Difference | None:
        if not isinstance(got, Mapping) or not isinstance(expected, Mapping):
            return first_difference(expected, got, RULES)
        return first_difference(expected.get(name), _without_gradient(got.get(name)), RULES, (name,))

    return compare


def no_gradient(_case: Case, expected: Observation, got: Observation) -> Difference | None:
    """Check that both outputs exist, have the right shapes, and have no gradient."""
    if not isinstance(got, Mapping) or not isinstance(expected, Mapping):
        return first_difference(expected, got, RULES)
    for name in (LAST, POOLER):
        wanted, found = expected.get(name), got.get(name)
        if not isinstance(wanted, Tensor) or not isinstance(found, Tensor) or wanted.shape != found.shape:
            return first_difference(wanted, found, RULES, (name,))
        if found.gradient:
            return Difference(Kind.GRADIENT, (name,), False, True)
    return None
