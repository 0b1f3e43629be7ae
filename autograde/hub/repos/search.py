"""Search, filter and sort repositories in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.repos.repositories import SELECT, Repository

#: Sort keys of the API, with their database columns.
ORDERS = {
    "lastModified": "updated_at",
    "createdAt": "repositories.created_at",
    "downloads": "downloads",
    "likes": "likes",
    "trendingScore": "likes",
    "likes30d": "(SELECT count(*) FROM likes WHERE repository_id = repositories.id AND likes.created_at > ?)",
}

#: The time window of ``likes30d``, in milliseconds.
_LIKES_WINDOW = 30 * 86_400_000

_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Search:
    """Filter for a list of repositories.

    Attributes:
        type: model, dataset, space or kernel.
        viewer: ids of the namespaces whose private repositories may be shown.
        author: only this namespace (case-insensitive); empty means all.
        text: only full names that contain this text (case-insensitive).
        gated: True for only gated ones, False for only open ones, None for both.
    """

    type: str
    viewer: tuple[str, ...] = ()
    author: str = ""
    text: str = ""
    gated: bool | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """Return the SQL condition and its parameters."""
        sql = f"type = ? AND (private = 0 OR owner_id IN ({', '.join('?' * len(self.viewer)) or 'NULL'}))"
        parameters: list[Any] = [self.type, *self.viewer]
        if self.author:
            sql += " AND users.name_key = ?"
            parameters.append(self.author.lower())
        if self.text:
            sql += " AND instr(lower(users.name || '/' || repositories.name), ?) > 0"
            parameters.append(self.text.lower())
        if self.gated is not None:
            sql += " AND (gated <> '') = ?"
            parameters.append(int(self.gated))
        return sql, parameters


def search(hub: Hub, wanted: Search, *, order: str = "lastModified", descending: bool = True) -> Iterator[Repository]:
    """Yield the matching repositories in order, reading them from the database in batches.

    Raises:
        KeyError: ``order`` is not in :data:`ORDERS`.
    """
    condition, parameters = wanted.condition()
    direction = "DESC" if descending else "ASC"
    if "?" in ORDERS[order]:
        parameters.append(hub.now() - _LIKES_WINDOW)
    offset = 0
    while True:
        rows = hub.database.all(
            f"{SELECT} WHERE {condition} ORDER BY {ORDERS[order]} {direction}, repositories.id LIMIT ? OFFSET ?",
            [*parameters, _BATCH, offset],
        )
        yield from map(Repository.of, rows)
        if len(rows) < _BATCH:
            return
        offset += _BATCH


def count(hub: Hub, wanted: Search) -> int:
    """Return the number of matching repositories."""
    condition, parameters = wanted.condition()
    row = hub.database.one(
        # Safe to format into SQL: the condition is fixed text, and user input is only in the parameters.
        f"SELECT count(*) AS n FROM repositories JOIN users ON users.id = owner_id WHERE {condition}",  # noqa: S608
        parameters,
    )
    assert row
    return int(row["n"])
