"""2.2, logging in: the facets by which an answer is judged."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.describing import describe
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.hub_facets import what_was_returned
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation


def account(case: Case) -> str:
    """Return the name of the token's account."""
    return case.initial.account


def _shown(case: Case, got: Observation) -> Message:
    return verbatim(account(case)) if got == account(case) else describe(got)


def _returned(case: Case, got: Observation) -> Message:
    return _("the account's name is {name}; the function returned {got}", name=account(case), got=describe(got))


#: States of a returned value begin with $, because a learner's text is unlikely to.
FACETS = Facets(
    (
        Item("name", _("the function returns the account's name"), 2, (
            Facet("returned", account, (
                State("$token", _("the token"), _("the function returned the token; expected the account's name")),
                State(
                    "$whole-answer", _("the whole dictionary"),
                    _("the function returned the whole dictionary; expected only the account's name"),
                ),
                State(None, _("nothing"), _returned),
            ), _("returned"), clause=_returned, other=_shown,
                advice=_('Return the entry "name" of what whoami() returns, as it is and nothing else.'),
            ),
        )),
        Item("saved", _("afterwards the account is logged in with a saved token"), 1, (
            Facet("saved", "token", (
                State("token", _("the token")),
                State(
                    "variable", _("only in the variable HF_TOKEN"),
                    _("the token was not saved: it is only in the variable HF_TOKEN"),
                ),
                State("another", _("another token"), _("the saved token is not the given one")),
                State("nothing", _("nothing"), _("after the call no account is logged in: no token was saved")),
            ), _("saved"), advice=_("Call `login(token)` with the given token, and don't log out afterwards.")),
        )),
        Item("secret", _("no token in the notebook or in its output"), 1, (
            Facet("kept", "kept", (
                State("kept", _("kept secret")),
                State("unused", _("never used"), _("the token was never used")),
                State("printed", _("printed"), _("the token was printed")),
                State("in-notebook", _("in the notebook"), _("this notebook contains a token")),
            ), _("secrecy of the token"),
                advice=_("Give the token to `login` and to nothing else: don't write it down and don't print it."),
            ),
        )),
    ),
    otherwise=what_was_returned,
)  # fmt: skip


def achieved(case: Case, _answer: Observation) -> Message:
    """Describe the achievement of a right answer."""
    return _("{name} is logged in now.", name=account(case))
