"""Permanently delete commits and files that no branch, tag or pull request contains any more.

Git keeps unreachable objects, and its protocol sends any object to a client that knows its id. History that was
squashed, deleted or overwritten must be removed from the disk.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograde.hub.core import Hub
from autograde.hub.repos import uploads
from autograde.hub.repos.bindings import delete_unbound, unbind
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.gitstore import NO_OBJECT, GitError

#: Time limit in seconds. Repacking copies the entire repository.
_SECONDS = 600.0


def expunge(hub: Hub, repository: Repository, lost: Iterable[str]) -> None:
    """Delete the history of ``lost`` (ids that refs pointed to until now), unless another ref still contains it.

    Large files that only this history referred to no longer belong to the repository.
    """
    removed = sorted({oid for oid in lost if oid != NO_OBJECT})
    if not removed:
        return
    with hub.git.exclusive(repository.id):
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
