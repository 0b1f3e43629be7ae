"""2.2: log a program in with a token that it is given, and say who that is."""

from __future__ import annotations

import random

from autograde.judge import replays
from autograde.judge.acts import Act, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.people import ACCOUNTS
from autograde.judge.question import Case, Misconception, Question, RubricItem, entry
from autograde.judge.verdict import Finding

_ROLES = {"read": _("the case of a read token of {account}"), "write": _("the case of a write token of {account}")}


def _case(account: str, role: str) -> Case:
    about = Message(_ROLES[role].text, (("account", account),))
    setting = Setting(account=account, taken=("ada",), tokens=(role,))
    return Case(f"{account}-{role}", "tokens", about, (f"${role.upper()}_TOKEN",), setting=setting)


VISIBLE = (_case("mei", "read"), _case("jonas", "write"))


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    first, second = rng.sample(ACCOUNTS, 2)
    return _case(first, "write"), _case(second, "read")


def _account(case: Case) -> str:
    assert case.setting is not None
    return case.setting.account


def _oracle(case: Case) -> Observation:
    return Mapping((("returned", _account(case)), ("saved", "the token"), ("kept", "kept")))


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls = report.get("returned")
    assert isinstance(calls, Sequence)
    returned = calls.items[-1]
    if isinstance(returned, Raised):
        return returned
    if isinstance(returned, Mapping) and returned.get("name") == _account(case):
        returned = "the whole answer"
    tokens = seen.get("tokens")
    assert isinstance(tokens, Mapping)
    # Whoever never used the token has kept it secret, and has done nothing for it.
    used = any(value is True for _name, value in tokens.items)
    secret = "never used" if not used else "in the notebook" if report.get("token_in_notebook") else "kept"
    told, saved = str(case.arguments[0])[1:], report.get("saved")
    return Mapping(
        (
            ("returned", returned),
            ("saved", "the token" if saved == told else "nothing" if not saved else "another token"),
            ("kept", secret),
        )
    )


def _words(case: Case, difference: Difference) -> Message:
    got = difference.got
    match difference.path:
        case ("returned",) if got == "the whole answer":
            return _("the function returned all that the Hub says of the account; asked for was its name")
        case ("returned",):
            return _("the Hub says {name}; the function returned {got}", name=_account(case), got=describe(got))
        case ("saved",):
            return _("afterwards nobody is logged in: the token was not saved")
        case ("kept",) if got == "never used":
            return _("the token was never used")
        case ("kept",):
            return _("a token stands in this notebook")
    return _("the function returned {got}", got=describe(got))


def _seen(case: Case, _answer: Observation) -> Message:
    return _("Seen on the Hub: {name} was asked for, and is logged in now.", name=_account(case))


def _findings(_case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {
        "the token": _("the token"), "nothing": verbatim("—"), "another token": _("another token"),
        "the whole answer": _("the whole answer"),
    }  # fmt: skip
    return (
        replays.line(_("returned"), expected.get("returned"), got.get("returned"), words),
        replays.line(_("saved"), expected.get("saved"), got.get("saved"), words),
    )


MISCONCEPTIONS = (
    Misconception(
        "own-token",
        _("The function uses a token of its own and not the one that it is given, or it changes it on the way."),
        _("Hand the parameter `token` on as it is."),
        refusal=r"Invalid (user|credentials)|Invalid username|401|must be|[Ii]llegal header",
    ),
    Misconception(
        "token-in-notebook",
        _(
            "A token stands in the notebook. Whoever gets the notebook gets the account with it; a token goes where "
            "it is "
            "needed without being written down."
        ),
        _("Remove the token, and revoke it on the Hub: what was written down once counts as known."),
        (lambda case: replaced(_oracle(case), kept="in the notebook"),),
    ),
    Misconception(
        "not-saved",
        _(
            "The function asks the Hub who the token belongs to, and forgets it again: the next call of "
            "huggingface_hub is "
            "made by nobody."
        ),
        _("`login` saves a token where all later calls find it."),
        (lambda case: replaced(_oracle(case), saved="nothing"),),
    ),
    Misconception(
        "whole-answer",
        _("The function returns all that the Hub says of the account. Asked for is the name only."),
        _("The Hub's answer is a dictionary: take one entry of it."),
        (lambda case: replaced(_oracle(case), returned="the whole answer"),),
    ),
    Misconception(
        "fixed-name",
        _("The function returns the same name whoever the token belongs to: it stands in the code."),
        _("Ask the Hub: whoami() knows whose token it is."),
        tuple(lambda case, name=name: replaced(_oracle(case), returned=name) for name in ("mei", "ada", "jonas")),  # type: ignore[misc]
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return the account's name."),
        (lambda case: replaced(_oracle(case), returned=None),),
    ),
)

SOLUTION = """\
def log_in(token):
    login(token)
    return whoami()["name"]
"""

QUESTION = Question(
    id="2.2/log_in",
    function="log_in",
    title=_("Log in with a token"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_oracle,
    rubric=(
        RubricItem("name", _("the function returns the name that the Hub knows"), 2, aspect=entry("returned")),
        RubricItem("saved", _("afterwards this account is logged in"), 1, aspect=entry("saved")),
        RubricItem("secret", _("no token stands in the notebook"), 1, aspect=entry("kept")),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _(
            "Two functions of huggingface_hub: one saves a token for all later calls, one asks who you are. What are "
            "they?"
        ),
        _("`login(token)` saves it. `whoami()` returns a dictionary."),
        _('The account\'s name is the entry "name" of what `whoami()` returns.'),
    ),
    solution=SOLUTION,
    expectation=_("the account's name"),
    words=_words,
    act=Act("call", _join, _seen, _findings),
)
