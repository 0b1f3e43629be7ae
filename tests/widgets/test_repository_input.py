"""The repository input checks the name while the learner types, and creates the repository on a real Hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from autograde.errors import HubRefused
from autograde.hub import Account, LocalHub, repository_name_problem
from autograde.widgets import RepositoryInput
from autograde.widgets.login import log_in
from autograde.widgets.repository_input import plan


def test_a_free_name_shows_its_address_and_the_clone_command(workspace: Path, hub: LocalHub, ada: Account) -> None:
    log_in(ada.token)
    form = RepositoryInput()
    form.name.value = "mymodel04"
    assert "The name is free" in form.preview.value
    assert f"git clone {hub.endpoint}/ada/mymodel04" in form.preview.value
    assert not form.button.disabled


def test_clicking_creates_the_repository_on_the_hub(workspace: Path, hub: LocalHub, ada: Account) -> None:
    log_in(ada.token)
    form = RepositoryInput("clicked")
    form.visibility.value = True
    form.button.click()
    assert form.repo_id == "ada/clicked"
    assert hub.repository("ada/clicked").exists
    assert hub.repository("ada/clicked").private
    assert f"{hub.endpoint}/ada/clicked" in form.message.value
    assert form.button.disabled
    # The preview of the name is removed, so that "Not done" is not shown above "Done".
    assert form.preview.value == ""


def test_second_of_two_quick_clicks_is_ignored(workspace: Path, hub: LocalHub, ada: Account) -> None:
    log_in(ada.token)
    form = RepositoryInput("clicked-twice")
    form.button.click()
    done = form.message.value
    form.button.click()
    assert form.message.value == done
    # Deleted and typed again, it can be created again.
    HfApi(token=ada.token).delete_repo("ada/clicked-twice")
    form.name.value = "clicked"
    form.name.value = "clicked-twice"
    form.button.click()
    assert hub.repository("ada/clicked-twice").exists


def test_the_license_goes_into_the_model_card(workspace: Path, hub: LocalHub, ada: Account) -> None:
    log_in(ada.token)
    form = RepositoryInput("licensed")
    form.license.value = "apache-2.0"
    form.button.click()
    assert b"license: apache-2.0" in hub.repository("ada/licensed").files()["README.md"]


def test_owner_can_be_the_user_or_their_organisation(workspace: Path, hub: LocalHub, ada: Account) -> None:
    hub.create_organization("lovelace-lab", members={"ada": "admin"})
    log_in(ada.token)
    form = RepositoryInput("ours")
    assert form.owner.options == ("ada", "lovelace-lab")
    form.owner.value = "lovelace-lab"
    assert f"git clone {hub.endpoint}/lovelace-lab/ours" in form.preview.value
    assert form.create() == "lovelace-lab/ours"
    assert hub.repository("lovelace-lab/ours").exists


def test_message_about_the_previous_name_is_removed_when_the_name_changes(workspace: Path, ada: Account) -> None:
    log_in(ada.token)
    form = RepositoryInput("first-name")
    form.button.click()
    form.name.value = "second-name"
    assert form.message.value == ""
    assert "The name is free" in form.preview.value
    assert not form.button.disabled


@pytest.mark.parametrize("name", ["my model", "-model", "a--b", "model.git", "x" * 97])
def test_invalid_name_shows_the_broken_rule(workspace: Path, ada: Account, name: str) -> None:
    log_in(ada.token)
    form = RepositoryInput()
    form.name.value = name
    rule = repository_name_problem(name)
    assert rule
    assert rule in form.preview.value
    assert form.button.disabled
    with pytest.raises(HubRefused, match="repository name"):
        form.create()


def test_taken_name_cannot_be_created_again(workspace: Path, ada: Account) -> None:
    log_in(ada.token)
    RepositoryInput("twice").create()
    again = RepositoryInput("twice")
    assert again.button.disabled
    with pytest.raises(HubRefused, match="The Hub answers"):
        again.create()


def test_missing_login_is_reported_and_refresh_finds_a_later_one(workspace: Path, ada: Account) -> None:
    form = RepositoryInput("mine")
    assert "You are not logged in" in form.message.value
    assert form.button.disabled
    log_in(ada.token)
    form.refresh()
    assert not form.button.disabled
    assert "Nobody" not in form.message.value


def test_refusal_of_a_read_token_shows_the_hubs_reason_and_the_next_step(
    workspace: Path, hub: LocalHub, ada: Account
) -> None:
    log_in(hub.create_token("ada", role="read", name="reading"))
    form = RepositoryInput("forbidden")
    form.button.click()
    assert "The Hub answers" in form.message.value
    assert "write token" in form.message.value
    assert not hub.repository("ada/forbidden").exists


def test_a_name_with_markup_is_shown_as_text(workspace: Path, ada: Account) -> None:
    log_in(ada.token)
    form = RepositoryInput()
    form.name.value = "<b>x</b>"
    assert "<b>x</b>" not in form.preview.value


def test_plan_has_the_problem_and_the_clone_command() -> None:
    assert plan("ada", "").problem == "A repository needs a name."
    assert plan("ada", "x").clone_command("http://hub") == "git clone http://hub/ada/x"
