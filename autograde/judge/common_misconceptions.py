"""Misconceptions that several questions share: the same mistake is explained in the same words."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.evidence import CHANGED_ARGUMENTS
from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Other
from autograde.judge.question import Misconception, WrongModel

#: Types of lazy objects, which compute their values one by one when they are needed.
_LAZY = frozenset(
    {
        *("generator", "map", "filter", "zip", "enumerate", "reversed", "range_iterator", "list_iterator"),
        *("list_reverseiterator", "tuple_iterator", "callable_iterator"),
        # itertools
        *("accumulate", "batched", "chain", "compress", "cycle", "dropwhile", "islice", "pairwise", "repeat"),
        *("starmap", "takewhile", "zip_longest"),
    }
)


def for_causes(outcome: Callable[[Case, str], Observation]) -> Callable[..., tuple[WrongModel, ...]]:
    """Makes wrong models of reasons: each is what comes of a case, by ``outcome``, for that reason."""

    def models(*reasons: str) -> tuple[WrongModel, ...]:
        return tuple(lambda case, reason=reason: outcome(case, reason) for reason in reasons)

    return models


#: What to do about an owner that the function makes up.
NO_OWNER = _("Don't name an owner: create_repo uses the account that is logged in.")

#: What to do about arguments that were changed.
LEAVE_ARGUMENTS = _("Make a new list or tensor, for example with `index + [...]`, and leave the arguments as they are.")


#: Any function can change the lists and tensors that it is given.
CHANGES_ITS_ARGUMENTS = Misconception(
    "changes-its-arguments",
    _(
        "The function changes its arguments. A list or tensor belongs to the caller: append, +=, pop and methods "
        "whose names end with _ change the caller's own."
    ),
    LEAVE_ARGUMENTS,
    effect=CHANGED_ARGUMENTS,
)

#: The name of an account is hard-coded; the models answer unless the Hub refuses.
FIXED_OWNER = Misconception(
    "fixed-owner",
    _(
        "The owner is hard-coded. You can create repositories only in your own namespace, and other people who "
        "run this function have other account names."
    ),
    NO_OWNER,
    refusal="rights to create a repository under the namespace",
)

#: The owner is made from the account's e-mail address or full name.
OWNER_FROM_ANOTHER_ENTRY = Misconception(
    "owner-from-another-entry",
    _(
        "The owner was made from the e-mail address or the full name. Neither is the account's name, and you can "
        "create repositories only in your own namespace."
    ),
    NO_OWNER,
    refusal=r"under the namespace '\w+[. ]\w+'|Repo id must use alphanumeric .*'[A-Z]\w* [A-Z]\w*/",
)

#: The tutorial's name of the model is hard-coded.
FIXED_NAME = Misconception(
    "fixed-name",
    _("The repository is always called mymodel04: the tutorial's name is hard-coded."),
    _("Use the parameter `name`."),
)

#: The code creates the repository, then requests a name other than its full name; the models raise the error.
NOT_THE_FULL_NAME = Misconception(
    "not-the-full-name",
    _(
        "The repository was created, but then its short name was used: all functions except create_repo need the "
        "full name, with the owner."
    ),
    _("Use the `repo_id` of what create_repo returns: that is the full name."),
)

#: What ``create_repo`` returned is returned as it is.
RETURNS_THE_ADDRESS = Misconception(
    "returns-the-address",
    _("The function returns the repository's address. Programs use the full name instead, owner/name."),
    _("What create_repo returns is more than an address: it has the attribute `repo_id`."),
)

#: The function returns the name that it got.
RETURNS_THE_SHORT_NAME = Misconception(
    "returns-the-short-name",
    _("The function returns the name without the owner. To find the repository, other people need `owner/name`."),
    _("What create_repo returns has the full name as `repo_id`."),
)


def returns_nothing(what: Message, *models: WrongModel, examples: tuple[WrongAnswer, ...] = ()) -> Misconception:
    """The result was computed, or printed, and never returned; ``what`` is to stand after ``return``."""
    return Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("End the function with return and {what}.", what=what),
        models or (lambda _case: None,),
        examples=examples,
    )


def not_computed_yet(step: Message, examples: tuple[WrongAnswer, ...] = ()) -> Misconception:
    """The function returns a lazy object, such as a generator, instead of the answer; ``step`` says what to do."""
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


def dictionary(asked: Message, step: Message, examples: tuple[WrongAnswer, ...] = ()) -> Misconception:
    """The function returns a dictionary where values in an order are ``asked`` for."""
    return Misconception(
        "dictionary",
        _("The function returned a dictionary. Return these values instead, in this order: {asked}.", asked=asked),
        step,
        form=lambda _case, got: isinstance(got, Mapping),
        examples=examples,
    )
