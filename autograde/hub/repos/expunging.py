"""Remove for good what no branch, tag or pull request leads to any longer.

git keeps such objects, and its protocol hands any object to a client that knows its id. History that was squashed,
deleted or overwritten has to be gone from the disk.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograde.hub.core import Hub
from autograde.hub.repos import uploads
from autograde.hub.repos.repositories import Repository, release
from autograde.hub.storage.gitstore import GitError

_NONE = "0" * 40

#: Seconds that the removal may take; it is a copy of the repository.
_SECONDS = 600.0


def expunge(hub: Hub, repository: Repository, lost: Iterable[str]) -> None:
    """Remove the history of ``lost`` (ids that refs named until now), as far as no other ref leads to it.

    Large files that only this history named are no longer the repository's.
    """
    gone = sorted({oid for oid in lost if oid != _NONE})
    if not gone:
        return
    with hub.git.exclusive(repository.id):
        try:
            left = hub.git.run(repository.id, "rev-list", "--max-count=1", *gone, "--not", "--all")
        except GitError:  # an object of it is gone already
            left = b"?"
        if not left.strip():
            return
        _unbind(hub, repository, gone)
        hub.git.run(repository.id, "repack", "-a", "-d", "-q", timeout=_SECONDS)
        hub.git.run(repository.id, "prune", "--expire=now", timeout=_SECONDS)
        # Those that are open have the removed objects at hand.
        hub.git.forget_readers(repository.id)


def _unbind(hub: Hub, repository: Repository, gone: list[str]) -> None:
    try:
        named = {oid for __, oid, ___, ____ in uploads.lfs_pointers(hub, repository, *gone, "--not", "--all")}
    except GitError:
        return
    if not named:
        return
    named -= {oid for __, oid, ___, ____ in uploads.lfs_pointers(hub, repository)}
    with hub.database.transaction():
        for oid in named:
            hub.database.execute("DELETE FROM bindings WHERE repository_id = ? AND oid = ?", (repository.id, oid))
    release(hub, named)
