"""How much one person or organisation may keep here, counted in bytes of large files over all their repositories.

Checked before an upload is offered, and again when its bytes have arrived: sizes that clients announce are not
believed, and two uploads may have been offered the same room.
"""

from __future__ import annotations

from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.repositories import Repository


def used(hub: Hub, owner_id: str) -> int:
    """Bytes of large files that a namespace holds, or has offered to others in pull requests that are not merged. A
    file in two of its repositories counts twice."""
    row = hub.database.one(
        "SELECT coalesce(sum(size), 0) AS used FROM bindings JOIN repositories ON repositories.id = repository_id"
        " WHERE owner_id = ?",
        (owner_id,),
    )
    offered = hub.database.one("SELECT coalesce(sum(size), 0) AS used FROM offers WHERE user_id = ?", (owner_id,))
    assert row
    assert offered
    return int(row["used"]) + int(offered["used"])


def require_room(hub: Hub, repository: Repository, size: int, payer: User | None = None) -> None:
    """Room for ``size`` more bytes in a repository's namespace, or for what ``payer`` offers to other repositories.

    Raises:
        Refusal: 413, there is not; says how much is used and how much is allowed.
    """
    limit = hub.config.limits.owner_storage
    already = used(hub, payer.id if payer else repository.owner_id)
    if already + size > limit:
        raise Refusal(
            413,
            f"{payer.name if payer else repository.owner} uses {already:,} of {limit:,} bytes on this Hub, and"
            f" {size:,} more do not fit. Delete a repository or large files, or ask whoever runs the Hub for more.",
        )
