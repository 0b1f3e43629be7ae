"""The Hub's diary: what each request did, for a lesson that asks, a grader that judges, a teacher who looks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.people.accounts import token_by_id, user_by_id
from autograde.hub.repos.repositories import repository_by_id
from autograde.hub.storage.database import Database, Row
from autograde.hub.untrusted import storable


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
        token: what the token is called with which it was done, never the token itself; None: without one, or with one
            that was revoked before a large file had come or gone.
        token_role: that token's role: ``read``, ``write`` or ``fineGrained``; None as for ``token``.
    """

    at: int
    request_id: str
    kind: str
    user: str | None
    repository: str | None
    detail: dict[str, Any]
    token: str | None = None
    token_role: str | None = None


def record_transfer(hub: Hub, kind: str, *, request_id: str, claims: Mapping[str, Any], oid: str, size: int) -> None:
    """Write down a large file that came or went by a signed address, which carries no login.

    Args:
        hub: the Hub.
        kind: what happened, for example ``lfs.uploaded``.
        request_id: by which request.
        claims: what was signed: ``repository``, ``user`` and ``token``, all ids; there may be no user and no token.
        oid: the file's SHA-256.
        size: its bytes.
    """
    repository = repository_by_id(hub, claims["repository"])
    user = user_by_id(hub, claims["user"]) if claims.get("user") else None
    token = token_by_id(hub, claims["token"]) if claims.get("token") else None
    hub.record(
        kind, request_id=request_id, user_id=user.id if user else None, user_name=user.name if user else None,
        repository_id=claims["repository"], repository_name=repository.full_name if repository else None,
        token_name=token.name if token else None, token_role=token.role if token else None,
        detail={"oid": oid, "files": 1, "size": size},
    )  # fmt: skip


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
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    # Rows of older versions may hold a file's name that is not Unicode: no page and no export ends at it.
    detail = storable(json.loads(row["detail"]))
    return Entry(
        row["at"], row["request_id"], row["kind"], row["user_name"], row["repository_name"], detail,
        row["token_name"], row["token_role"],
    )  # fmt: skip


def newest(hub: Hub, number: int) -> list[Entry]:
    """The last entries that are not a teacher's own, newest first."""
    rows = hub.database.all(
        "SELECT * FROM events WHERE user_id IS NULL OR user_id NOT IN (SELECT id FROM users WHERE teacher = 1)"
        " ORDER BY id DESC LIMIT ?",
        (number,),
    )
    return [_entry(row) for row in rows]


def about_person(
    hub: Hub, user_id: str, *, before: int | None = None, limit: int = 200
) -> tuple[list[Entry], int | None]:
    """What a person did, and what somebody without a login did with this person's repositories; newest first.

    Args:
        hub: the Hub.
        user_id: whose.
        before: where an earlier call ended; None: begin with the newest.
        limit: the most entries.

    Returns:
        The entries, and what to give as ``before`` to go on; None at the end.
    """
    # Two queries, each along its index: one with OR would read the whole diary.
    columns = "SELECT * FROM events WHERE {} AND id < ? ORDER BY id DESC LIMIT ?"
    end = before if before is not None else 1 << 62
    own = hub.database.all(columns.format("user_id = ?"), (user_id, end, limit + 1))
    mine = "repository_id IN (SELECT id FROM repositories WHERE owner_id = ?) AND user_id IS NULL"
    unnamed = hub.database.all(columns.format(mine), (user_id, end, limit + 1))
    rows = sorted([*own, *unnamed], key=lambda row: -row["id"])
    more = rows[limit - 1]["id"] if len(rows) > limit else None
    return [_entry(row) for row in rows[:limit]], more


def between(database: Database, since: int = 0, until: int = 1 << 62, *, batch: int = 1000) -> Iterator[Entry]:
    """The whole diary in a Hub's database, from ``since`` until before ``until`` (milliseconds since 1970), oldest
    first, read as it is asked for."""
    last = 0
    while True:
        rows = database.all(
            "SELECT * FROM events WHERE id > ? AND at >= ? AND at < ? ORDER BY id LIMIT ?", (last, since, until, batch)
        )
        yield from map(_entry, rows)
        if len(rows) < batch:
            return
        last = rows[-1]["id"]
