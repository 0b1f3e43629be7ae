"""2.1: fields of the sign-up form."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.1")


def _fields(**changed: object) -> str:
    return f"sign_up = { ({'username': 'grace-hopper', 'email': 'grace@example.org'} | changed)!r}\n"


def _wrong(misconception: str, lost: str, **changed: object) -> WrongAnswer:
    return _SECTION.wrong("sign_up", misconception, lost, _fields(**changed))


WRONG: tuple[WrongAnswer, ...] = (
    _wrong("password", "secret", password="a-long-one"),  # noqa: S106 - that is the mistake
    _wrong("password", "secret", passwd="a-long-one"),  # noqa: S106 - and that, by another name
    _wrong("password", "secret", 密码="a-long-one"),
    _wrong("password", "secret", login={"Pass word": "a-long-one"}),
    _wrong("password", "secret", pin="Secret123!", key="Secret123!"),
    _wrong("password", "secret", auth="hunter2-grace"),
    _wrong("username-blanks", "name", username="ada lovelace"),
    _wrong("username-signs", "name", username="grace_hopper"),
    _wrong("username-signs", "name", username="grace@example.org"),
    _wrong("username-letters", "name", username="艾达"),
    _wrong("username-letters", "name", username="Grâce"),
    _wrong("username-characters", "name", username="grace 艾达"),
    _wrong("username-no-text", "name", username=2026),
    _wrong("email-no-text", "email", email=["grace@example.org"]),
    _wrong("username-hyphens", "name", username="grace--hopper"),
    _wrong("username-hyphens", "name", username="-grace"),
    _wrong("username-digits", "name", username="2026"),
    _wrong("username-short", "name", username="g"),
    _wrong("username-long", "name", username="grace" * 9),
    _wrong("username-page", "name", username="Settings"),
    _wrong("username-taken", "name", username="Ada"),
    _wrong("email-no-address", "email", email="grace"),
    _wrong("email-no-address", "email", email="grace hopper@example.org"),
    _wrong("email-address-taken", "email", email="Learner@example.org"),
    # Two mistakes: the first names the verdict, both have their reasons.
    _wrong("username-digits", "name email", username="12", email="@"),
)

RIGHT: tuple[RightAnswer, ...] = (
    _SECTION.right("sign_up", "two characters, an empty password", _fields(username="g7", password="")),
    _SECTION.right(
        "sign_up", "a name like the grader's, a password not filled in",
        _fields(username="host", email="host@example.org", password=..., passport="none",
        secretary="Grace", birthday="1906-12-09", website="https://example.org/~grace1", motto="One step at a time"),
    ),
    _SECTION.right(
        "sign_up", "longest name, more fields",
        _fields(username="g" * 42, email="a.b+c@mail.example.co", fullname="Grace"),
    ),
)  # fmt: skip
