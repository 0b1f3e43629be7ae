"""2.2: log a program in with a token that it is given, and say who that is."""

from __future__ import annotations

import random

from autograde.judge.acts import Act, Setting
from autograde.judge.describing import describe
from autograde.judge.examples import RightAnswer, WrongAnswer, function, right, wrong
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.people import ACCOUNTS, FULL_NAMES
from autograde.judge.question import Case, Misconception, Question, Teaching

_IMPORTS = "from huggingface_hub import HfApi, login, whoami\n\n"

#: A token as it looks, put together here because none may be in this file.
_TOKEN = "hf_" + 34 * "A"
_NAME = 'return whoami()["name"]'


def _code(*lines: str) -> str:
    return function("log_in(token)", *lines, imports=_IMPORTS)


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, _code(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return right(style, _code(*lines))


_ROLES = {"read": _("the case of a read token of {account}"), "write": _("the case of a write token of {account}")}


def _case(account: str, role: str) -> Case:
    about = Message(_ROLES[role].text, (("account", account),))
    setting = Setting(account=account, fullname=FULL_NAMES[account], taken=("ada",), tokens=(role,))
    return Case(f"{account}-{role}", "tokens", about, (f"${role.upper()}_TOKEN",), setting=setting)


VISIBLE = (_case("mei", "read"), _case("jonas", "write"))


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    first, second = rng.sample(ACCOUNTS, 2)
    return _case(first, "write"), _case(second, "read")


def _account(case: Case) -> str:
    assert case.setting is not None
    return case.setting.account


def _shown(case: Case, got: Observation) -> Message:
    return verbatim(_account(case)) if got == _account(case) else describe(got)


def _returned(case: Case, got: Observation) -> Message:
    return _("the Hub says {name}; the function returned {got}", name=_account(case), got=describe(got))


#: Of a returned value, states begin with $: no learner returns such a text.
FACETS = Facets(
    (
        Item("name", _("the function returns the name that the Hub knows"), 2, (
            Facet("returned", _account, (
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


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls = report.get("returned")
    assert isinstance(calls, Sequence)
    returned = calls.items[-1]
    if isinstance(returned, Raised):
        return returned
    if isinstance(returned, Mapping) and returned.get("name") == _account(case):
        returned = "$whole-answer"
    if returned == case.arguments[0]:
        returned = "$token"
    tokens = seen.get("tokens")
    assert isinstance(tokens, Mapping)
    # An unused token earns no points for secrecy.
    if not any(value is True for _name, value in tokens.items):
        kept = "unused"
    elif report.get("token_in_notebook"):
        kept = "in-notebook"
    else:
        kept = "printed" if report.get("token_printed") else "kept"
    told, saved = str(case.arguments[0])[1:], report.get("saved")
    if saved:
        where = "token" if saved == told else "another"
    else:
        where = "variable" if report.get("variable") == told else "nothing"
    return FACETS.answer(case, returned=returned, saved=where, kept=kept)


def _achieved(case: Case, _answer: Observation) -> Message:
    return _("Seen on the Hub: {name} is logged in now.", name=_account(case))


def _of_another_entry(case: Case, name: str) -> Observation:
    """The wrong answer that returns another entry of the account's data."""
    assert case.setting is not None
    others = {"fullname": case.setting.fullname, "email": case.setting.address_of(case.setting.account), "type": "user"}
    return FACETS.answer(case, returned=others[name])


MISCONCEPTIONS = (
    Misconception(
        "waits-for-a-person",
        _(
            "`login()` without a token waits for a person at a browser, which a program that runs by "
            "itself doesn't have."
        ),
        _("Hand the token to it: `login(token)`."),
        refusal=r"oauth/device|Nobody sits at a browser",
        examples=(_wrong("name saved secret", "login()", _NAME),),
    ),
    Misconception(
        "own-token",
        _("The function uses another token than the one that it is given, or it changes the token first."),
        _("Hand the parameter `token` on as it is."),
        refusal=r"Invalid (user|credentials)|Invalid username|401|must be|[Ii]llegal header",
        examples=(
            _wrong("name saved secret", f'login("{_TOKEN}")', _NAME),
            _wrong("name saved secret", "login(token[:-1])", _NAME),
        ),
    ),
    Misconception(
        "whoami-first",
        _("whoami() was called before login: it had no token."),
        _("First `login(token)`, then `whoami()`."),
        refusal=r"no token found",
        examples=(_wrong("name saved secret", _NAME, "login(token)"),),
    ),
    Misconception(
        "token-in-notebook",
        _(
            "The notebook contains a token. Anyone who gets the notebook can use your account. Pass tokens "
            "on without writing them down."
        ),
        _(
            "Remove the token, restart the kernel, and revoke the token on the Hub: once written down, it "
            "is no longer secret."
        ),
        (FACETS.wrong(kept="in-notebook"),),
        examples=(
            _wrong("secret", f'mine = "{_TOKEN}"', "login(token)", _NAME),
            _wrong(
                "secret", f'mine = [("{_TOKEN}", b"")]', "def again():", f'    return "{_TOKEN}"', "login(token)",
                _NAME,
            ),
        ),
    ),
    Misconception(
        "token-printed",
        _(
            "The function prints the token. What a cell prints is kept in the notebook's file, and goes wherever the "
            "notebook goes."
        ),
        _("Take the token out of what is printed. Who is logged in, the account's name says."),
        (FACETS.wrong(kept="printed"),),
        examples=(
            _wrong("secret", 'print("token:", token)', "login(token)", _NAME),
            *(_wrong("secret", *lines, "login(token)", _NAME) for lines in (
            ('print("Welcome! " * 300)', 'print("token:", token)'),
            ("print(*token)",),
            ("print(token[3:])",),
            ("__import__(\"sys\").stderr.write(token)",),
            ('__import__("subprocess").run(["echo", "-n", "x" * 5_000 + token])',),
        )),
        ),
    ),
    Misconception(
        "variable-only",
        _(
            "The token is only in this Python's variable HF_TOKEN. It is gone when Python ends; a terminal "
            "or another notebook doesn't have it."
        ),
        _("Save the token: `login` does that."),
        (FACETS.wrong(saved="variable"),),
        examples=(_wrong("saved", "import os", 'os.environ["HF_TOKEN"] = token', _NAME),),
    ),
    Misconception(
        "not-saved",
        _("The function uses the token once and doesn't save it: the next call of huggingface_hub is not logged in."),
        _("`login` saves a token where all later calls find it."),
        (FACETS.wrong(saved="nothing"),),
        examples=(
            _wrong("saved", 'return whoami(token=token)["name"]'),
            _wrong("saved", 'return HfApi(token=token).whoami()["name"]'),
        ),
    ),
    Misconception(
        "$whole-answer",
        _("The function returns everything that the Hub says about the account. Return the name only."),
        _("The Hub's answer is a dictionary: take one entry of it."),
        (FACETS.wrong(returned="$whole-answer"),),
        examples=(_wrong("name", "login(token)", "return whoami()"),),
    ),
    Misconception(
        "returns-the-token",
        _("The function returns the token. Who calls it wants to know whose token it is; the token itself they have."),
        _("Ask the Hub with `whoami()`, and return the name in its answer."),
        (FACETS.wrong(returned="$token"),),
        examples=(_wrong("name", "login(token)", "return token"),),
    ),
    Misconception(
        "another-entry",
        _(
            "The function returns another entry of what the Hub says of the account: the full name, the address or "
            "the type."
        ),
        _('The account\'s name, the one in its addresses, is the entry "name".'),
        tuple(lambda case, name=name: _of_another_entry(case, name) for name in ("fullname", "email", "type")),  # type: ignore[misc]
        examples=(
            _wrong("name", "login(token)", 'return whoami()["fullname"]'),
            _wrong("name", "login(token)", 'return whoami()["email"]'),
        ),
    ),
    Misconception(
        "fixed-name",
        _("The function returns the same name for every token: the name is fixed in the code."),
        _("Ask the Hub: whoami() knows whose token it is."),
        tuple(FACETS.wrong(returned=name) for name in ("mei", "ada", "jonas")),
        examples=(_wrong("name", "login(token)", 'return "ada"'),),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Write `return` before the account's name; what is printed is not returned."),
        (FACETS.wrong(returned=None),),
        examples=(_wrong("name", "login(token)", 'print(whoami()["name"])'),),
    ),
)  # fmt: skip

SOLUTION = """\
def log_in(token):
    login(token)
    return whoami()["name"]
"""

RIGHT = (
    _right(
        "a placeholder and a mask", f"'''token: something like hf_{'x' * 34}'''",
        'print("token:", token[:6] + "…" + token[-3:])', "login(token)", _NAME,
    ),
    _right(
        "the command line, git credentials, noise", "import subprocess, sys",
        'subprocess.run(["hf", "auth", "login", "--token", token, "--add-to-git-credential"], check=True)',
        'print("logged in", file=sys.stderr)', 'return HfApi().whoami()["name"]',
    ),
)  # fmt: skip

QUESTION = Question(
    id="2.2/log_in",
    number=1,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    act=Act("call", _join),
    presentation=FACETS.presentation(_achieved),
    teaching=Teaching(
        title=_("Log in with a token"),
        hints=(
            _(
                "Two functions of huggingface_hub: one saves a token for all later calls, one asks who you are. What "
                "are they?"
            ),
            _("`login(token)` saves it. `whoami()` returns a dictionary."),
            _('The account\'s name is the entry "name" of what `whoami()` returns.'),
        ),
        solution=SOLUTION,
        expectation=_("the account's name"),
        right=RIGHT,
    ),
)
