"""Storage quota of a user or an organisation over all its repositories: bytes of large files and Git commits, and the
number of large files, because a disk has room for a limited number of files, however small they are.

Checked before an upload starts and again when its bytes have arrived, because clients may announce wrong sizes and
concurrent uploads may each have been promised the same free space.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.repositories import Repository


def used(hub: Hub, owner_id: str) -> int:
    """Return the bytes of a namespace: its commits and large files, and its files in unmerged pull requests to other
    repositories. A file in two of its repositories counts twice."""
    return _usage(hub, owner_id)[0]


def _usage(hub: Hub, owner_id: str) -> tuple[int, int]:
    """Return the bytes of a namespace as :func:`used` does, and the number of large files that they include."""
    row = hub.database.one(
        "SELECT sum(bytes) AS bytes, sum(files) AS files FROM ("
        "SELECT coalesce(sum(size), 0) AS bytes, count(*) AS files"
        " FROM bindings JOIN repositories ON repositories.id = repository_id WHERE owner_id = ?1"
        " UNION ALL SELECT coalesce(sum(size), 0), count(*) FROM offers WHERE user_id = ?1"
        " UNION ALL SELECT coalesce(sum(size), 0), 0 FROM git_storage WHERE user_id = ?1)",
        (owner_id,),
    )
    assert row
    return int(row["bytes"]), int(row["files"])


#: The beginning of queries for the bytes of repositories: their large files, and their commits by the owner.
_SIZES = (
    "SELECT id, coalesce((SELECT sum(size) FROM bindings WHERE repository_id = repositories.id), 0)"
    " + coalesce((SELECT sum(size) FROM git_storage WHERE repository_id = repositories.id AND user_id = owner_id), 0)"
    " AS used FROM repositories"
)


def used_by_repository(hub: Hub, owner_id: str) -> dict[str, int]:
    """Return the bytes of each repository of a namespace, by its id: its large files, and its commits by the owner."""
    rows = hub.database.all(f"{_SIZES} WHERE owner_id = ?", (owner_id,))
    return {row["id"]: int(row["used"]) for row in rows}


def require_room(hub: Hub, repository: Repository, size: int, payer: User | None = None, *, files: int = 0) -> None:
    """Check that ``size`` more bytes in ``files`` large files, and commits, fit in the quota of the repository's
    namespace, or of ``payer`` when given.

    Raises:
        QuotaFull: they don't fit; the message says how much is used and allowed.
    """
    owner, name = (payer.id, payer.name) if payer else (repository.owner_id, repository.owner)
    limits, (already, number) = hub.config.limits, _usage(hub, owner)
    if already + size > limits.owner_storage:
        raise _full(name, already, limits.owner_storage, f"{size:,} more")
    if files and number + files > limits.large_files:
        raise _too_many(name, number, limits.large_files, "large files")


def require_room_for_move(hub: Hub, repository: Repository, owner: User) -> None:
    """Check that a repository fits in the quota of another owner who gets it.

    Raises:
        Refusal: 413, it doesn't fit.
    """
    if owner.id != repository.owner_id:
        row = hub.database.one(f"{_SIZES} WHERE id = ?", (repository.id,))
        files = hub.database.one("SELECT count(*) AS number FROM bindings WHERE repository_id = ?", (repository.id,))
        require_room(hub, repository, row["used"] if row else 0, owner, files=files["number"] if files else 0)


def require_room_for_new_files(
    hub: Hub, repository: Repository, sizes: Collection[int], payer: User | None = None
) -> None:
    """Check, before an upload, that files of these sizes can fit, although their contents are not known yet.

    A file that the repository already has needs no more room. So only sizes that none of its large files has are
    counted, and each once, because two files of the same size may be identical.

    Raises:
        Refusal: 413, they don't fit.
    """
    rows = hub.database.all(
        "SELECT DISTINCT size FROM bindings WHERE repository_id = ?1"
        " UNION SELECT size FROM offers WHERE repository_id = ?1",
        (repository.id,),
    )
    if new := sum({max(size, 0) for size in sizes} - {row["size"] for row in rows}):
        require_room(hub, repository, new, payer)


class QuotaFull(Refusal):
    """Raised when bytes or files do not fit in a quota; 413."""


def _too_many(name: str, number: int, limit: int, things: str) -> QuotaFull:
    return QuotaFull(
        413,
        f"{name} has {number:,} {things} on this Hub, and at most {limit:,} are allowed."
        " Delete some, or put many small files into one, such as a tar or Parquet file.",
    )


def _full(name: str, already: int, limit: int, more: str) -> QuotaFull:
    return QuotaFull(
        413,
        f"{name} uses {already:,} of {limit:,} bytes on this Hub, and {more} do not fit."
        " Delete a repository or large files, or ask the person who runs the Hub for more.",
    )


def free_space(hub: Hub, repository: Repository, payer: User | None = None) -> tuple[str, int, Callable[[], Refusal]]:
    """Return the arguments of :meth:`~autograde.hub.storage.pending_bytes.PendingBytes.counting` for an upload.

    They are the id of the user who pays for it, their free bytes, and a function that makes the error for more bytes.
    """
    owner, name = (payer.id, payer.name) if payer else (repository.owner_id, repository.owner)
    limit, already = hub.config.limits.owner_storage, used(hub, owner)
    return owner, limit - already, lambda: _full(name, already, limit, "these files")


def free_space_for_xorbs(hub: Hub, user: User) -> tuple[str, int, Callable[[], Refusal]]:
    """Return the same as :func:`free_space` for xorbs. They don't belong to a file yet, so their quota is a separate
    one. It is twice as large: hf_xet does not show why a xorb is refused, but a commit's refusal is shown.

    Raises:
        QuotaFull: the user has too many of them.
    """
    sql = "SELECT coalesce(sum(size), 0) AS used, count(*) AS number FROM xorbs WHERE user_id = ?"
    row = hub.database.one(sql, (user.id,))
    assert row
    if row["number"] >= hub.config.limits.large_files:
        raise _too_many(user.name, row["number"], hub.config.limits.large_files, "pieces of files")
    limit, already = 2 * hub.config.limits.owner_storage, int(row["used"])
    return f"xorbs of {user.id}", limit - already, lambda: _full(user.name, already, limit, "these pieces of files")


def count_git(hub: Hub, repository: Repository, size: int, payer: User | None = None) -> None:
    """Count ``size`` committed or pushed bytes."""
    hub.database.execute(
        "INSERT INTO git_storage (repository_id, user_id, size) VALUES (?, ?, ?)"
        " ON CONFLICT (repository_id, user_id) DO UPDATE SET size = git_storage.size + excluded.size",
        (repository.id, payer.id if payer else repository.owner_id, size),
    )
