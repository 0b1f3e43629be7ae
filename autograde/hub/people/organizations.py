"""Organisations: names that several people share, each with a role; at least one of them is an administrator."""

from __future__ import annotations

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.names import user_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.i18n.translation import translator

#: What a member may do: read private repositories; also write; also rename and delete them, and choose the members.
ROLES = ("read", "write", "admin")


def create_organization(hub: Hub, founder: User, name: str, *, fullname: str = "", language: str = "en") -> User:
    """Make an organisation, with its founder as the administrator.

    Raises:
        HubRefused: the name is taken or not allowed.
    """
    if problem := user_name_problem(name, language):
        raise HubRefused(problem)
    with hub.database.transaction():
        organization = accounts.create_user(hub, name, fullname=fullname[:100], kind="org", language=language)
        accounts.add_member(hub, organization, founder, "admin")
    return organization


def set_member(hub: Hub, organization: User, name: str, role: str, *, language: str = "en") -> User:
    """Give somebody a role in an organisation, whether or not they are a member already; returns who it is.

    Raises:
        HubRefused: there is no such person or role, or nobody would be left as an administrator.
    """
    _ = translator("hub", language)
    user = accounts.find_user(hub, name)
    if user is None or user.kind != "user":
        raise HubRefused(_("There is nobody called {name} on this Hub.").format(name=name))
    if role not in ROLES:
        raise HubRefused(_("A member's role is read, write or admin."))
    with hub.database.transaction():
        if role != "admin":
            _keep_an_administrator(hub, organization, user, language)
        accounts.add_member(hub, organization, user, role)
    return user


def remove_member(hub: Hub, organization: User, name: str, *, language: str = "en") -> None:
    """Take somebody out of an organisation; nothing happens when they are not in it.

    Raises:
        HubRefused: nobody would be left as an administrator.
    """
    user = accounts.find_user(hub, name)
    if user is None:
        return
    with hub.database.transaction():
        _keep_an_administrator(hub, organization, user, language)
        hub.database.execute(
            "DELETE FROM memberships WHERE organization_id = ? AND user_id = ?", (organization.id, user.id)
        )


def _keep_an_administrator(hub: Hub, organization: User, leaving: User, language: str) -> None:
    left = [user for user, role in accounts.members(hub, organization) if role == "admin" and user.id != leaving.id]
    if not left:
        _ = translator("hub", language)
        raise HubRefused(
            _("{name} is the only administrator of {organization}; make somebody else one first.").format(
                name=leaving.name, organization=organization.name
            )
        )
