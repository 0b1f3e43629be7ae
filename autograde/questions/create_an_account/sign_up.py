"""2.1: fill in the sign-up form so that the Hub accepts it. It has no password: the kit generates a temporary one."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.examples import WrongAnswer, right, wrong
from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.initial_state import InitialState
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import Misconception, Teaching


def _fields(**changed: object) -> str:
    """Return the code of an example answer: a right form with some fields changed."""
    return f"sign_up = { ({'username': 'grace-hopper', 'email': 'grace@example.org'} | changed)!r}\n"


#: Accounts and addresses that exist on the Hub of the check. There are no others, because learners cannot know them.
TAKEN = ("ada", "learner")

#: The Hub's message about a name that is taken.
TAKEN_ALREADY = "The name {name} is taken; choose another."

#: The Hub's other error messages by a short name, without the full stop; a test compares them with the Hub's.
REFUSALS = {
    "short": _("A user name has at least 2 characters"),
    "long": _("A user name has at most 42 characters"),
    "characters": _("A user name is made of English letters, digits and hyphens"),
    "hyphens": _("A user name neither starts nor ends with a hyphen, and has no two hyphens in a row"),
    "digits": _("A user name needs at least one letter"),
    "page": _("This name belongs to a page of the Hub; choose another"),
    "no-address": _("This is not an e-mail address; it looks like name@example.org"),
    "address-taken": _("There is an account with this e-mail address already. Log in instead"),
}


def _case(name: str, about: Message, *fields: str) -> Case:
    first, *others = TAKEN
    return Case(name, name, about, fields, initial=InitialState(account=first, taken=tuple(others)))


VISIBLE = (
    _case("username", _("the user name"), "username"),
    _case("email", _("the e-mail address"), "email"),
    _case("whole", _("the whole form"), "username", "email"),
)


def _refused_by(_case: Case, got: Observation) -> Message:
    code = "characters" if got in _OF_CHARACTERS else str(got)
    return _("the Hub says: “{sentence}”", sentence=REFUSALS.get(code, verbatim(code)))


#: Kinds of wrong characters, for which the Hub has a single message.
_OF_CHARACTERS = ("blanks", "letters", "signs")

#: The facets of a field: it has a text, and the Hub accepts it.
_FIELD = (
    Facet("value", "text", (
        State("empty", verbatim("—"), lambda case, _got: _('"{name}" is not filled in', name=case.name)),
        State("no-text", verbatim("—"), lambda case, _got: _(
            "the value of \"{name}\" isn't text: write it between quotation marks",
            name=case.name,
        )),
    )),
    Facet("refused", "", (
        State("taken", verbatim("—"), _("the Hub says that this name is taken")),
    ), clause=_refused_by),
)  # fmt: skip
FACETS = Facets((
    Item("name", _("the Hub accepts the user name"), 2, _FIELD, ("username",)),
    Item("email", _("the Hub accepts the e-mail address"), 2, _FIELD, ("email",)),
    Item("secret", _("everything is filled in, and there is no password"), 1, (
        Facet("private", "kept", (
            State("given", verbatim("—"), _("it contains a password")),
            State("incomplete", verbatim("—"), _("not all fields are filled in")),
        )),
    ), ("whole",)),
))  # fmt: skip


def _join(case: Case, report: Mapping, _seen: Mapping) -> Observation:
    fields = report.mapping("fields")
    filled = len(fields.items) == len(case.arguments) and all(value is not None for _name, value in fields.items)
    if case.name == "whole":
        given = bool(report.get("password"))
        return FACETS.answer(case, private="given" if given else "kept" if filled else "incomplete")
    value = fields.items[0][1] if fields.items else None
    refused = str(report.get("refused") or "")
    name = value.strip() if isinstance(value, str) else ""
    code = next((code for code, sentence in REFUSALS.items() if f"{sentence.text}." == refused), refused)
    if code == "characters":
        code = _characters(name)
    if refused == TAKEN_ALREADY.format(name=name):
        code = "taken"
    kind = "text" if isinstance(value, str) else "empty" if value is None else "no-text"
    return FACETS.answer(case, refused=code, value=kind)


def _characters(name: str) -> str:
    """Return the kind of characters in a name other than letters a-z, digits and hyphens."""
    others = {character for character in name if not (character.isascii() and character.isalnum()) and character != "-"}
    if all(map(str.isspace, others)):
        return "blanks"
    if all(map(str.isalnum, others)):
        return "letters"
    return "signs" if all(each.isascii() and not each.isspace() for each in others) else "characters"


#: The rubric item of each field's case.
_LINES = {"username": "name", "email": "email"}


def _examples(field: str, *values: object) -> tuple[WrongAnswer, ...]:
    return tuple(wrong(_LINES[field], _fields(**{field: value})) for value in values)


def _refused(
    field: str, code: str, explanation: Message, next_step: Message, *values: str, more: tuple[WrongAnswer, ...] = ()
) -> Misconception:
    """Return the misconception behind a field that the Hub refuses, with ``values`` as examples."""
    return Misconception(
        f"{field}-{code}", explanation, next_step,
        (FACETS.wrong(refused=code),), case=field, examples=(*_examples(field, *values), *more),
    )  # fmt: skip


def _no_text(field: str, value: object) -> Misconception:
    """Return the misconception behind a field whose value isn't text; ``value`` is an example."""
    return Misconception(
        f"{field}-no-text",
        _(
            "A form field holds text, and in Python text is written between quotation marks. A number, a list or a "
            "name without quotation marks is not text."
        ),
        _("Write the value between quotation marks."),
        (FACETS.wrong(value="no-text"),), case=field, examples=_examples(field, value),
    )  # fmt: skip


