"""Repositories in the database: create, find by current or earlier name, move, hide and delete them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.bindings import delete_unbound
from autograde.hub.storage.database import Row, Taken
from autograde.i18n.translation import marked

#: URL prefix of each type: ``/ada/m``, ``/datasets/ada/d``, ``/spaces/ada/s``.
URL_PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/", "kernel": "kernels/", "bucket": "buckets/"}

#: Types by the plural used in URLs.
REPOSITORY_TYPES_BY_PLURAL = {
    "models": "model",
    "datasets": "dataset",
    "spaces": "space",
    "kernels": "kernel",
    "buckets": "bucket",
}


#: The key of :attr:`Repository.settings` that only a copy from another Hub has: which commit it is a copy of.
MIRRORED = "mirrored"


@dataclass(frozen=True)
class Repository:
    """A repository of any type; times are milliseconds since 1970.

    Attributes:
        gated: ``""``, ``"auto"`` or ``"manual"``.
        settings: of a Space, its sdk, its variables and the names of its secrets; of a copy from another Hub, which
            commit it is a copy of.
    """

    id: str
    type: str
    owner_id: str
    owner: str
    name: str
    private: bool
    gated: str
    settings: dict[str, Any]
    downloads: int
    likes: int
    created_at: int
    updated_at: int

    @staticmethod
    def of(row: Row) -> Repository:
        """Return the repository in a row of :data:`SELECT`."""
        return Repository(
            row["id"], row["type"], row["owner_id"], row["owner"], row["name"], bool(row["private"]), row["gated"],
            json.loads(row["settings"]), row["downloads"], row["likes"], row["created_at"], row["updated_at"],
        )  # fmt: skip

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.name}"

    @property
    def path(self) -> str:
        """The path of the repository's page, without a leading slash."""
        return URL_PREFIX[self.type] + self.full_name


#: The beginning of every query for repositories.
SELECT = (
    "SELECT repositories.*, users.name AS owner,"
    " (SELECT count(*) FROM likes WHERE repository_id = repositories.id) AS likes"
    " FROM repositories JOIN users ON users.id = owner_id"
)


def create_repository(
    hub: Hub,
    owner: User,
    name: str,
    *,
    type: str = "model",
    private: bool = False,
    settings: Mapping[str, Any] | None = None,
    limited: bool = True,
) -> Repository:
    """Create a repository's row and its empty Git folder. The caller has checked the name.

    Args:
        hub: the Hub.
        owner: the namespace.
        name: the repository's name.
        type: its type.
        private: whether only members of the namespace see it.
        settings: its :attr:`Repository.settings`.
        limited: whether to check the number of the owner's repositories; not for the person who runs the Hub.

    Raises:
        HubRefused: a repository with this name exists.
        Refusal: 413, the owner has too many.
    """
    repository_id, now = hub.new_id(), hub.now()
    hub.git.create(repository_id)
    try:
        with hub.database.transaction():
            hub.database.execute(
                "INSERT INTO repositories (id, type, owner_id, name, private, settings, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (repository_id, type, owner.id, name, int(private), json.dumps(dict(settings or {})), now, now),
            )
            # Before the number: clients with exist_ok rely on the error about an existing name.
            _take_name(hub, type, f"{owner.name}/{name}", repository_id)
            if limited:
                _require_few(hub, owner)
            # Inside the transaction, because another request may delete it right afterwards.
            repository = repository_by_id(hub, repository_id)
            assert repository
            return repository
    except (HubRefused, Refusal):
        hub.git.delete(repository_id)
        raise


def _require_few(hub: Hub, owner: User) -> None:
    """Check the number of a namespace's repositories, after adding one in the same transaction.

    Raises:
        Refusal: 413, there are too many.
    """
    most = hub.config.limits.repositories
    row = hub.database.one("SELECT count(*) AS n FROM repositories WHERE owner_id = ?", (owner.id,))
    if row and row["n"] > most:
        message = marked(
            "This Hub allows {owner} no more repositories; the limit is {limit}."
            " Delete one first, or ask the person who runs the Hub for more."
        )
        raise Refusal(413, message, values={"owner": owner.name, "limit": f"{most:,}"})


def _take_name(hub: Hub, type: str, full_name: str, repository_id: str) -> None:
    """Give a name to a repository. Former names of renamed repositories may be reused."""
    key = full_name.lower()
    hub.database.execute("DELETE FROM repository_names WHERE type = ? AND name_key = ? AND current = 0", (type, key))
    try:
        hub.database.execute(
            "INSERT INTO repository_names (type, name_key, repository_id, current) VALUES (?, ?, ?, 1)",
            (type, key, repository_id),
        )
    except Taken:
        raise HubRefused(f"A {type} repository called {full_name} already exists") from None


def repository_by_id(hub: Hub, repository_id: str) -> Repository | None:
    """Return the repository with this id, or None."""
    row = hub.database.one(f"{SELECT} WHERE repositories.id = ?", (repository_id,))
    return Repository.of(row) if row else None


