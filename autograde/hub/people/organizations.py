"""Organisations: namespaces shared by several users, each with a role. At least one member is an administrator."""

from __future__ import annotations

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.i18n.translation import translator

#: Roles: read private repositories; also write to them; also rename and delete them and manage the members.
ROLES = ("read", "write", "admin")

#: The most organisations that one user may administer.
MOST = 20


def create_organization(hub: Hub, founder: User, name: str, *, fullname: str = "", language: str = "en") -> User:
    """Create an organisation with its founder as the administrator.

    Raises:
        HubRefused: the name is taken or invalid, or the founder administers too many organisations.
    """
    accounts.require_free_name(hub, name, language)
    with hub.database.transaction():
        _require_few(hub, founder, language)
        organization = accounts.create_user(hub, name, fullname=fullname, kind="org", language=language)
        add_member(hub, organization, founder, "admin")
    return organization


def set_member(hub: Hub, organization: User, name: str, role: str, *, language: str = "en") -> User:
    """Add a user to an organisation, or change the role of a member; return the user.

    Raises:
        HubRefused: there is no such user or role, no administrator would remain, or the user administers too many.
    """
    _ = translator("hub", language)
    user = accounts.find_user(hub, name)
    if user is None or user.kind != "user":
        raise HubRefused(_("There is no user called {name} on this Hub.").format(name=name))
    if role not in ROLES:
        raise HubRefused(_("Unknown role. A member's role is read, write or admin."))
    with hub.database.transaction():
        if role != "admin":
            _keep_an_administrator(hub, organization, user, language)
        elif membership(hub, organization.id, user.id) != "admin":
            _require_few(hub, user, language)
        add_member(hub, organization, user, role)
    return user


def remove_member(hub: Hub, organization: User, name: str, *, language: str = "en") -> None:
    """Remove a member from an organisation; do nothing when the user is not a member.

    Raises:
        HubRefused: no administrator would remain.
    """
    user = accounts.find_user(hub, name)
    if user is None:
        return
    with hub.database.transaction():
        _keep_an_administrator(hub, organization, user, language)
        hub.database.execute(
            "DELETE FROM memberships WHERE organization_id = ? AND user_id = ?", (organization.id, user.id)
        )


def _require_few(hub: Hub, user: User, language: str) -> None:
    """Check that a user may administer one more organisation: each has a storage quota of its own."""
    number = sum(role == "admin" for __, role in organizations(hub, user))
    if number >= MOST and not user.administrator:
        _ = translator("hub", language)
        raise HubRefused(
            _("{name} administers {number} organizations already, and that is the limit.").format(
                name=user.name, number=number
            )
        )


def _keep_an_administrator(hub: Hub, organization: User, leaving: User, language: str) -> None:
    left = [user for user, role in members(hub, organization) if role == "admin" and user.id != leaving.id]
    if not left:
        _ = translator("hub", language)
        raise HubRefused(
            _("{name} is the only administrator of {organization}. Give another member the role admin first.").format(
                name=leaving.name, organization=organization.name
            )
        )


def add_member(hub: Hub, organization: User, user: User, role: str = "admin") -> None:
    """Add a user to an organisation, or change their role: read, write or admin."""
    hub.database.execute(
        "INSERT INTO memberships (organization_id, user_id, role) VALUES (?, ?, ?)"
        " ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role",
        (organization.id, user.id, role),
    )


def membership(hub: Hub, organization_id: str, user_id: str) -> str | None:
    """Return a user's role in an organisation, or None."""
    row = hub.database.one(
        "SELECT role FROM memberships WHERE organization_id = ? AND user_id = ?", (organization_id, user_id)
    )
    return str(row["role"]) if row else None


def organizations(hub: Hub, user: User) -> list[tuple[User, str]]:
    """Return the organisations of a user, each with the user's role."""
    rows = hub.database.all(
        "SELECT users.*, memberships.role AS member_role FROM users JOIN memberships ON users.id = organization_id"
        " WHERE user_id = ? ORDER BY name_key",
        (user.id,),
    )
    return [(User.of(row), row["member_role"]) for row in rows]


def namespaces(hub: Hub, user: User | None) -> tuple[str, ...]:
    """Return the ids of a user's namespaces: the user's own and those of their organisations. Empty for None."""
    return () if user is None else (user.id, *(organization.id for organization, __ in organizations(hub, user)))


def members(hub: Hub, organization: User) -> list[tuple[User, str]]:
    """Return the members of an organisation, each with their role."""
    rows = hub.database.all(
        "SELECT users.*, memberships.role AS member_role FROM users JOIN memberships ON users.id = user_id"
        " WHERE organization_id = ? ORDER BY name_key",
        (organization.id,),
    )
    return [(User.of(row), row["member_role"]) for row in rows]
