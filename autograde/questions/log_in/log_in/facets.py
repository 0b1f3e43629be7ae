"""2.2, logging in: what an answer is judged by."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.describing import describe
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation


def account(case: Case) -> str:
    """Return the name of the account whose token it is."""
    assert case.setting is not None
    return case.setting.account


def _shown(case: Case, got: Observation) -> Message:
    return verbatim(account(case)) if got == account(case) else describe(got)


def _returned(case: Case, got: Observation) -> Message:
    return _("the Hub says {name}; the function returned {got}", name=account(case), got=describe(got))


#: Of a returned value, states begin with $: no learner returns such a text.
FACETS = Facets(
    (
        Item("name", _("the function returns the name that the Hub knows"), 2, (
            Facet("returned", account, (
                State("$token", _("the token"), _("the function returned the token; expected the account's name")),
                State(
                    "$whole-answer", _("the whole answer"),
                    _("the function returned everything that the Hub says about the account; expected only its name"),
                ),
                State(None, verbatim("—"), _returned),
            ), _("returned"), clause=_returned, other=_shown),
        )),
        Item("saved", _("afterwards this account is logged in, by a saved token"), 1, (
            Facet("saved", "token", (
                State("token", _("the token")),
                State(
                    "variable", _("the variable HF_TOKEN only"),
                    _("the token was not saved: it is only in the variable HF_TOKEN"),
                ),
                State("another", _("another token"), _("another token than the given one was saved")),
                State(
                    "nothing", verbatim("—"), _("after the call no account is logged in: the token was not saved"),
                ),
            ), _("saved")),
        )),
        Item("secret", _("no token in the notebook or in its output"), 1, (
            Facet("kept", "kept", (
                State("kept", _("kept")),
                State("unused", _("never used"), _("the token was never used")),
                State("printed", _("printed"), _("the token was printed")),
                State("in-notebook", _("in the notebook"), _("this notebook contains a token")),
            ), _("the secret")),
        )),
    ),
    otherwise=lambda got: _("the function returned {got}", got=describe(got)),
)  # fmt: skip


def achieved(case: Case, _answer: Observation) -> Message:
    """Return the sentence about what a right answer has achieved."""
    return _("Seen on the Hub: {name} is logged in now.", name=account(case))
