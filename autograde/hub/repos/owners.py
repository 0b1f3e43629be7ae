"""Rename and remove user accounts together with their repositories."""

from __future__ import annotations

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people import accounts, organizations
from autograde.hub.people.accounts import User
from autograde.hub.repos.repositories import Repository, delete_repository, move_repository, repositories_of
from autograde.hub.storage.database import Taken
from autograde.i18n.translation import translator

#: Name and kind of the account that takes over what a removed user wrote in other users' discussions.
GHOST, GHOST_KIND = "ghost", "ghost"


def rename_user(hub: Hub, user: User, name: str, *, language: str = "en") -> User:
    """Give a user another name. Old URLs of the profile and the repositories redirect to the new ones. Other people
    can't sign up with the old name, but the person who runs the Hub may give it to another account.

    Raises:
        HubRefused: the name is invalid or taken.
    """
    _ = translator("hub", language)
    if problem := accounts.name_problem(hub, name, language):
        raise HubRefused(problem)
    try:
        with hub.database.transaction():
            hub.database.execute("DELETE FROM former_names WHERE name_key = ?", (name.lower(),))
            hub.database.execute(
                "UPDATE users SET name = ?, name_key = ?, fullname = CASE WHEN fullname = name THEN ? ELSE fullname END"
                " WHERE id = ?",
                (name, name.lower(), name, user.id),
            )
            if name.lower() != user.name.lower():
                hub.database.execute(
                    "INSERT INTO former_names (name_key, user_id) VALUES (?, ?)"
                    " ON CONFLICT (name_key) DO UPDATE SET user_id = excluded.user_id",
                    (user.name.lower(), user.id),
                )
            renamed = accounts.user_by_id(hub, user.id)
            assert renamed
            for repository in _all_of(hub, renamed):
                move_repository(hub, repository, renamed, repository.name)
    except Taken:
        raise HubRefused(_("The name {name} is taken; choose another.").format(name=name)) from None
    return renamed


def user_by_former_name(hub: Hub, name: str) -> User | None:
    """Return the user who once had this name (case-insensitive), or None."""
    row = hub.database.one("SELECT user_id FROM former_names WHERE name_key = ?", (name.lower(),))
    return accounts.user_by_id(hub, row["user_id"]) if row else None


def repositories_to_delete(hub: Hub, user: User) -> list[str]:
    """Return the names of the repositories that :func:`remove_user` deletes, sorted."""
    return sorted(repository.full_name for repository in _all_of(hub, user))


def remove_user(hub: Hub, user: User) -> None:
    """Remove a user with all repositories, tokens and sessions.

    Discussions in other users' repositories stay, under the name :data:`GHOST`; so do the events. If the user was the
    only administrator of an organisation, its first other member becomes one.
    """
    for repository in _all_of(hub, user):
        delete_repository(hub, repository)
    with hub.database.transaction():
        for organization, role in organizations.organizations(hub, user):
            others = [(member, theirs) for member, theirs in organizations.members(hub, organization) if member != user]
            if role == "admin" and others and all(theirs != "admin" for __, theirs in others):
                organizations.add_member(hub, organization, others[0][0], "admin")
        written = "SELECT author_id FROM discussions WHERE author_id = ? UNION"
        written += " SELECT author_id FROM discussion_events WHERE author_id = ?"
        if hub.database.one(written, (user.id, user.id)):
            ghost = _ghost(hub)
            hub.database.execute("UPDATE discussions SET author_id = ? WHERE author_id = ?", (ghost.id, user.id))
            hub.database.execute("UPDATE discussion_events SET author_id = ? WHERE author_id = ?", (ghost.id, user.id))
        hub.database.execute("DELETE FROM users WHERE id = ?", (user.id,))


def _all_of(hub: Hub, user: User) -> list[Repository]:
    return [*repositories_of(hub, user), *repositories_of(hub, user, "bucket")]


def _ghost(hub: Hub) -> User:
    row = hub.database.one("SELECT id FROM users WHERE kind = ?", (GHOST_KIND,))
    found = accounts.user_by_id(hub, row["id"]) if row else None
    if found:
        return found
    # An account of this name may be older than its reservation.
    name = GHOST if accounts.find_user(hub, GHOST) is None else f"{GHOST}-{hub.new_id()[:8]}"
    return accounts.create_user(hub, name, kind=GHOST_KIND)
