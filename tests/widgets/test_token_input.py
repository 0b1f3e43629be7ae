"""The token input: logs in, says who and what, and leaves the token nowhere that a notebook could save."""

from __future__ import annotations

import json
import subprocess
import traceback
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograde.errors import HubRefused, RestartNeeded
from autograde.hub import Account, LocalHub, client_environment
from autograde.widgets import TokenInput
from autograde.widgets.login import Identity, abilities, identity, sign_commits_as, token_problem


def type_and_click(form: TokenInput, typed: str) -> None:
    form.field.value = typed
    form.button.click()


def everything_shown(form: TokenInput) -> str:
    """All that a saved notebook could hold of the form: representations, and the state of every widget in it."""
    widgets = [form, form.field, form.button, form.message, *form.children]
    return " ".join(repr(each) + json.dumps(each.get_state(), default=repr) for each in widgets)


def test_typing_a_token_and_clicking_logs_in_and_says_who_you_are(workspace: Path, ada: Account) -> None:
    form = TokenInput()
    type_and_click(form, ada.token)
    assert form.identity is not None
    assert form.identity.name == "ada"
    assert "You are ada" in form.message.value
    assert "can read and write" in form.message.value
    assert (workspace / "token").read_text() == ada.token


def test_git_gets_the_token_too(workspace: Path, hub: LocalHub, ada: Account) -> None:
    type_and_click(TokenInput(), ada.token)
    asked = f"protocol=http\nhost={hub.endpoint.removeprefix('http://')}\n\n"
    answer = subprocess.run(["git", "credential", "fill"], input=asked, capture_output=True, text=True, check=True)
    assert f"password={ada.token}" in answer.stdout.splitlines()


def test_commits_are_signed_by_who_is_logged_in(workspace: Path, ada: Account) -> None:
    type_and_click(TokenInput(), ada.token)
    author = subprocess.run(["git", "var", "GIT_AUTHOR_IDENT"], capture_output=True, text=True, check=True).stdout
    assert author.startswith("ada <ada@")


def test_a_git_configuration_of_ones_own_is_left_alone(
    workspace: Path, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own" / "gitconfig"
    own.parent.mkdir()
    own.write_text("[user]\n\tname = Somebody\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    sign_commits_as(Identity("ada", "t", "write"))
    assert own.read_text() == "[user]\n\tname = Somebody\n"


def test_a_read_token_is_called_one(workspace: Path, hub: LocalHub, ada: Account) -> None:
    form = TokenInput()
    type_and_click(form, hub.create_token("ada", role="read", name="just-looking"))
    assert "just-looking" in form.message.value
    assert "can only read" in form.message.value
    assert form.identity is not None
    assert not form.identity.may_write


def test_spaces_around_a_pasted_token_do_no_harm(workspace: Path, ada: Account) -> None:
    form = TokenInput()
    type_and_click(form, f"  {ada.token}\n")
    assert "You are ada" in form.message.value


def test_enter_logs_in_without_the_button(workspace: Path, ada: Account) -> None:
    """The browser says that Enter was pressed before or after it sends what was typed."""
    first, second = TokenInput(), TokenInput()
    first._note_enter(first.field, {"event": "submit"}, [])
    first.field.value = ada.token
    second.field.value = ada.token
    second._note_enter(second.field, {"event": "submit"}, [])
    for form in (first, second):
        assert form.identity is not None


def test_a_wrong_token_shows_the_hubs_reason_and_does_not_log_in(workspace: Path) -> None:
    form = TokenInput()
    type_and_click(form, "hf_" + "x" * 34)
    assert "The Hub answers" in form.message.value
    assert "/settings/tokens" in form.message.value
    assert form.identity is None
    assert not (workspace / "token").exists()


def test_an_empty_field_says_what_to_do(workspace: Path) -> None:
    form = TokenInput()
    form.button.click()
    assert "paste a token" in form.message.value


@pytest.mark.parametrize("outcome", ["accepted", "refused", "not yet clicked"])
def test_the_token_is_nowhere_in_the_form(workspace: Path, ada: Account, outcome: str) -> None:
    form = TokenInput()
    typed = ada.token if outcome != "refused" else "hf_" + "y" * 34
    form.field.value = typed
    if outcome != "not yet clicked":
        form.button.click()
    assert form.field.value == ""
    assert typed not in everything_shown(form)
    assert typed not in repr(vars(form))


def test_the_field_is_empty_before_anything_is_shown(workspace: Path, ada: Account) -> None:
    """What is displayed while the Hub is asked, or saved when the kernel dies there, has no token in it."""
    form = TokenInput()
    seen: list[str] = []
    form.message.observe(lambda _change: seen.append(form.field.value), names="value")
    type_and_click(form, ada.token)
    assert seen
    assert not any(seen)


def test_the_field_is_masked_and_not_echoed() -> None:
    form = TokenInput()
    assert form.field._view_name == "PasswordView"
    assert form.field.trait_metadata("value", "echo_update") is False
    assert form.field.continuous_update is False


def test_an_error_carries_no_token(workspace: Path) -> None:
    typed = "hf_" + "z" * 34
    with pytest.raises(HubRefused) as raised:
        TokenInput().log_in(typed)
    shown = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=False).format())
    assert typed not in shown
    assert typed not in str(raised.value)


