"""The sign-up form: empty fields, detection of passwords, and the Hub's messages."""

from __future__ import annotations

import pytest

from autograde.exercises.asking import ask
from autograde.hub.names import user_name_problem
from autograde.hub.people.accounts import email_problem
from autograde.i18n.translation import translator
from autograde.judge import Outcome, Verdict, to_text
from autograde.questions.create_an_account.sign_up import QUESTION, REFUSALS, TAKEN
from autograde.referee.local import LocalReferee
from autograde.runner.answers.leaked_secrets import password_in_form

LANGUAGES = ["en", "zh"]


def check(**fields: object) -> Verdict:
    verdict = ask(LocalReferee(), "2.1", "sign_up", fields, graded=True)
    assert isinstance(verdict, Verdict)
    return verdict


def lost(verdict: Verdict) -> list[str]:
    return [item.id for item in verdict.items if not item.points]


@pytest.mark.parametrize("blank", [..., None, "", "  ", "\n"])
def test_blank_field_counts_as_not_filled_in(blank: object) -> None:
    verdict = check(username="grace-hopper", email=blank)
    assert lost(verdict) == ["email", "secret"]
    assert '"email" is not filled in' in to_text(verdict, "en")
    assert "“email”" in to_text(verdict, "zh")
    assert verdict.outcome is Outcome.INCORRECT


def test_fields_with_other_keys_are_reported_as_missing() -> None:
    verdict = check(user="grace-hopper", mail="grace@example.org")
    assert verdict.points == 0
    assert '"username" is not filled in' in to_text(verdict, "en")
    assert verdict.next_step is not None
    assert "username and email" in verdict.next_step.in_language("zh").replace(" 和 ", " and ")


@pytest.mark.parametrize(
    "key",
    [
        "password", "Password", "PASSWORD2", "passwd", "pass", "pass_word", "my pwd", "psw", "pw", "pw1", "passphrase",
        "secret", "ｐａｓｓｗｏｒｄ", "密码", "登录密码", "口令", "mima", "Passwort", "mot de passe", "contraseña",
        "confirm-password", "pin", "PIN code", "credentials",
    ],
)  # fmt: skip
def test_password_is_detected_under_many_keys(key: str) -> None:
    assert password_in_form({"username": "grace", key: "a-long-one"})
    assert password_in_form({"form": {"more": {key: 12345678}}})
    for blank in (..., None, "", "  ", "********", "YOUR PASSWORD HERE", "your_password", "[removed]", "<none>", "无"):
        assert not password_in_form({"username": "grace", key: blank})


@pytest.mark.parametrize(
    "key", ["username", "email", "fullname", "passport", "compass", "power", "company", "secretary", "spin", 7]
)
def test_similar_keys_are_not_passwords(key: object) -> None:
    assert not password_in_form({key: "a-long-one"})


@pytest.mark.parametrize("value", ["Secret123!", "hunter2-grace", "Tr0ub4dor&3"])
def test_value_that_looks_like_a_password_is_detected_under_neutral_keys(value: str) -> None:
    for key in ("key", "code", "x", "登录"):
        assert password_in_form({"username": "grace", key: value})
    for key in ("username", "email", "nickname", "github", "birthday"):
        assert not password_in_form({key: value})


@pytest.mark.parametrize(
    "value", ["Grace", "1906-12-09", "https://example.org/a1", "a1@example.org", "one step", "12345678", "a-b-c-d"]
)
def test_value_that_does_not_look_like_a_password_is_not_detected(value: str) -> None:
    assert not password_in_form({"x": value})


@pytest.mark.parametrize("mask", ["********", "•••", "xxxxxxxx", "<your password>"])
def test_mask_is_not_a_password(mask: str) -> None:
    assert not password_in_form({"username": "grace", "password": mask})


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "password: Secret123!"}, {"bio": "my pwd is hunter2"}, {"bio": "pw: Hunter!2"},
        {"备注": "密码是 abc12345"}, {"bio": "我的pw：abc12345"}, {"bio": "登录pwd是hunter22"},
        {"bio": "my_pwd = hunter22"},
        {"login": ["grace-hopper", "Secret123!"]},
    ],
)  # fmt: skip
def test_password_in_a_sentence_or_a_list_is_found(fields: dict[str, object]) -> None:
    assert password_in_form(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"course": "NLP-101", "group": "team7-x", "organization": "MIT-2024"}, {"interests": ["GPT2", "BERT-2018"]},
        {"note": "the check makes up the password"}, {"bio": "password managers are useful"},
    ],
)  # fmt: skip
def test_codes_and_sentences_without_a_password_are_not_passwords(fields: dict[str, object]) -> None:
    assert not password_in_form(fields)


def test_dictionary_that_contains_itself_is_handled() -> None:
    fields: dict[str, object] = {"username": "grace"}
    fields["more"] = fields
    assert not password_in_form(fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_of_the_hub_are_quoted_exactly(language: str) -> None:
    """Each message is the Hub's own for such a name, in both languages."""
    names = {
        "short": "g", "long": "g" * 43, "characters": "grace hopper", "hyphens": "-grace", "digits": "2026",
        "page": "settings",
    }  # fmt: skip
    hub_messages = {code: user_name_problem(name, language) for code, name in names.items()}
    hub_messages["no-address"] = email_problem("grace", language)
    hub_messages["address-taken"] = translator("hub", language)(f"{REFUSALS['address-taken'].text}.")
    stop = {"en": ".", "zh": "。"}[language]
    assert {code: sentence.in_language(language) + stop for code, sentence in REFUSALS.items()} == hub_messages


def test_hub_of_the_check_has_only_the_accounts_that_the_notebook_names() -> None:
    for case in QUESTION.visible:
        assert (case.initial.account, *case.initial.taken) == TAKEN
    for name in TAKEN:
        assert lost(check(username=name, email=f"{name}@example.org")) == ["name", "email"]


def test_unknown_message_of_the_hub_is_quoted() -> None:
    execution = QUESTION.execution
    assert execution is not None
    from autograde.judge.comparison import Difference, Kind
    from autograde.judge.observation import Mapping

    case = QUESTION.visible[0]
    fields = Mapping((("username", "grace"),))
    report = Mapping((("fields", fields), ("password", False), ("refused", "Names are out today.")))
    answer = execution.join(case, report, Mapping(()))
    assert isinstance(answer, Mapping)
    assert QUESTION.presentation.words is not None
    words = QUESTION.presentation.words(case, Difference(Kind.VALUE, ("refused",), "", answer.get("refused")))
    assert words.in_language("en") == "the Hub says: “Names are out today.”"
