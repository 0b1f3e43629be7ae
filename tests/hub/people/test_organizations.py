"""Organisations: the founder is the administrator, and the last administrator cannot leave."""

from __future__ import annotations

import pytest

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people import accounts, organizations
from autograde.hub.people.organizations import create_organization, remove_member, set_member


def roles(store: Hub, organization: accounts.User) -> dict[str, str]:
    return {user.name: role for user, role in organizations.members(store, organization)}


def test_founder_is_administrator_and_members_can_be_added_changed_and_removed(store: Hub) -> None:
    ada, __ = (accounts.create_user(store, name) for name in ("ada", "bob"))
    lab = create_organization(store, ada, "lab", fullname="The lab")
    assert (lab.kind, lab.fullname, roles(store, lab)) == ("org", "The lab", {"ada": "admin"})
    set_member(store, lab, "BOB", "read")
    set_member(store, lab, "bob", "write")
    assert roles(store, lab) == {"ada": "admin", "bob": "write"}
    remove_member(store, lab, "bob")
    remove_member(store, lab, "nobody")
    assert roles(store, lab) == {"ada": "admin"}


def test_last_administrator_cannot_leave_or_lose_the_role(store: Hub) -> None:
    ada, __ = (accounts.create_user(store, name) for name in ("ada", "bob"))
    lab = create_organization(store, ada, "lab")
    set_member(store, lab, "bob", "write")
    for change in (lambda: remove_member(store, lab, "ada"), lambda: set_member(store, lab, "ada", "read")):
        with pytest.raises(HubRefused, match="only administrator"):
            change()
    assert roles(store, lab) == {"ada": "admin", "bob": "write"}
    set_member(store, lab, "bob", "admin")
    remove_member(store, lab, "ada")
    assert roles(store, lab) == {"bob": "admin"}


def test_invalid_name_or_role_is_refused(store: Hub) -> None:
    ada = accounts.create_user(store, "ada")
    for name in ("ada", "a b", "new", "x"):
        with pytest.raises(HubRefused):
            create_organization(store, ada, name)
    lab = create_organization(store, ada, "lab")
    for name, role in (("nobody", "read"), ("lab", "read"), ("ada", "owner")):
        with pytest.raises(HubRefused):
            set_member(store, lab, name, role)
    with pytest.raises(HubRefused, match="这个 Hub 上没有"):
        set_member(store, lab, "nobody", "read", language="zh")


def test_number_of_organizations_that_one_user_administers_is_limited(
    store: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its own storage quota, so one user could have any number of quotas, also with the help of another."""
    monkeypatch.setattr(organizations, "MOST", 2)
    ada, bob = (accounts.create_user(store, name) for name in ("ada", "bob"))
    made = [create_organization(store, ada, f"org-{number}") for number in range(2)]
    with pytest.raises(HubRefused, match="ada administers 2 organizations already"):
        create_organization(store, ada, "org-2")
    assert accounts.find_user(store, "org-2") is None
    others = [create_organization(store, bob, f"bobs-{number}") for number in range(2)]
    with pytest.raises(HubRefused, match="ada administers"):
        set_member(store, others[0], "ada", "admin")
    set_member(store, others[0], "ada", "write")
    set_member(store, made[0], "ada", "admin")
    accounts.set_administrator(store, ada)
    create_organization(store, accounts.find_user(store, "ada") or ada, "org-2")
