"""Wrong answers that are told by their form, whatever is in them."""

from __future__ import annotations

from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Other
from autograde.judge.question import Misconception

#: Types of objects that give their values one by one, and later.
_LATER = frozenset(
    {
        *("generator", "map", "filter", "zip", "enumerate", "reversed", "range_iterator", "list_iterator"),
        *("list_reverseiterator", "tuple_iterator", "callable_iterator"),
        # itertools
        *("accumulate", "batched", "chain", "compress", "cycle", "dropwhile", "islice", "pairwise", "repeat"),
        *("starmap", "takewhile", "zip_longest"),
    }
)


def not_computed_yet(step: Message, examples: tuple[WrongAnswer, ...] = ()) -> Misconception:
    """The function returns a lazy object, such as a generator, instead of the answer; ``step`` says what to do."""
    return Misconception(
        "not-computed-yet",
        _(
            "The function returned a generator, a map or the like: it computes its values only when they "
            "are needed, one by one."
        ),
        step,
        form=lambda _case, got: isinstance(got, Other) and got.type in _LATER,
        examples=examples,
    )


def dictionary(asked: Message, step: Message, examples: tuple[WrongAnswer, ...] = ()) -> Misconception:
    """The function returns a dictionary where values in an order are ``asked`` for."""
    return Misconception(
        "dictionary",
        _("The function returned a dictionary. Return these values instead, in this order: {asked}.", asked=asked),
        step,
        form=lambda _case, got: isinstance(got, Mapping),
        examples=examples,
    )
