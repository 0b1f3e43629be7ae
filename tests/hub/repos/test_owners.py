"""Rename and remove accounts: what happens to their repositories, tokens and discussions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.errors import HubRefused
from autograde.hub import Account, LocalHub
from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts, organizations
from autograde.hub.repos import discussions
from autograde.hub.repos.owners import GHOST, remove_user, rename_user, repositories_to_delete, user_by_former_name
from autograde.hub.repos.repositories import create_repository, find_repository
from tests.plain_browser import Browser


def found(hub: LocalHub, account: Account) -> accounts.User:
    user = accounts.find_user(hub.hub, account.name)
    assert user
    return user


def test_renamed_account_keeps_tokens_and_old_addresses_lead_to_the_new_ones(
    hub: LocalHub, ada: Account, new_name: Callable[[str], str], open_browser: type[Browser], tmp_path: Path
) -> None:
    hub.create_repository(f"{ada.name}/m", files={"a.txt": b"a"})
    hub.create_repository(f"{ada.name}/closed", private=True)
    new = new_name("grace")
    renamed = rename_user(hub.hub, found(hub, ada), new)
    assert (renamed.name, renamed.fullname) == (new, new)
    assert access_tokens.find_token(hub.hub, ada.token)
    browser = open_browser(hub)
    assert browser.get(f"/{ada.name}").headers["location"].endswith(f"/{new}")
    assert browser.get(f"/api/models/{ada.name}/m").headers["location"].endswith(f"/api/models/{new}/m")
    clone = ["git", "clone", "-q", f"{hub.endpoint}/{ada.name}/m", str(tmp_path / "m")]
    subprocess.run(clone, check=True, env=hub.environment(tmp_path / "home"))
    assert (tmp_path / "m" / "a.txt").read_bytes() == b"a"
    # Only the person who runs the Hub may give the old name to another account; its repositories then come first.
    with pytest.raises(HubRefused, match=f"The name {ada.name.upper()} is taken"):
        accounts.sign_up(hub.hub, ada.name.upper(), "eve@example.org", "correct horse")
    with pytest.raises(HubRefused, match=f"The name {ada.name} is taken"):
        organizations.create_organization(hub.hub, renamed, ada.name)
    with pytest.raises(HubRefused, match="this e-mail address"):
        hub.create_user(ada.name, email=found(hub, Account(new, "")).email)
    assert user_by_former_name(hub.hub, ada.name) == renamed, "it is still kept from strangers"
    hub.create_user(ada.name, email=f"{new}@example.org")
    assert user_by_former_name(hub.hub, ada.name) is None
    hub.create_repository(f"{ada.name}/m", files={"a.txt": b"another"})
    assert hub.repository(f"{ada.name}/m").files()["a.txt"] == b"another"
    assert hub.repository(f"{new}/m").files()["a.txt"] == b"a"


def test_account_can_be_renamed_back_and_to_another_capitalization(store: Hub) -> None:
    ada = accounts.create_user(store, "ada")
    create_repository(store, ada, "m")
    once = rename_user(store, rename_user(store, ada, "grace"), "ada")
    assert once == ada
    assert rename_user(store, once, "Ada").name == "Ada"
    assert find_repository(store, "model", "grace/m") == find_repository(store, "model", "Ada/m")
    assert user_by_former_name(store, "ada") is None


@pytest.mark.parametrize("name", ["bob", "BOB", "-x", "settings"])
def test_renaming_to_a_taken_or_invalid_name_changes_nothing(store: Hub, name: str) -> None:
    ada = accounts.create_user(store, "ada")
    accounts.create_user(store, "bob")
    create_repository(store, ada, "m")
    before = [[tuple(row) for row in store.database.all(f"SELECT * FROM {t}")] for t in ("users", "repository_names")]
    with pytest.raises(HubRefused):
        rename_user(store, ada, name)
    after = [[tuple(row) for row in store.database.all(f"SELECT * FROM {t}")] for t in ("users", "repository_names")]
    assert after == before


def test_removed_account_leaves_nothing_but_its_comments(store: Hub) -> None:
    ada, bob = accounts.create_user(store, "ada", password="correct horse"), accounts.create_user(store, "bob")
    token = access_tokens.create_token(store, ada)
    mine = [create_repository(store, ada, name, private=name == "b") for name in ("b", "a")]
    theirs = create_repository(store, bob, "m")
    discussions.open_discussion(store, theirs, ada, "Why?", "Because", pull_request=False)
    team = organizations.create_organization(store, ada, "team")
    organizations.set_member(store, team, "bob", "read")
    rename_user(store, rename_user(store, ada, "grace"), "ada")
    assert repositories_to_delete(store, ada) == ["ada/a", "ada/b"]
    remove_user(store, ada)
    assert accounts.find_user(store, "ada") is None
    assert access_tokens.find_token(store, token) is None
    assert not any(store.git.path(repository.id).exists() for repository in mine)
    assert organizations.members(store, team) == [(bob, "admin")]
    row = store.database.one("SELECT users.name FROM discussions JOIN users ON users.id = author_id")
    assert row
    assert row["name"] == GHOST
    accounts.create_user(store, "ada")
    assert find_repository(store, "model", "ada/a") is None
