"""Misconceptions that several questions share, with the same explanation everywhere."""

from __future__ import annotations

from autograde.judge.evidence import CHANGED_ARGUMENTS
from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Other
from autograde.judge.question import Misconception, WrongModel

#: Types of lazy objects, which compute their values one by one on demand.
_LAZY = frozenset(
    {
        *("generator", "map", "filter", "zip", "enumerate", "reversed", "range_iterator", "list_iterator"),
        *("list_reverseiterator", "tuple_iterator", "callable_iterator"),
        # itertools
        *("accumulate", "batched", "chain", "compress", "cycle", "dropwhile", "islice", "pairwise", "repeat"),
        *("starmap", "takewhile", "zip_longest"),
    }
)


#: What to do about arguments that were changed.
LEAVE_ARGUMENTS = _(
    "Only read the arguments. Where you need another list, make a new one, for example with `index + [...]`."
)


def changes_its_arguments(*examples: WrongAnswer) -> Misconception:
    """Return the misconception of a function that modifies its arguments; the judge applies it to every question."""
    return Misconception(
        "changes-its-arguments",
        _(
            "The function changes its arguments. A list, tensor, model or tokenizer belongs to the caller: append, "
            "+=, pop, half, add_tokens and methods whose names end with _ change the caller's own."
        ),
        LEAVE_ARGUMENTS,
        effect=CHANGED_ARGUMENTS,
        examples=examples,
    )


def returns_nothing(what: Message, *examples: WrongAnswer, models: tuple[WrongModel, ...] = ()) -> Misconception:
    """Return the misconception that the result was computed or printed, but not returned.

    ``what`` describes the value that should follow ``return``.
    """
    return Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("End the function with return and {what}.", what=what),
        models or (lambda _case: None,),
        examples=examples,
    )


def not_computed_yet(step: Message, *examples: WrongAnswer) -> Misconception:
    """Return the misconception of a function that returns a lazy object such as a generator; ``step`` is the advice."""
    return Misconception(
        "not-computed-yet",
        _(
            "The function returned a generator, a map or the like. Such an object computes its values only when they "
            "are needed; it doesn't contain them yet."
        ),
        step,
        form=lambda _case, got: isinstance(got, Other) and got.type in _LAZY,
        examples=examples,
    )


def dictionary(asked: Message, step: Message, *examples: WrongAnswer) -> Misconception:
    """Return the misconception of a function that returns a dictionary instead of the values ``asked`` in order."""
    return Misconception(
        "dictionary",
        _("The function returned a dictionary. Return these values instead, in this order: {asked}.", asked=asked),
        step,
        form=lambda _case, got: isinstance(got, Mapping),
        examples=examples,
    )