def test_without_a_lesson_it_does_not_talk_to_huggingface(
    workspace: Path, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT")
    with pytest.raises(RestartNeeded, match="No lesson is open"):
        TokenInput().log_in(ada.token)


def test_a_listener_hears_who_logged_in(workspace: Path, ada: Account) -> None:
    heard: list[Identity] = []
    type_and_click(TokenInput(on_login=heard.append), ada.token)
    assert [each.name for each in heard] == ["ada"]


@pytest.mark.parametrize("typed", ["", "hf_ab cd", "hf_ab\ncd", "hf_密码", "hf_\x00"])
def test_what_cannot_be_a_token_is_refused_without_repeating_it(typed: str) -> None:
    problem = token_problem(typed)
    assert problem
    assert not typed or typed not in problem


@pytest.mark.parametrize(
    ("permissions", "may_write", "word"),
    [(["repo.write"], True, "to write some"), (["repo.content.read"], False, "to write none"), ([], False, "neither")],
)
def test_a_fine_grained_token_says_what_was_ticked(permissions: list[str], may_write: bool, word: str) -> None:
    scoped = [{"entity": {"name": "ada"}, "permissions": permissions}]
    who = {"name": "ada", "auth": {"accessToken": {"displayName": "t", "role": "fineGrained"}}}
    token: dict[str, Any] = who["auth"]["accessToken"]  # type: ignore[index]
    token["fineGrained"] = {"scoped": scoped}
    person = identity(who)
    assert person.may_write is may_write
    assert word in abilities(person)


def test_an_answer_without_a_token_is_an_identity_too() -> None:
    assert identity({"name": "ada"}) == Identity("ada", "", "")


def test_a_notebook_saved_with_its_widget_state_has_no_token_in_it(
    hub: LocalHub, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole notebook in a kernel of its own: the token comes in as a person's typing does, through the field."""
    secret_file = tmp_path / "typed.txt"
    secret_file.write_text(ada.token)
    book = new_notebook()
    book.cells = [
        new_code_cell("from pathlib import Path\nfrom autograde.widgets import TokenInput\nform = TokenInput()\nform"),
        new_code_cell(f"form.field.value = Path({str(secret_file)!r}).read_text()\nform.button.click()"),
        new_code_cell("form, form.field, form.identity, form.message.value"),
        new_code_cell("%xmode Verbose\nform.log_in('hf_' + 'w' * 34)", metadata={"tags": ["raises-exception"]}),
    ]
    environment = client_environment(hub.endpoint, tmp_path / "home") | {"AUTOGRADE_LANGUAGE": "en"}
    client = NotebookClient(book, timeout=60, store_widget_state=True)
    client.execute(env=environment, cwd=str(tmp_path))
    saved = nbformat.writes(book)
    assert "You are ada" in saved
    assert "widget-state+json" in saved
    assert "The Hub answers" in saved
    assert ada.token not in saved
    assert "w" * 34 not in saved
    assert (tmp_path / "home" / "huggingface" / "token").read_text() == ada.token
