"""The token input logs in, shows the account and role, and leaves no token that a notebook could save."""

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
    """Return everything of the form that a saved notebook could contain: representations and widget states."""
    widgets = [form, form.field, form.button, form.message, *form.children]
    return " ".join(repr(each) + json.dumps(each.get_state(), default=repr) for each in widgets)


def test_typed_token_logs_in_and_shows_the_account(workspace: Path, ada: Account) -> None:
    form = TokenInput()
    type_and_click(form, ada.token)
    assert form.identity is not None
    assert form.identity.name == "ada"
    assert "You are ada" in form.message.value
    assert "can read and write" in form.message.value
    assert (workspace / "token").read_text() == ada.token


def test_token_is_saved_for_git(workspace: Path, hub: LocalHub, ada: Account) -> None:
    type_and_click(TokenInput(), ada.token)
    asked = f"protocol=http\nhost={hub.endpoint.removeprefix('http://')}\n\n"
    answer = subprocess.run(["git", "credential", "fill"], input=asked, capture_output=True, text=True, check=True)
    assert f"password={ada.token}" in answer.stdout.splitlines()


def test_author_of_commits_is_the_logged_in_user(workspace: Path, ada: Account) -> None:
    type_and_click(TokenInput(), ada.token)
    author = subprocess.run(["git", "var", "GIT_AUTHOR_IDENT"], capture_output=True, text=True, check=True).stdout
    assert author.startswith("ada <ada@")


def test_users_own_git_configuration_is_not_changed(
    workspace: Path, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own" / "gitconfig"
    own.parent.mkdir()
    own.write_text("[user]\n\tname = Grace Hopper\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    sign_commits_as(Identity("ada", "t", "write"))
    assert own.read_text() == "[user]\n\tname = Grace Hopper\n"


def test_read_token_is_reported_as_read_only(workspace: Path, hub: LocalHub, ada: Account) -> None:
    form = TokenInput()
    type_and_click(form, hub.create_token("ada", role="read", name="just-looking"))
    assert "just-looking" in form.message.value
    assert "can only read" in form.message.value
    assert form.identity is not None
    assert not form.identity.may_write


def test_spaces_around_a_pasted_token_are_ignored(workspace: Path, ada: Account) -> None:
    form = TokenInput()
    type_and_click(form, f"  {ada.token}\n")
    assert "You are ada" in form.message.value


def test_enter_logs_in_without_the_button(workspace: Path, ada: Account) -> None:
    """The browser may send the Enter event before or after the typed value."""
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
def test_form_does_not_contain_the_token(workspace: Path, ada: Account, outcome: str) -> None:
    form = TokenInput()
    typed = ada.token if outcome != "refused" else "hf_" + "y" * 34
    form.field.value = typed
    if outcome != "not yet clicked":
        form.button.click()
    assert form.field.value == ""
    assert typed not in everything_shown(form)
    assert typed not in repr(vars(form))


def test_field_is_cleared_before_a_message_is_shown(workspace: Path, ada: Account) -> None:
    """The token must not be displayed during the request, or saved if the kernel dies during it."""
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


def test_error_does_not_contain_the_token(workspace: Path) -> None:
    typed = "hf_" + "z" * 34
    with pytest.raises(HubRefused) as raised:
        TokenInput().log_in(typed)
    shown = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=False).format())
    assert typed not in shown
    assert typed not in str(raised.value)


def test_login_without_an_open_lesson_does_not_contact_huggingface(
    workspace: Path, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT")
    with pytest.raises(RestartNeeded, match="No lesson is open"):
        TokenInput().log_in(ada.token)


def test_on_login_is_called_with_the_identity(workspace: Path, ada: Account) -> None:
    identities: list[Identity] = []
    type_and_click(TokenInput(on_login=identities.append), ada.token)
    assert [each.name for each in identities] == ["ada"]


@pytest.mark.parametrize("typed", ["", "hf_ab cd", "hf_ab\ncd", "hf_密码", "hf_\x00"])
def test_invalid_token_is_refused_without_quoting_it(typed: str) -> None:
    problem = token_problem(typed)
    assert problem
    assert not typed or typed not in problem


@pytest.mark.parametrize(
    ("permissions", "may_write", "word"),
    [(["repo.write"], True, "to write some"), (["repo.content.read"], False, "to write none"), ([], False, "neither")],
)
def test_permissions_of_a_fine_grained_token_are_described(permissions: list[str], may_write: bool, word: str) -> None:
    scoped = [{"entity": {"name": "ada"}, "permissions": permissions}]
    who = {"name": "ada", "auth": {"accessToken": {"displayName": "t", "role": "fineGrained"}}}
    token: dict[str, Any] = who["auth"]["accessToken"]  # type: ignore[index]
    token["fineGrained"] = {"scoped": scoped}
    person = identity(who)
    assert person.may_write is may_write
    assert word in abilities(person)


def test_answer_without_a_token_gives_an_identity() -> None:
    assert identity({"name": "ada"}) == Identity("ada", "", "")


def test_notebook_saved_with_widget_state_contains_no_token(
    hub: LocalHub, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs a whole notebook in a new kernel; the token is entered through the field, as a learner types it."""
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
