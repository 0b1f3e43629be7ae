"""How much one person or organisation may keep here, counted in bytes of large files over all their repositories.

Checked before an upload is offered, and again when its bytes have arrived: sizes that clients announce are not
believed, and two uploads may have been offered the same room.
"""

from __future__ import annotations

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos.repositories import Repository


def used(hub: Hub, owner_id: str) -> int:
    """Bytes of large files that a namespace holds. A file in two of its repositories counts twice."""
    row = hub.database.one(
        "SELECT coalesce(sum(size), 0) AS used FROM bindings JOIN repositories ON repositories.id = repository_id"
        " WHERE owner_id = ?",
        (owner_id,),
    )
    assert row
    return int(row["used"])


def require_room(hub: Hub, repository: Repository, size: int) -> None:
    """Room for ``size`` more bytes in a repository's namespace.

    Raises:
        Refusal: 413, there is not; says how much is used and how much is allowed.
    """
    limit = hub.config.limits.owner_storage
    already = used(hub, repository.owner_id)
    if already + size > limit:
        raise Refusal(
            413,
            f"{repository.owner} uses {already:,} of {limit:,} bytes on this Hub, and {size:,} more do not fit."
            " Delete a repository or large files, or ask whoever runs the Hub for more.",
        )
