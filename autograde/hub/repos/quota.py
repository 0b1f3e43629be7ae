"""How much one person or organisation may keep here, in bytes over all their repositories: large files and git's own.

Checked before an upload is offered, and again when its bytes have arrived: sizes that clients announce are not
believed, and two uploads may have been offered the same room.
"""

from __future__ import annotations

from collections.abc import Callable

from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.repositories import Repository


def used(hub: Hub, owner_id: str) -> int:
    """Bytes of commits and large files that a namespace holds, or has offered to others in pull requests that are not
    merged. A file in two of its repositories counts twice."""
    row = hub.database.one(
        "SELECT coalesce(sum(size), 0) AS used FROM bindings JOIN repositories ON repositories.id = repository_id"
        " WHERE owner_id = ?",
        (owner_id,),
    )
    offered = hub.database.one("SELECT coalesce(sum(size), 0) AS used FROM offers WHERE user_id = ?", (owner_id,))
    git = hub.database.one("SELECT coalesce(sum(size), 0) AS used FROM git_storage WHERE user_id = ?", (owner_id,))
    assert row
    assert offered
    assert git
    return int(row["used"]) + int(offered["used"]) + int(git["used"])


def require_room(hub: Hub, repository: Repository, size: int, payer: User | None = None) -> None:
    """Room for ``size`` more bytes in a repository's namespace, or for what ``payer`` offers to other repositories.

    Raises:
        Refusal: 413, there is not; says how much is used and how much is allowed.
    """
    limit = hub.config.limits.owner_storage
    already = used(hub, payer.id if payer else repository.owner_id)
    if already + size > limit:
        raise _full(payer.name if payer else repository.owner, already, limit, f"{size:,} more")


def _full(name: str, already: int, limit: int, more: str) -> Refusal:
    return Refusal(
        413,
        f"{name} uses {already:,} of {limit:,} bytes on this Hub, and {more} do not fit."
        " Delete a repository or large files, or ask whoever runs the Hub for more.",
    )


def account(hub: Hub, repository: Repository, payer: User | None = None) -> tuple[str, int, Callable[[], Refusal]]:
    """Who pays for what arrives for a repository, the room that they have, and the refusal when more comes: the
    arguments of :meth:`~autograde.hub.storage.arriving.Arriving.taking`."""
    owner, name = (payer.id, payer.name) if payer else (repository.owner_id, repository.owner)
    limit, already = hub.config.limits.owner_storage, used(hub, owner)
    return owner, limit - already, lambda: _full(name, already, limit, "these files")


def xorb_account(hub: Hub, user: User) -> tuple[str, int, Callable[[], Refusal]]:
    """As :func:`account`, for the pieces of Xet uploads: they are nobody's files yet, and have an account of their own
    of the same size."""
    row = hub.database.one("SELECT coalesce(sum(size), 0) AS used FROM xorbs WHERE user_id = ?", (user.id,))
    assert row
    limit, already = hub.config.limits.owner_storage, int(row["used"])
    return f"xorbs of {user.id}", limit - already, lambda: _full(user.name, already, limit, "these pieces of files")


def count_git(hub: Hub, repository: Repository, size: int, payer: User | None = None) -> None:
    """Note that ``size`` bytes were committed or pushed."""
    hub.database.execute(
        "INSERT INTO git_storage (repository_id, user_id, size) VALUES (?, ?, ?)"
        " ON CONFLICT (repository_id, user_id) DO UPDATE SET size = git_storage.size + excluded.size",
        (repository.id, payer.id if payer else repository.owner_id, size),
    )
