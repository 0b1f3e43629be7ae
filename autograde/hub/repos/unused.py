"""Remove what was uploaded and nothing refers to: offers that no pull request names, old xorbs, files of a crash.

A Hub does so soon after it starts and every hour (``server.py``). How long each is kept is a limit (``config.py``).
"""

from __future__ import annotations

from collections.abc import Iterator

from autograde.hub.core import Hub
from autograde.hub.repos.repositories import Repository, release, repository_by_id
from autograde.hub.repos.uploads import lfs_pointers
from autograde.hub.storage.blobs import BlobStore
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.objects import ObjectMissing

#: Milliseconds for which a xorb's file may be there before the database knows of it.
_HOUR = 3_600_000


def remove_unused(hub: Hub) -> None:
    """Remove all of it that is old enough. May run while the Hub works."""
    _offers(hub)
    _xorbs(hub)
    _blobs(hub)


def _offers(hub: Hub) -> None:
    """Large files that were sent for a pull request and are in none."""
    before = hub.now() - 1000 * hub.config.limits.offers_kept
    for row in hub.database.all("SELECT DISTINCT repository_id FROM offers WHERE created_at < ?", (before,)):
        repository = repository_by_id(hub, row["repository_id"])
        if repository is None:
            continue
        try:
            # A commit that names one of them waits meanwhile, and then finds it gone or stays the reason to keep it.
            with hub.git.exclusive(repository.id):
                gone = _drop_offers(hub, repository, before)
        except (GitError, ObjectMissing):
            continue  # a damaged repository: what it refers to is not known
        release(hub, gone)


def _drop_offers(hub: Hub, repository: Repository, before: int) -> list[str]:
    named = {oid for __, oid, ___, ____ in lfs_pointers(hub, repository)}
    with hub.database.transaction():
        sql = "SELECT DISTINCT oid FROM offers WHERE repository_id = ? AND created_at < ?"
        gone = [row["oid"] for row in hub.database.all(sql, (repository.id, before)) if row["oid"] not in named]
        for oid in gone:
            hub.database.execute(
                "DELETE FROM offers WHERE repository_id = ? AND oid = ? AND created_at < ?",
                (repository.id, oid, before),
            )
    return gone


def _xorbs(hub: Hub) -> None:
    """Pieces of Xet uploads. The files that they became are blobs; they are kept for clients that send a file which
    has some of them in common."""
    before = hub.now() - 1000 * hub.config.limits.xorbs_kept
    hub.database.execute("DELETE FROM xorbs WHERE created_at < ?", (before,))
    known = {row["oid"] for row in hub.database.all("SELECT oid FROM xorbs")}
    for name, changed in _kept(hub.xorbs):
        if name in known or changed > hub.now() - _HOUR:
            continue
        with hub.database.transaction():
            if hub.database.one("SELECT 1 FROM xorbs WHERE oid = ?", (name,)) is None:
                hub.xorbs.remove(name)


def _blobs(hub: Hub) -> None:
    """Large files that a crash left between their arrival and the note whose they are. Both are one transaction, so
    no other of them is taken for one of these."""
    known = {row["oid"] for row in hub.database.all("SELECT oid FROM bindings UNION SELECT oid FROM offers")}
    release(hub, [name for name, __ in _kept(hub.blobs) if name not in known])


def _kept(store: BlobStore) -> Iterator[tuple[str, int]]:
    """The name of everything in a store, and when it was written, in milliseconds since 1970."""
    for path in store.root.glob("??/??/*"):
        try:
            yield path.name, int(path.stat().st_mtime * 1000)
        except FileNotFoundError:  # removed meanwhile
            continue
