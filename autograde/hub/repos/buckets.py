"""Files of a bucket, by path and without history. A bucket is a type of repository without Git.

Buckets are the client's newest storage (``hf cp``, ``hf://buckets/…``). Clients upload only over Xet. The blobs are
shared with all other repositories, under the same rule: a bucket may contain only blobs uploaded to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograde.hub.core import Hub
from autograde.hub.repos.bindings import delete_unbound, unbind
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.database import Row

#: Files and folders in one page of a list.
PAGE = 1000


@dataclass(frozen=True)
class BucketFile:
    """A file. ``size`` is in bytes, ``changed_at`` (client's clock) and ``uploaded_at`` (Hub's) in milliseconds."""

    path: str
    oid: str
    size: int
    xet_hash: str
    changed_at: int
    uploaded_at: int


@dataclass(frozen=True)
class BucketFolder:
    """A folder: a path without its final slash. ``uploaded_at`` is that of its first file."""

    path: str
    uploaded_at: int


def _of(row: Row) -> BucketFile:
    return BucketFile(
        row["path"], row["oid"], row["size"], row["xet_hash"], row["changed_at"], row["uploaded_at"]
    )  # fmt: skip


def put(hub: Hub, bucket: Repository, file: BucketFile) -> None:
    """Store a file at its path, replacing an existing one. The bucket must already have the blob."""
    hub.database.execute(
        "INSERT INTO bucket_files (repository_id, path, oid, size, xet_hash, changed_at, uploaded_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository_id, path) DO UPDATE SET oid = excluded.oid,"
        " size = excluded.size, xet_hash = excluded.xet_hash, changed_at = excluded.changed_at,"
        " uploaded_at = excluded.uploaded_at",
        (bucket.id, file.path, file.oid, file.size, file.xet_hash, file.changed_at, file.uploaded_at),
    )


def remove(hub: Hub, bucket: Repository, path: str) -> bool:
    """Delete a file, and its blob when no other path uses it; return whether the file existed."""
    file = find(hub, bucket, path)
    if file is None:
        return False
    hub.database.execute("DELETE FROM bucket_files WHERE repository_id = ? AND path = ?", (bucket.id, path))
    sql = "SELECT 1 FROM bucket_files WHERE repository_id = ? AND oid = ?"
    if hub.database.one(sql, (bucket.id, file.oid)) is None:
        unbind(hub, bucket.id, [file.oid])
        delete_unbound(hub, [file.oid])
    return True


def find(hub: Hub, bucket: Repository, path: str) -> BucketFile | None:
    """Return the file at a path, or None."""
    row = hub.database.one("SELECT * FROM bucket_files WHERE repository_id = ? AND path = ?", (bucket.id, path))
    return _of(row) if row else None


def totals(hub: Hub, bucket: Repository) -> tuple[int, int]:
    """Return the number of a bucket's files and their total size in bytes."""
    row = hub.database.one(
        "SELECT count(*) AS files, coalesce(sum(size), 0) AS size FROM bucket_files WHERE repository_id = ?",
        (bucket.id,),
    )
    assert row
    return int(row["files"]), int(row["size"])


def files(hub: Hub, bucket: Repository, prefix: str = "", after: str = "", *, start: str = "") -> Iterator[BucketFile]:
    """Yield the files with this ``prefix`` and a path greater than ``after`` and at least ``start``, in order."""
    while True:
        rows = hub.database.all(
            "SELECT * FROM bucket_files WHERE repository_id = ? AND path > ? AND path >= ?"
            " AND substr(path, 1, ?) = ? ORDER BY path LIMIT ?",
            (bucket.id, after, start, len(prefix), prefix, PAGE),
        )
        yield from map(_of, rows)
        if len(rows) < PAGE:
            return
        after = rows[-1]["path"]


def level(hub: Hub, bucket: Repository, prefix: str = "", after: str = "") -> Iterator[BucketFile | BucketFolder]:
    """Yield the files and folders directly below a prefix, after the path ``after`` (a folder's ends with a slash)."""
    folder_prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    parent_length = prefix.rfind("/") + 1
    # Continue after all files of a folder: "0" is the character right after "/".
    start = after[:-1] + "0" if after.endswith("/") else ""
    folder = None
    for file in files(hub, bucket, prefix, "" if start else after, start=start):
        # The name of a folder lists the folder's contents; part of a name lists the entries that start with it.
        depth = len(folder_prefix) if file.path.startswith(folder_prefix) else parent_length
        name, slash, __ = file.path[depth:].partition("/")
        if not slash:
            yield file
        elif file.path[:depth] + name != folder:
            folder = file.path[:depth] + name
            yield BucketFolder(folder, file.uploaded_at)
