"""Repositories in the database: create, find by current or earlier name, move, hide, delete, and bind blobs to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.storage.database import Row, Taken

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

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.name}"

    @property
    def path(self) -> str:
        """The path of the repository's page, without a leading slash."""
        return URL_PREFIX[self.type] + self.full_name


_SELECT = (
    "SELECT repositories.*, users.name AS owner,"
    " (SELECT count(*) FROM likes WHERE repository_id = repositories.id) AS likes"
    " FROM repositories JOIN users ON users.id = owner_id"
)


def _of(row: Row) -> Repository:
    return Repository(
        row["id"], row["type"], row["owner_id"], row["owner"], row["name"], bool(row["private"]), row["gated"],
        json.loads(row["settings"]), row["downloads"], row["likes"], row["created_at"], row["updated_at"],
    )  # fmt: skip


def create_repository(
    hub: Hub,
    owner: User,
    name: str,
    *,
    type: str = "model",
    private: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> Repository:
    """Create a repository's row and its empty Git folder. The caller has checked the name.

    Raises:
        HubRefused: a repository with this name exists.
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
            _take_name(hub, type, f"{owner.name}/{name}", repository_id)
            # Inside the transaction, because another request may delete it right afterwards.
            repository = repository_by_id(hub, repository_id)
            assert repository
            return repository
    except HubRefused:
        hub.git.delete(repository_id)
        raise


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
    row = hub.database.one(f"{_SELECT} WHERE repositories.id = ?", (repository_id,))
    return _of(row) if row else None


def find_repository(hub: Hub, type: str, full_name: str) -> Repository | None:
    """Return the repository with this current or former name (case-insensitive), or None.

    Compare :attr:`Repository.full_name` with the name to see whether the repository was renamed.
    """
    row = hub.database.one(
        f"{_SELECT} JOIN repository_names ON repository_names.repository_id = repositories.id"
        " WHERE repository_names.type = ? AND repository_names.name_key = ?",
        (type, full_name.lower()),
    )
    return _of(row) if row else None


def repositories_of(hub: Hub, owner: User, type: str | None = None) -> list[Repository]:
    """Return a namespace's repositories of a type (default: all except buckets), last changed first."""
    rows = hub.database.all(
        f"{_SELECT} WHERE owner_id = ? AND (type = ? OR (? IS NULL AND type <> 'bucket'))"
        " ORDER BY updated_at DESC, repositories.id",
        (owner.id, type, type),
    )
    return [_of(row) for row in rows]


#: Sort keys of the API, with their database columns.
ORDERS = {
    "lastModified": "updated_at",
    "createdAt": "repositories.created_at",
    "downloads": "downloads",
    "likes": "likes",
    "trendingScore": "likes",
    "likes30d": "(SELECT count(*) FROM likes WHERE repository_id = repositories.id AND likes.created_at > ?)",
}

#: The time window of ``likes30d``, in milliseconds.
_LIKES_WINDOW = 30 * 86_400_000

_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Search:
    """Filter for a list of repositories.

    Attributes:
        type: model, dataset, space or kernel.
        viewer: ids of the namespaces whose private repositories may be shown.
        author: only this namespace (case-insensitive); empty means all.
        text: only full names that contain this text (case-insensitive).
        gated: True for only gated ones, False for only open ones, None for both.
    """

    type: str
    viewer: tuple[str, ...] = ()
    author: str = ""
    text: str = ""
    gated: bool | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """Return the SQL condition and its parameters."""
        sql = f"type = ? AND (private = 0 OR owner_id IN ({', '.join('?' * len(self.viewer)) or 'NULL'}))"
        parameters: list[Any] = [self.type, *self.viewer]
        if self.author:
            sql += " AND users.name_key = ?"
            parameters.append(self.author.lower())
        if self.text:
            sql += " AND instr(lower(users.name || '/' || repositories.name), ?) > 0"
            parameters.append(self.text.lower())
        if self.gated is not None:
            sql += " AND (gated <> '') = ?"
            parameters.append(int(self.gated))
        return sql, parameters


def search(hub: Hub, wanted: Search, *, order: str = "lastModified", descending: bool = True) -> Iterator[Repository]:
    """Yield the matching repositories in order, reading them from the database in batches.

    Raises:
        KeyError: ``order`` is not in :data:`ORDERS`.
    """
    condition, parameters = wanted.condition()
    direction = "DESC" if descending else "ASC"
    if "?" in ORDERS[order]:
        parameters.append(hub.now() - _LIKES_WINDOW)
    offset = 0
    while True:
        rows = hub.database.all(
            f"{_SELECT} WHERE {condition} ORDER BY {ORDERS[order]} {direction}, repositories.id LIMIT ? OFFSET ?",
            [*parameters, _BATCH, offset],
        )
        yield from map(_of, rows)
        if len(rows) < _BATCH:
            return
        offset += _BATCH


def count(hub: Hub, wanted: Search) -> int:
    """Return the number of matching repositories."""
    condition, parameters = wanted.condition()
    row = hub.database.one(
        # Safe to format into SQL: the condition is fixed text, and user input is only in the parameters.
        f"SELECT count(*) AS n FROM repositories JOIN users ON users.id = owner_id WHERE {condition}",  # noqa: S608
        parameters,
    )
    assert row
    return int(row["n"])


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


def move_repository(
    hub: Hub, repository: Repository, owner: User, name: str, *, check: Callable[[], object] = lambda: None
) -> None:
    """Rename a repository or move it to another namespace. Its old name still leads to it.

    Args:
        hub: the Hub.
        repository: the repository.
        owner: the new owner.
        name: the new name.
        check: called in the same transaction before the change; may raise.

    Raises:
        HubRefused: the new name is taken.
    """
    with hub.database.transaction():
        check()
        hub.database.execute("UPDATE repository_names SET current = 0 WHERE repository_id = ?", (repository.id,))
        _take_name(hub, repository.type, f"{owner.name}/{name}", repository.id)
        hub.database.execute(
            "UPDATE repositories SET owner_id = ?, name = ?, updated_at = ? WHERE id = ?",
            (owner.id, name, hub.now(), repository.id),
        )
        if owner.id != repository.owner_id:
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
    with hub.git.lock(repository.id):
        held = hub.database.all(
            "SELECT oid FROM bindings WHERE repository_id = ? UNION SELECT oid FROM offers WHERE repository_id = ?",
            (repository.id, repository.id),
        )
        hub.database.execute("DELETE FROM repositories WHERE id = ?", (repository.id,))
        hub.git.delete(repository.id)
    release(hub, [row["oid"] for row in held])


def release(hub: Hub, oids: Iterable[str]) -> None:
    """Delete large files that no repository has any more; other repositories may still have some of them."""
    for oid in oids:
        # An upload of the same file stores it and its binding in one transaction, so it cannot lose the file here.
        with hub.database.transaction():
            sql = "SELECT 1 FROM bindings WHERE oid = ? UNION SELECT 1 FROM offers WHERE oid = ?"
            if hub.database.one(sql, (oid, oid)) is None:
                hub.blobs.remove(oid)


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


def bind(hub: Hub, repository_id: str, oid: str, size: int, xet_hash: str | None = None) -> None:
    """Bind a blob to a repository. Call this only after receiving and hashing the blob's bytes."""
    hub.database.execute(
        "INSERT INTO bindings (repository_id, oid, size, xet_hash, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (repository_id, oid) DO UPDATE SET xet_hash = coalesce(excluded.xet_hash, bindings.xet_hash)",
        (repository_id, oid, size, xet_hash, hub.now()),
    )


def bound_size(hub: Hub, repository_id: str, oid: str) -> int | None:
    """Return the size in bytes of a blob that is bound to this repository, or None."""
    row = hub.database.one("SELECT size FROM bindings WHERE repository_id = ? AND oid = ?", (repository_id, oid))
    return int(row["size"]) if row else None