def find_repository(hub: Hub, type: str, full_name: str) -> Repository | None:
    """Return the repository with this current or former name (case-insensitive), or None.

    Compare :attr:`Repository.full_name` with the name to see whether the repository was renamed.
    """
    row = hub.database.one(
        f"{SELECT} JOIN repository_names ON repository_names.repository_id = repositories.id"
        " WHERE repository_names.type = ? AND repository_names.name_key = ?",
        (type, full_name.lower()),
    )
    return Repository.of(row) if row else None


def repositories_of(hub: Hub, owner: User, type: str | None = None) -> list[Repository]:
    """Return a namespace's repositories of a type (default: all except buckets), last changed first."""
    rows = hub.database.all(
        f"{SELECT} WHERE owner_id = ? AND (type = ? OR (? IS NULL AND type <> 'bucket'))"
        " ORDER BY updated_at DESC, repositories.id",
        (owner.id, type, type),
    )
    return [Repository.of(row) for row in rows]


def names_by_owner(hub: Hub) -> dict[str, list[tuple[str, int]]]:
    """Return each owner's repositories, private ones included, newest first: full name, and creation time in
    milliseconds since 1970. The keys are the owners' ids."""
    found: dict[str, list[tuple[str, int]]] = {}
    rows = hub.database.all(
        "SELECT owner_id, users.name || '/' || repositories.name AS full_name, repositories.created_at"
        " FROM repositories JOIN users ON users.id = owner_id ORDER BY repositories.created_at DESC"
    )
    for row in rows:
        found.setdefault(row["owner_id"], []).append((row["full_name"], row["created_at"]))
    return found


def move_repository(hub: Hub, repository: Repository, owner: User, name: str) -> None:
    """Rename a repository or move it to another namespace. Its old name still leads to it.

    Args:
        hub: the Hub.
        repository: the repository.
        owner: the new owner.
        name: the new name.

    Raises:
        HubRefused: the new name is taken.
        Refusal: 413, the new owner has too many repositories.
    """
    with hub.database.transaction():
        hub.database.execute("UPDATE repository_names SET current = 0 WHERE repository_id = ?", (repository.id,))
        _take_name(hub, repository.type, f"{owner.name}/{name}", repository.id)
        hub.database.execute(
            "UPDATE repositories SET owner_id = ?, name = ?, updated_at = ? WHERE id = ?",
            (owner.id, name, hub.now(), repository.id),
        )
        if owner.id != repository.owner_id:
            _require_few(hub, owner)
            row = hub.database.one(
                "SELECT coalesce(sum(size), 0) AS size FROM git_storage WHERE repository_id = ? AND user_id IN (?, ?)",
                (repository.id, repository.owner_id, owner.id),
            )
            hub.database.execute(
                "DELETE FROM git_storage WHERE repository_id = ? AND user_id IN (?, ?)",
                (repository.id, repository.owner_id, owner.id),
            )
            hub.database.execute(
                "INSERT INTO git_storage (repository_id, user_id, size) VALUES (?, ?, ?)",
                (repository.id, owner.id, row["size"] if row else 0),
            )


def delete_repository(hub: Hub, repository: Repository) -> None:
    """Delete a repository, its names and its bindings to blobs. The row is deleted first, so that a crash leaves only
    an unreachable folder."""
    with hub.locks.lock(repository.id):
        held = hub.database.all(
            "SELECT oid FROM bindings WHERE repository_id = ? UNION SELECT oid FROM offers WHERE repository_id = ?",
            (repository.id, repository.id),
        )
        hub.database.execute("DELETE FROM repositories WHERE id = ?", (repository.id,))
        hub.git.delete(repository.id)
        hub.locks.forget(repository.id)
    delete_unbound(hub, [row["oid"] for row in held])


def change_settings(hub: Hub, repository: Repository, *, private: bool | None = None, gated: str | None = None) -> None:
    """Change a repository's visibility (``private``) or file access (``gated``: ``""``, ``"auto"``, ``"manual"``)."""
    if private is not None:
        hub.database.execute("UPDATE repositories SET private = ? WHERE id = ?", (int(private), repository.id))
    if gated is not None:
        hub.database.execute("UPDATE repositories SET gated = ? WHERE id = ?", (gated, repository.id))


def replace_settings(hub: Hub, repository: Repository, settings: Mapping[str, Any]) -> None:
    """Replace :attr:`Repository.settings`."""
    hub.database.execute(
        "UPDATE repositories SET settings = ? WHERE id = ?", (json.dumps(dict(settings)), repository.id)
    )


def touch(hub: Hub, repository: Repository) -> None:
    """Set the time of the repository's last change to now."""
    hub.database.execute("UPDATE repositories SET updated_at = ? WHERE id = ?", (hub.now(), repository.id))


def count_download(hub: Hub, repository: Repository) -> None:
    """Count one download."""
    hub.database.execute("UPDATE repositories SET downloads = downloads + 1 WHERE id = ?", (repository.id,))