RIGHT = (
    right("two characters, an empty password", _fields(username="g7", password="")),
    right(
        "a name like the grader's, a password not filled in",
        _fields(username="host", email="host@example.org", password=..., passport="none",
        secretary="Grace", birthday="1906-12-09", website="https://example.org/~grace1", motto="One step at a time"),
    ),
    right("longest name, more fields", _fields(username="g" * 42, email="a.b+c@mail.example.co", fullname="Grace")),
)  # fmt: skip

QUESTION = FACETS.question(
    "2.1/sign_up",
    visible=VISIBLE,
    hidden=None,
    misconceptions=(
        Misconception(
            "password",
            _(
                "The notebook contains a password. Anyone who gets the notebook can log in with it. The check needs "
                "no password from you."
            ),
            _("Remove the password. Where you really use it, change it."),
            (FACETS.wrong(private="given"),),
            case="whole",
            examples=tuple(wrong("secret", _fields(**fields)) for fields in (
                {"password": "a-long-one"}, {"passwd": "a-long-one"}, {"密码": "a-long-one"},
                {"login": {"Pass word": "a-long-one"}}, {"pin": "Secret123!", "key": "Secret123!"},
                {"auth": "hunter2-grace"},
            )),
        ),
        _refused(
            "username", "blanks",
            _("There is a space in the name. The name becomes part of web addresses, which have no spaces."),
            _("Replace the space with a hyphen."),
            "ada lovelace",
        ),
        _refused(
            "username", "letters",
            _(
                "The name has letters other than a-z. It becomes part of web addresses, which everyone must be able "
                "to type."
            ),
            _("Use only the letters a-z. Write a Chinese name in pinyin."),
            "艾达", "Grâce",
        ),
        _refused(
            "username", "signs",
            _("The name has a character that is not allowed, such as _ or . or @; only the hyphen is."),
            _("Remove the character, or replace it with a hyphen. An e-mail address belongs in the field `email`."),
            "grace_hopper", "grace@example.org",
        ),
        _refused(
            "username", "characters",
            _("The name has several kinds of characters that the Hub doesn't allow."),
            _("Use only the letters a-z, digits and single hyphens."),
            "grace 艾达",
        ),
        _refused(
            "username", "hyphens",
            _("A name can't begin or end with a hyphen, and can't have two hyphens in a row."),
            _("Use hyphens only between letters or digits, and only one at a time."),
            "grace--hopper", "-grace",
        ),
        _refused(
            "username", "digits",
            _("A name made only of digits looks like a number. It needs at least one letter."),
            _("Add a letter."),
            "2026", more=(wrong("name email", _fields(username="12", email="@")),),
        ),
        _refused(
            "username", "short",
            _("A name needs at least two characters."), _("Choose a longer name."), "g",
        ),
        _refused(
            "username", "long",
            _("The name has more than 42 characters."), _("Choose a shorter name."), "grace" * 9,
        ),
        _refused(
            "username", "page",
            _(
                "Your page will have the address /your-name, so your name can't be that of an existing page, such as "
                "/settings."
            ),
            _("Choose another name."),
            "Settings",
        ),
        _refused(
            "username", "taken",
            _("This name is already taken on this Hub. Upper and lower case make no difference."),
            _("Choose another name, for example this one with a few letters or digits added."),
            "Ada",
        ),
        _no_text("username", 2026),
        _no_text("email", ["grace@example.org"]),
        _refused(
            "email", "no-address",
            _("An e-mail address consists of a name, one @ and a domain, without spaces."),
            _(
                "Write it like name@example.org, with the half-width characters @ and . in it. On a Hub for learning "
                "it may be made up."
            ),
            "grace", "grace hopper@example.org", "grace＠example.org",
        ),
        _refused(
            "email", "address-taken",
            _("There is already an account with this address, and an address can have only one account."),
            _("Write another address; it may be made up."),
            "Learner@example.org",
        ),
    ),
    execution=Execution(ExecutionKind.FORM, _join),
    achieved=lambda _case, _answer: _("The Hub accepts the form. The check has deleted its test account again."),
    teaching=Teaching(
        title=_("The sign-up form"),
        hints=(
            _("Which names did the Hub accept in lesson 2.1, and what did it say about the others?"),
            _(
                "The name: 2 to 42 letters, digits and hyphens, at least one of them a letter. The address may be "
                "made up, such as name@example.org."
            ),
            _("The check's Hub already has the accounts ada and learner, with their e-mail addresses."),
        ),
        solution='sign_up = {\n    "username": "grace-hopper",\n    "email": "grace@example.org",\n}\n',
        expectation=_("a dictionary with the fields of the form"),
        advice=_("Fill in both fields and keep their names: username and email."),
        right=RIGHT,
    ),
)  # fmt: skip
