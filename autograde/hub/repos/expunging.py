"""Permanently delete commits and files that no branch, tag or pull request contains any more.

Git keeps unreachable objects, and its protocol sends any object to a client that knows its id. History that was
squashed, deleted or overwritten must be removed from the disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos import uploads
from autograde.hub.repos.bindings import delete_unbound, unbind
from autograde.hub.repos.repositories import Repository, repository_by_id
from autograde.hub.storage.gitstore import NO_OBJECT, GitError, RepositoryDeleted

#: Time limit in seconds. Repacking copies the entire repository.
_SECONDS = 600.0

#: Seconds that a request whose change is already made waits for others, before it leaves the rest to the cleaning.
_MAX_WAIT = 600.0


def expunge(hub: Hub, repository: Repository, lost: Iterable[str]) -> None:
    """Delete the history of ``lost`` (ids that refs pointed to until now), unless another ref still contains it.

    Large files that only this history referred to no longer belong to the repository. The refs are already changed, so
    this does not refuse: history that cannot be deleted now, because others use the repository, is deleted by the next
    cleaning (:func:`expunge_postponed`).
    """
    removed = sorted({oid for oid in lost if oid != NO_OBJECT})
    if not removed:
        return
    try:
        _expunge(hub, repository, removed, _MAX_WAIT)
    except RepositoryDeleted:
        raise
    except (Refusal, GitError):
        with hub.database.transaction():
            for oid in removed:
                hub.database.execute(
                    "INSERT INTO lost_history (repository_id, oid) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (repository.id, oid),
                )


def expunge_postponed(hub: Hub) -> None:
    """Delete the lost history that could not be deleted when its refs changed, unless others still use the
    repository."""
    for row in hub.database.all("SELECT DISTINCT repository_id FROM lost_history"):
        repository = repository_by_id(hub, row["repository_id"])
        if repository is not None:
            with suppress(Refusal, GitError):
                _expunge(hub, repository, [])


def _expunge(hub: Hub, repository: Repository, removed: list[str], wait: float | None = None) -> None:
    with hub.git.exclusive(repository.id, wait):
        # With the postponed ones: repacking deletes their objects, which name the large files to remove.
        rows = hub.database.all("SELECT oid FROM lost_history WHERE repository_id = ?", (repository.id,))
        _delete(hub, repository, sorted({*removed, *(row["oid"] for row in rows)}))
        if rows:
            hub.database.execute("DELETE FROM lost_history WHERE repository_id = ?", (repository.id,))


def _delete(hub: Hub, repository: Repository, removed: list[str]) -> None:
    """Delete history. The caller has kept others out of the repository."""
    try:
        unreachable = hub.git.run(repository.id, "rev-list", "--max-count=1", *removed, "--not", "--all")
    except GitError:  # one of its objects is already missing
        unreachable = b"?"
    if not unreachable.strip():
        return
    _unbind(hub, repository, removed)
    hub.git.run(repository.id, "repack", "-a", "-d", "-q", timeout=_SECONDS)
    hub.git.run(repository.id, "prune", "--expire=now", timeout=_SECONDS)
    # Readers that are still open have the deleted objects in memory.
    hub.git.forget_readers(repository.id)


def _unbind(hub: Hub, repository: Repository, removed: list[str]) -> None:
    try:
        named = {oid for __, oid, ___, ____ in uploads.lfs_pointers(hub, repository, *removed, "--not", "--all")}
    except GitError:
        return
    if not named:
        return
    named -= {oid for __, oid, ___, ____ in uploads.lfs_pointers(hub, repository)}
    unbind(hub, repository.id, named)
    delete_unbound(hub, named)
