"""The Hub's events: what each request did, and who sent it. :func:`record` is the only way to write them.

Programs that use a Hub read them with :meth:`autograde.hub.LocalHub.events`, extensions with the functions here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.people.access_tokens import Token, token_by_id
from autograde.hub.people.accounts import User, user_by_id
from autograde.hub.repos.repositories import repository_by_id
from autograde.hub.storage.database import Database, Row
from autograde.hub.untrusted import clean_text, storable


@dataclass(frozen=True)
class Event:
    """One event.

    Attributes:
        at: milliseconds since 1970.
        request_id: the id that the request's response carried in ``X-Request-Id``.
        kind: what happened, for example ``commit.created``, ``git.pushed``, ``lfs.uploaded``, ``file.downloaded``.
        user: the person who did it, or None without a log-in.
        repository: the repository's name at that time, or None.
        detail: more facts, depending on ``kind``: the commit, the branch, the path, the size.
        token: the name of the access token that was used, never the token itself; None if there was none, or if it was
            revoked before a large file was transferred completely.
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


@dataclass(frozen=True)
class Sender:
    """Who sent a request, as its events remember it; all None for a request without a log-in.

    Attributes:
        request_id: the id that the response carries in ``X-Request-Id``; empty outside a request.
        user_id, user_name: the user.
        token_name, token_role: the access token that was used, without its secret.
    """

    request_id: str = ""
    user_id: str | None = None
    user_name: str | None = None
    token_name: str | None = None
    token_role: str | None = None

    @staticmethod
    def of(user: User | None, token: Token | None = None, *, request_id: str = "") -> Sender:
        """Return the sender of a request with this user and token."""
        return Sender(
            request_id,
            user.id if user else None,
            user.name if user else None,
            token.name if token else None,
            token.role if token else None,
        )


