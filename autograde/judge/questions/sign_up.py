"""2.1: the sign-up form's fields, as the Hub would take them. Never a password: the kit makes one up for the moment."""

from __future__ import annotations

import re

from autograde.judge.acts import Act, Setting
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import AnswerKind, Case, Misconception, Question, RubricItem, entry

#: Accounts that the Hub of the check has already, and their addresses.
TAKEN = ("ada", "learner")

#: What the Hub says when it refuses, and what to call that.
_REFUSALS = (
    (r"at least 2 characters", "short"),
    (r"at most 42 characters", "long"),
    (r"made of letters", "characters"),
    (r"hyphen", "hyphens"),
    (r"needs at least one letter", "digits"),
    (r"belongs to a page", "page"),
    (r"name .* is taken", "taken"),
    (r"not an e-mail address", "no-address"),
    (r"account with this e-mail", "address-taken"),
)


def _case(name: str, about: Message, *fields: str) -> Case:
    return Case(name, name, about, fields, setting=Setting(account="host", taken=TAKEN))


VISIBLE = (
    _case("username", _("the user name"), "username"),
    _case("email", _("the e-mail address"), "email"),
    _case("whole", _("the whole form"), "username", "email"),
)


def _oracle(case: Case) -> Observation:
    if case.name == "whole":
        return Mapping((("password", "kept"),))
    return Mapping((("refused", ""), ("value", "a text")))


def _join(case: Case, report: Mapping, _seen: Mapping) -> Observation:
    fields = report.get("fields")
    assert isinstance(fields, Mapping)
    filled = len(fields.items) == len(case.arguments) and all(value for _name, value in fields.items)
    if case.name == "whole":
        return Mapping(
            (("password", "given" if report.get("password") else "kept" if filled else "nothing filled in"),)
        )
    value = fields.items[0][1] if fields.items else None
    refused = str(report.get("refused"))
    code = next((code for pattern, code in _REFUSALS if re.search(pattern, refused)), refused and "otherwise")
    return Mapping((("refused", code), ("value", "a text" if isinstance(value, str) and value else _kind(value))))


def _kind(value: Observation) -> str:
    return "empty" if value is None or value == "" else "no text"


def _words(case: Case, difference: Difference) -> Message:
    got = difference.got
    match difference.path:
        case ("refused",):
            return _WORDS.get(str(got), _("the Hub does not take it"))
        case ("value",) if got == "empty":
            return _("the field is empty")
        case ("value",):
            return _("the field holds no text")
        case ("password",) if got == "given":
            return _("there is a password in it")
        case ("password",):
            return _("not all fields are filled in")
    return describe(got)


_WORDS = {
    "short": _("the Hub says: a user name has at least 2 characters"),
    "long": _("the Hub says: a user name has at most 42 characters"),
    "characters": _("the Hub says: a user name is made of letters a-z, digits and hyphens"),
    "hyphens": _("the Hub says: no hyphen at the start or the end, and no two in a row"),
    "digits": _("the Hub says: a user name needs at least one letter"),
    "page": _("the Hub says: this name belongs to a page of the Hub"),
    "taken": _("the Hub says: this name is taken"),
    "no-address": _("the Hub says: this is not an e-mail address"),
    "address-taken": _("the Hub says: there is an account with this e-mail address already"),
}


def _refused(case: str, code: str, explanation: Message, next_step: Message) -> Misconception:
    return Misconception(
        f"{case}-{code}", explanation, next_step,
        (lambda _case: Mapping((("refused", code), ("value", "a text"))),), case=case,
    )  # fmt: skip


QUESTION = Question(
    id="2.1/sign_up",
    function="sign_up",
    title=_("The sign-up form"),
    visible=VISIBLE,
    hidden=None,
    oracle=_oracle,
    rubric=(
        RubricItem("name", _("the Hub takes the user name"), 2, ("username",), entry("value", "refused")),
        RubricItem("email", _("the Hub takes the e-mail address"), 2, ("email",), entry("value", "refused")),
        RubricItem("secret", _("all is filled in, and there is no password"), 1, ("whole",), entry("password")),
    ),
    misconceptions=(
        Misconception(
            "password",
            _(
                "A password stands in the notebook. Whoever gets the notebook can log in with it; the check makes "
                "one up "
                "for itself."
            ),
            _("Remove the password, and use another one on every Hub where you had used this one."),
            (lambda _case: Mapping((("password", "given"),)),),
            case="whole",
        ),
        _refused(
            "username", "characters",
            _(
                "A name becomes part of addresses: it may have letters a-z, digits and hyphens, and neither blanks "
                "nor @ nor _."
            ),
            _("Put hyphens where you would put blanks."),
        ),
        _refused(
            "username", "hyphens",
            _("A hyphen joins two parts of a name: none at the start, none at the end, and never two in a row."),
            _("Leave one hyphen between letters or digits."),
        ),
        _refused(
            "username", "digits",
            _("A name of digits alone looks like a number. At least one letter has to be in it."),
            _("Add a letter."),
        ),
        _refused(
            "username", "short", _("One character is too short for a name: two are the least."), _("Choose a longer "
            "one."),
        ),
        _refused("username", "long", _("The name has more than 42 characters."), _("Choose a shorter one.")),
        _refused(
            "username", "page",
            _(
                "Your page will be at the address /your-name: no name can be that of a page of the Hub, such as "
                "/settings."
            ),
            _("Choose a name that is no page."),
        ),
        _refused(
            "username", "taken",
            _("The name belongs to somebody on this Hub already. Capital and small letters make no difference."),
            _("Add something to it until nobody else has it."),
        ),
        _refused(
            "email", "no-address",
            _("An e-mail address has a name, an @ and a domain, and no blanks."),
            _("Write it as name@example.org: on a Hub for learning it may be made up."),
        ),
        _refused(
            "email", "address-taken",
            _("An account with this address exists already: one address, one account."),
            _("Write another address; it may be made up."),
        ),
    ),
    hints=(
        _("Which of the names in lesson 2.1 did the Hub accept, and what did it say of the others?"),
        _("A name: 2 to 42 letters, digits and hyphens, with a letter in it. The address: name@example.org, made up."),
        _("On the Hub of the check the names ada and learner are taken, with the addresses that go with them."),
    ),
    solution='sign_up = {\n    "username": "grace-hopper",\n    "email": "grace@example.org",\n}\n',
    expectation=_("a dictionary with the fields of the form"),
    kind=AnswerKind.ENTRIES,
    words=_words,
    act=Act(
        "form", _join,
        lambda _case, _answer: _(
            "Seen on the Hub: an account of this name, with this address. It is gone again already."
        ),
    ),
)  # fmt: skip
