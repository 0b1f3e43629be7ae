"""Remove what nothing refers to: offered files, lost history, old xorbs, and files left by a crash.

A Hub runs this soon after it starts and then every hour (``server.py``); it tries to delete lost history more often.
How long offers and xorbs are kept is in :class:`~autograde.hub.config.Limits`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos.bindings import delete_unbound
from autograde.hub.repos.expunging import expunge_postponed
from autograde.hub.repos.repositories import Repository, repository_by_id
from autograde.hub.repos.uploads import lfs_pointers
from autograde.hub.storage.blobs import BlobStore
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.objects import ObjectMissing

#: A younger xorb without a row in the database, lock file or object of a push may belong to a request in progress, so
#: it is kept. In milliseconds.
_HOUR = 3_600_000


def remove_unused(hub: Hub) -> None:
    """Remove everything unused that is old enough. Safe to run while the Hub handles requests."""
    _remove_lock_files(hub)
    for row in hub.database.all("SELECT id FROM repositories"):
        left = partial(hub.git.delete_quarantines, row["id"], (hub.now() - _HOUR) / 1000)
        hub.locks.unless_pushed(row["id"], left)
    expunge_postponed(hub)
    _remove_offers(hub)
    _remove_xorbs(hub)
    _remove_blobs(hub)


def _remove_lock_files(hub: Hub) -> None:
    """Remove the lock files that git left when it was killed, for example by a power failure. With them, every change
    of the same branch fails. No git process holds one for an hour, or since before this Hub was opened."""
    before = max(hub.opened_at, hub.now() - _HOUR)
    # Path.glob would fail for a folder that is deleted meanwhile.
    for folder, folders, names in os.walk(hub.git.root):
        if Path(folder).parent.parent == hub.git.root:  # a repository
            folders[:] = ["refs"]
        for lock in (Path(folder, name) for name in names if name.endswith(".lock")):
            with suppress(FileNotFoundError):
                if lock.stat().st_mtime * 1000 < before:
                    lock.unlink()


def _remove_offers(hub: Hub) -> None:
    """Remove old large files that were uploaded for a pull request but are not in any."""
    before = hub.now() - 1000 * hub.config.limits.offers_kept
    for row in hub.database.all("SELECT DISTINCT repository_id FROM offers WHERE created_at < ?", (before,)):
        repository = repository_by_id(hub, row["repository_id"])
        if repository is None:
            continue
        try:
            # A commit that uses one of these files is finished before this, or waits and is then refused.
            with hub.locks.exclusive(repository.id):
                removed = _delete_offers(hub, repository, before)
        except (GitError, ObjectMissing, Refusal):
            continue  # the repository is damaged, so the files that it needs are unknown, or it is in use
        delete_unbound(hub, removed)


def _delete_offers(hub: Hub, repository: Repository, before: int) -> list[str]:
    """Delete the rows of a repository's unused offers from before this time; return the ids of the files."""
    used = {oid for __, oid, ___, ____ in lfs_pointers(hub, repository)}
    with hub.database.transaction():
        sql = "SELECT DISTINCT oid FROM offers WHERE repository_id = ? AND created_at < ?"
        unused = [row["oid"] for row in hub.database.all(sql, (repository.id, before)) if row["oid"] not in used]
        for oid in unused:
            hub.database.execute(
                "DELETE FROM offers WHERE repository_id = ? AND oid = ? AND created_at < ?",
                (repository.id, oid, before),
            )
    return unused


def _remove_xorbs(hub: Hub) -> None:
    """Remove old xorbs. Files assembled from them are blobs; xorbs are kept only for later uploads that reuse them."""
    before = hub.now() - 1000 * hub.config.limits.xorbs_kept
    hub.database.execute("DELETE FROM xorbs WHERE created_at < ?", (before,))
    known = {row["oid"] for row in hub.database.all("SELECT oid FROM xorbs")}
    for name, changed in _contents(hub.xorbs):
        if name in known or changed > hub.now() - _HOUR:
            continue
        with hub.database.transaction():
            if hub.database.one("SELECT 1 FROM xorbs WHERE oid = ?", (name,)) is None:
                hub.xorbs.remove(name)


def _remove_blobs(hub: Hub) -> None:
    """Remove blobs without a row in the database, left by a crash. A blob and its row are stored in one transaction, so
    a blob of an upload in progress is never removed."""
    known = {row["oid"] for row in hub.database.all("SELECT oid FROM bindings UNION SELECT oid FROM offers")}
    delete_unbound(hub, [name for name, __ in _contents(hub.blobs) if name not in known])


def _contents(store: BlobStore) -> Iterator[tuple[str, int]]:
    """Yield the name of every file in a store, and when it was written, in milliseconds since 1970."""
    for path in store.root.glob("??/??/*"):
        try:
            yield path.name, int(path.stat().st_mtime * 1000)
        except FileNotFoundError:  # removed meanwhile
            continue