def record(
    hub: Hub,
    kind: str,
    sender: Sender | None = None,
    *,
    repository_id: str | None = None,
    repository_name: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record an event.

    ``files``, ``size`` (bytes) and ``weights`` (whether the files include model weights) of ``detail`` are also added
    up by user and repository; see :func:`totals`. Thousands of transfers by one visitor in an hour share rows: then
    ``files`` and ``size`` are sums, and ``times`` is the number of events.

    Args:
        hub: the Hub.
        kind: what happened, as in :class:`Event`. An extension's kinds start with its name.
        sender: who did it; None: the Hub itself.
        repository_id, repository_name: the repository, if the event is about one.
        detail: more facts, as JSON values.
    """
    now, detail, sender = hub.now(), detail or {}, sender or Sender()
    with hub.database.transaction():
        visitor, repository = sender.user_id or "", repository_id or ""
        key = (visitor, kind, sender.token_name, sender.token_role)
        shared = hub.rates.count(visitor, kind, repository, now)
        if not (shared and _add_to_row(hub, hub.rates.row(repository, key), visitor, kind, repository, detail)):
            hub.database.execute(
                "INSERT INTO events (at, request_id, kind, user_id, user_name, repository_id, repository_name,"
                " token_name, token_role, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    now, clean_text(sender.request_id), kind, sender.user_id, sender.user_name, repository_id,
                    repository_name, sender.token_name, sender.token_role,
                    json.dumps(storable(detail), allow_nan=False),
                ),
            )  # fmt: skip
            if shared:
                hub.rates.keep(repository, key, last_id(hub))
        hub.database.execute(
            "INSERT INTO activity (user_id, repository_id, kind, repository_name, times, files, size, weights_at,"
            " first_at, last_at) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id, repository_id, kind) DO UPDATE SET"
            " repository_name = excluded.repository_name, times = activity.times + 1,"
            " files = activity.files + excluded.files, size = activity.size + excluded.size,"
            " weights_at = coalesce(activity.weights_at, excluded.weights_at), last_at = excluded.last_at",
            (
                visitor, repository, kind, repository_name or "", detail.get("files", 0),
                detail.get("size", 0), now if detail.get("weights") else None, now, now,
            ),
        )  # fmt: skip


def _add_to_row(hub: Hub, row_id: int, visitor: str, kind: str, repository: str, detail: Mapping[str, Any]) -> bool:
    """Add an event to an earlier row; return False if that row does not exist."""
    # After a rollback, another event may have this row's id.
    row = hub.database.one(
        "SELECT detail FROM events WHERE id = ? AND kind = ? AND coalesce(user_id, '') = ?"
        " AND coalesce(repository_id, '') = ?",
        (row_id, kind, visitor, repository),
    )
    if row is None:
        return False
    total = json.loads(row["detail"])
    total |= {key: total.get(key, 0) + detail[key] for key in ("files", "size") if key in detail}
    total["times"] = total.get("times", 1) + 1
    hub.database.execute("UPDATE events SET detail = ? WHERE id = ?", (json.dumps(total), row_id))
    return True


def record_transfer(hub: Hub, kind: str, *, request_id: str, claims: Mapping[str, Any], oid: str, size: int) -> None:
    """Record the upload or download of a large file through a signed URL, which carries no log-in.

    Args:
        hub: the Hub.
        kind: what happened, for example ``lfs.uploaded``.
        request_id: the id of the request.
        claims: the signed claims: ids of ``repository``, ``user`` and ``token``; the last two are optional.
        oid: the file's SHA-256.
        size: its size in bytes.
    """
    repository = repository_by_id(hub, claims["repository"])
    user = user_by_id(hub, claims["user"]) if claims.get("user") else None
    token = token_by_id(hub, claims["token"]) if claims.get("token") else None
    record(
        hub,
        kind,
        Sender.of(user, token, request_id=request_id),
        repository_id=claims["repository"],
        repository_name=repository.full_name if repository else None,
        detail={"oid": oid, "files": 1, "size": size},
    )


def find(
    hub: Hub,
    *,
    kind: str = "",
    user: str = "",
    repository: str = "",
    request_id: str = "",
    after: int = 0,
    limit: int = 10_000,
) -> list[Event]:
    """Return at most ``limit`` events, oldest first; each argument filters them.

    Args:
        hub: the Hub.
        kind: the exact kind, or a prefix that ends with a dot (``git.``).
        user: the person who did it.
        repository: ``owner/name``.
        request_id: the id of a request.
        after: only events after this time, in milliseconds since 1970.
        limit: the largest number of events.
    """
    prefix = kind.replace("%", "") + "%" if kind.endswith(".") else ""
    rows = hub.database.all(
        "SELECT * FROM events WHERE (? = '' OR kind = ? OR (? <> '' AND kind LIKE ?)) AND (? = '' OR user_name = ?)"
        " AND (? = '' OR repository_name = ?) AND (? = '' OR request_id = ?) AND at > ? ORDER BY id LIMIT ?",
        (kind, kind, prefix, prefix, user, user, repository, repository, request_id, request_id, after, limit),
    )
    return [_event(row) for row in rows]


def _event(row: Row) -> Event:
    # Rows of older versions may contain file names that are not Unicode; they must not break a page or an export.
    detail = storable(json.loads(row["detail"]))
    return Event(
        row["at"], row["request_id"], row["kind"], row["user_name"], row["repository_name"], detail,
        row["token_name"], row["token_role"],
    )  # fmt: skip


def newest(hub: Hub, number: int) -> list[Event]:
    """Return the latest events, newest first, without those of administrators."""
    rows = hub.database.all(
        "SELECT * FROM events WHERE user_id IS NULL OR user_id NOT IN (SELECT id FROM users WHERE administrator = 1)"
        " ORDER BY id DESC LIMIT ?",
        (number,),
    )
    return [_event(row) for row in rows]


def about_person(
    hub: Hub, user_id: str, *, before: int | None = None, limit: int = 200
) -> tuple[list[Event], int | None]:
    """Return what a person did, and what anonymous users did in this person's repositories, newest first.

    Args:
        hub: the Hub.
        user_id: the person's id.
        before: the position where the previous call ended; None: start with the newest.
        limit: the largest number of events.

    Returns:
        The events, and the value of ``before`` for the next call; None at the end.
    """
    # Two queries, each with its own index: a single query with OR would read the whole table.
    columns = "SELECT * FROM events WHERE {} AND id < ? ORDER BY id DESC LIMIT ?"
    end = before if before is not None else 1 << 62
    own = hub.database.all(columns.format("user_id = ?"), (user_id, end, limit + 1))
    mine = "repository_id IN (SELECT id FROM repositories WHERE owner_id = ?) AND user_id IS NULL"
    unnamed = hub.database.all(columns.format(mine), (user_id, end, limit + 1))
    rows = sorted([*own, *unnamed], key=lambda row: -row["id"])
    more = rows[limit - 1]["id"] if len(rows) > limit else None
    return [_event(row) for row in rows[:limit]], more


def last_id(hub: Hub) -> int:
    """Return the id of the latest event, which grows with every event; 0 without events."""
    row = hub.database.one("SELECT max(id) AS last FROM events")
    return int(row["last"] or 0) if row else 0


@dataclass(frozen=True, slots=True)
class Total:
    """All events of one kind by one user on one repository, added up. Times are in milliseconds since 1970.

    Attributes:
        kind: as in :class:`Event`.
        user_id: who did it; empty without a log-in.
        owner_id: the repository's owner; None if there is no repository, or it was deleted.
        repository: the repository's current name, or its last one if it was deleted; empty if there is none.
        times: number of events.
        size: their total size in bytes.
        weights_at: when the files first included model weights, or None.
        first_at, last_at: time of the first and the last event.
    """

    kind: str
    user_id: str
    owner_id: str | None
    repository: str
    times: int
    size: int
    weights_at: int | None
    first_at: int
    last_at: int


def totals(hub: Hub, user_id: str = "") -> Iterator[Total]:
    """Yield the totals of all events, in any order; with ``user_id``, only those by this user or on this user's
    repositories."""
    rows = hub.database.all(
        "SELECT activity.*, owner_id, users.name || '/' || repositories.name AS current_name FROM activity"
        " LEFT JOIN repositories ON repositories.id = repository_id LEFT JOIN users ON users.id = owner_id"
        " WHERE ? = '' OR user_id = ? OR owner_id = ?",
        (user_id, user_id, user_id),
    )
    for row in rows:
        yield Total(
            row["kind"], row["user_id"], row["owner_id"], row["current_name"] or row["repository_name"], row["times"],
            row["size"], row["weights_at"], row["first_at"], row["last_at"],
        )  # fmt: skip


def events_between(database: Database, since: int = 0, until: int = 1 << 62, *, batch: int = 1000) -> Iterator[Event]:
    """Yield all events in a Hub's database from ``since`` to before ``until`` (milliseconds since 1970), oldest first,
    reading ``batch`` rows at a time."""
    last = 0
    while True:
        rows = database.all(
            "SELECT * FROM events WHERE id > ? AND at >= ? AND at < ? ORDER BY id LIMIT ?", (last, since, until, batch)
        )
        yield from map(_event, rows)
        if len(rows) < batch:
            return
        last = rows[-1]["id"]


def stored_events(data: Path, since: int = 0, until: int = 1 << 62) -> Iterator[Event]:
    """Yield the events in a Hub's data folder as :func:`events_between` does, whether that Hub is running or not.

    Raises:
        FileNotFoundError: there is no Hub in the folder.
    """
    path = data / "hub.db"
    if not path.is_file():
        raise FileNotFoundError(path)
    database = Database(path, durable=True)
    try:
        yield from events_between(database, since, until)
    finally:
        database.close()
