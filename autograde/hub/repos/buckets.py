"""What a bucket holds: files by path, without history. A bucket is a repository of its own type without git.

Buckets are the client's newest storage (``hf cp``, ``hf://buckets/…``). Bytes come by Xet alone and are the same blobs
as those of every other repository, under the same rule: a bucket may hold what it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograde.hub.core import Hub
from autograde.hub.repos.repositories import Repository, release
from autograde.hub.storage.database import Row

#: Files and folders of one page of a list.
PAGE = 1000


@dataclass(frozen=True)
class BucketFile:
    """A file: ``size`` in bytes, ``changed_at`` (the sender's clock) and ``uploaded_at`` (ours) in milliseconds."""

    path: str
    oid: str
    size: int
    xet_hash: str
    changed_at: int
    uploaded_at: int


@dataclass(frozen=True)
class BucketFolder:
    """What several paths begin with, up to a slash, which is left out; ``uploaded_at`` is its first file's."""

    path: str
    uploaded_at: int


def _of(row: Row) -> BucketFile:
    return BucketFile(
        row["path"], row["oid"], row["size"], row["xet_hash"], row["changed_at"], row["uploaded_at"]
    )  # fmt: skip


def put(hub: Hub, bucket: Repository, file: BucketFile) -> None:
    """Put a file where its path says, over what was there. The bucket holds its blob already."""
    hub.database.execute(
        "INSERT INTO bucket_files (repository_id, path, oid, size, xet_hash, changed_at, uploaded_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository_id, path) DO UPDATE SET oid = excluded.oid,"
        " size = excluded.size, xet_hash = excluded.xet_hash, changed_at = excluded.changed_at,"
        " uploaded_at = excluded.uploaded_at",
        (bucket.id, file.path, file.oid, file.size, file.xet_hash, file.changed_at, file.uploaded_at),
    )


def remove(hub: Hub, bucket: Repository, path: str) -> bool:
    """Take a file away, and its bytes where no other path has them; whether there was one."""
    file = find(hub, bucket, path)
    if file is None:
        return False
    hub.database.execute("DELETE FROM bucket_files WHERE repository_id = ? AND path = ?", (bucket.id, path))
    sql = "SELECT 1 FROM bucket_files WHERE repository_id = ? AND oid = ?"
    if hub.database.one(sql, (bucket.id, file.oid)) is None:
        hub.database.execute("DELETE FROM bindings WHERE repository_id = ? AND oid = ?", (bucket.id, file.oid))
        release(hub, [file.oid])
    return True


def find(hub: Hub, bucket: Repository, path: str) -> BucketFile | None:
    """The file at a path."""
    row = hub.database.one("SELECT * FROM bucket_files WHERE repository_id = ? AND path = ?", (bucket.id, path))
    return _of(row) if row else None


def totals(hub: Hub, bucket: Repository) -> tuple[int, int]:
    """How many files a bucket has, and their bytes."""
    row = hub.database.one(
        "SELECT count(*) AS files, coalesce(sum(size), 0) AS size FROM bucket_files WHERE repository_id = ?",
        (bucket.id,),
    )
    assert row
    return int(row["files"]), int(row["size"])


def files(hub: Hub, bucket: Repository, prefix: str = "", after: str = "", *, start: str = "") -> Iterator[BucketFile]:
    """Files whose path begins with ``prefix`` and comes after ``after``, from ``start`` on, in the order of paths."""
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
    """The files right below a prefix, and each folder there once; those after ``after``, a folder's with its slash."""
    inside = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    beside = len(prefix.rpartition("/")[0]) + 1 if "/" in prefix else 0
    # Past all of a folder: "0" is the character right after "/".
    beyond = after[:-1] + "0" if after.endswith("/") else ""
    folder = None
    for file in files(hub, bucket, prefix, "" if beyond else after, start=beyond):
        # A folder's own name shows what is in it; a part of a name shows what begins so.
        depth = len(inside) if file.path.startswith(inside) else beside
        name, slash, __ = file.path[depth:].partition("/")
        if not slash:
            yield file
        elif file.path[:depth] + name != folder:
            folder = file.path[:depth] + name
            yield BucketFolder(folder, file.uploaded_at)
