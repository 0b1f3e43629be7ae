"""Large files uploaded to a repository, and who they belong to.

A file uploaded by a user with write access is bound to the repository at once (the table ``bindings``). A file uploaded
by another user for a pull request is *offered*: it can be read there, and it counts against its sender's quota. It is
bound to the repository when it reaches a branch or a tag, usually by a merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.repos import access
from autograde.hub.repos.access import Caller
from autograde.hub.repos.bindings import bind, bound_size
from autograde.hub.repos.pointers import MAX_POINTER, parse_pointer
from autograde.hub.repos.quota import require_room
from autograde.hub.repos.repositories import Repository


def payer(hub: Hub, caller: Caller, repository: Repository) -> User | None:
    """Return the user whose quota a caller's upload counts against, or None for the repository's owner."""
    return None if access.can_write(hub, caller, repository) else access.require_user(caller)


def keep(hub: Hub, caller: Caller, repository: Repository, oid: str, size: int, xet_hash: str | None = None) -> None:
    """Record a complete, hashed blob: bind it for a caller with write access, offer it for other callers."""
    sender = payer(hub, caller, repository)
    if sender is None:
        bind(hub, repository.id, oid, size, xet_hash)
        return
    hub.database.execute(
        "INSERT INTO offers (repository_id, user_id, oid, size, xet_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (repository_id, user_id, oid) DO UPDATE SET xet_hash = coalesce(excluded.xet_hash,"
        " offers.xet_hash)",
        (repository.id, sender.id, oid, size, xet_hash, hub.now()),
    )


def known_size(hub: Hub, caller: Caller, repository: Repository, oid: str) -> int | None:
    """Return the size of a blob that this caller has already uploaded or can use in this repository, or None."""
    bound = bound_size(hub, repository.id, oid)
    sender = None if bound is not None else payer(hub, caller, repository)
    if sender is None:
        return bound
    row = hub.database.one(
        "SELECT size FROM offers WHERE repository_id = ? AND user_id = ? AND oid = ?", (repository.id, sender.id, oid)
    )
    return int(row["size"]) if row else None


def readable_size(hub: Hub, repository_id: str, oid: str) -> int | None:
    """Return the size of a bound or offered blob that the repository's readers may download, or None."""
    bound = bound_size(hub, repository_id, oid)
    if bound is not None:
        return bound
    row = hub.database.one("SELECT size FROM offers WHERE repository_id = ? AND oid = ?", (repository_id, oid))
    return int(row["size"]) if row else None


def adopt(hub: Hub, repository: Repository, oids: Iterable[str]) -> None:
    """Bind offered blobs to the repository, because they have reached a branch or a tag.

    Raises:
        Refusal: 413, they don't fit in the owner's quota.
    """
    with hub.database.transaction():
        for oid in set(oids):
            row = hub.database.one("SELECT * FROM offers WHERE repository_id = ? AND oid = ?", (repository.id, oid))
            if row is None:
                continue
            if bound_size(hub, repository.id, oid) is None:
                require_room(hub, repository, row["size"], files=1)
                bind(hub, repository.id, oid, row["size"], row["xet_hash"])
            hub.database.execute("DELETE FROM offers WHERE repository_id = ? AND oid = ?", (repository.id, oid))


def any_offered(hub: Hub, repository: Repository) -> bool:
    """Return whether any blob is offered to a repository."""
    return hub.database.one("SELECT 1 FROM offers WHERE repository_id = ?", (repository.id,)) is not None


def adopt_reached(hub: Hub, repository: Repository, *revisions: str) -> None:
    """Bind the offered blobs whose pointers are in these commits (arguments of ``git rev-list``). Raises the same
    errors as :func:`adopt`."""
    if any_offered(hub, repository):
        adopt(hub, repository, [oid for __, oid, ___, ____ in lfs_pointers(hub, repository, *revisions)])


def lfs_pointers(hub: Hub, repository: Repository, *revisions: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield ``(Git blob id, SHA-256, path, size)`` of every LFS pointer in these commits (default: all refs)."""
    wanted = revisions or ("--all",)
    listed = hub.git.lines(repository.id, "rev-list", "--objects", "--filter=blob:limit=1025", *wanted)
    with hub.git.reader(repository.id) as reader:
        for line in listed:
            oid, __, path = line.decode("utf-8", "surrogateescape").removesuffix("\n").partition(" ")
            found = reader.info(oid) if path else None
            if (
                found
                and found[1] == "blob"
                and 0 < found[2] <= MAX_POINTER
                and (pointer := parse_pointer(reader.blob(oid)))
            ):
                yield oid, pointer.oid, path, pointer.size
