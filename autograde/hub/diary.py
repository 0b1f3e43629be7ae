"""The Hub's diary: what each request did, for a lesson that asks, a grader that judges, a teacher who looks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from autograde.hub.core import Hub


@dataclass(frozen=True)
class Entry:
    """One line of the diary.

    Attributes:
        at: milliseconds since 1970.
        request_id: the id that the request's response carried in ``X-Request-Id``.
        kind: what happened, for example ``commit.created``, ``git.pushed``, ``lfs.uploaded``, ``file.downloaded``.
        user: who did it, or None.
        repository: the repository's name at that time, or None.
        detail: more, by kind: the commit, the branch, the path, the size.
    """

    at: int
    request_id: str
    kind: str
    user: str | None
    repository: str | None
    detail: dict[str, Any]


def entries(
    hub: Hub,
    *,
    kind: str = "",
    user: str = "",
    repository: str = "",
    request_id: str = "",
    after: int = 0,
    limit: int = 10_000,
) -> list[Entry]:
    """The diary, oldest first, of at most ``limit`` lines; each argument that is given narrows it.

    Args:
        hub: the Hub.
        kind: exactly this, or everything that begins with it when it ends with a dot (``git.``).
        user: whose doing.
        repository: ``owner/name``.
        request_id: what one request did.
        after: only what came later than this, in milliseconds since 1970.
        limit: how many lines at the most.
    """
    prefix = kind.replace("%", "") + "%" if kind.endswith(".") else ""
    rows = hub.database.all(
        "SELECT * FROM events WHERE (? = '' OR kind = ? OR (? <> '' AND kind LIKE ?)) AND (? = '' OR user_name = ?)"
        " AND (? = '' OR repository_name = ?) AND (? = '' OR request_id = ?) AND at > ? ORDER BY id LIMIT ?",
        (kind, kind, prefix, prefix, user, user, repository, repository, request_id, request_id, after, limit),
    )
    return [
        Entry(
            row["at"],
            row["request_id"],
            row["kind"],
            row["user_name"],
            row["repository_name"],
            json.loads(row["detail"]),
        )
        for row in rows
    ]
