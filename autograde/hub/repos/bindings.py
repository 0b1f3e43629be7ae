"""Which large files a repository has: a blob can be read only through a repository that it is bound to."""

from __future__ import annotations

from collections.abc import Iterable

from autograde.hub.core import Hub


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


def unbind(hub: Hub, repository_id: str, oids: Iterable[str]) -> None:
    """Remove blobs from a repository, all of them or none; then call :func:`delete_unbound`."""
    with hub.database.transaction():
        for oid in oids:
            hub.database.execute("DELETE FROM bindings WHERE repository_id = ? AND oid = ?", (repository_id, oid))


def delete_unbound(hub: Hub, oids: Iterable[str]) -> None:
    """Delete those of these large files that no repository has any more."""
    for oid in oids:
        # An upload of the same file stores it and its binding in one transaction, so it cannot lose the file here.
        with hub.database.transaction():
            sql = "SELECT 1 FROM bindings WHERE oid = ? UNION SELECT 1 FROM offers WHERE oid = ?"
            if hub.database.one(sql, (oid, oid)) is None:
                hub.blobs.remove(oid)
