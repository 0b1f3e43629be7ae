"""Copy the rows of an untrusted database, without running anything that it contains."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograde.hub.storage.migrations import MIGRATIONS


class ForeignDatabase(Exception):
    """Raised when a file is not a Hub's database or cannot be imported; the message says why."""


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows if not name.startswith("sqlite_")}


def import_rows(
    source: Path, target: Path, *, skipped: Sequence[str], check: Callable[[str, str, str, Any], None]
) -> None:
    """Copy the rows of an untrusted database into a new one with the Hub's schema, without running anything in it.

    Args:
        source: the untrusted file.
        target: the new file.
        skipped: tables whose rows are not copied.
        check: called with the table, the column, its type and each value; raises when a value is not allowed.

    Raises:
        ForeignDatabase: the tables, views and triggers are not exactly those of a Hub.
        DatabaseError: the file is not a database, or its rows violate a constraint.
    """
    address = f"file:{quote(str(source.absolute()))}?mode=ro&immutable=1"
    with (
        closing(sqlite3.connect(address, uri=True)) as theirs,
        closing(sqlite3.connect(target, isolation_level=None)) as ours,
    ):
        theirs.execute("PRAGMA trusted_schema = OFF")
        theirs.execute("PRAGMA cell_size_check = ON")
        (version,) = theirs.execute("PRAGMA user_version").fetchone()
        if not 0 < version <= len(MIGRATIONS):
            raise ForeignDatabase("its database was not made by this or an earlier version of the kit")
        for number, script in enumerate(MIGRATIONS[:version], 1):
            ours.executescript(f"BEGIN;{script};PRAGMA user_version = {number};COMMIT;")
        if _schema(theirs) != _schema(ours):
            raise ForeignDatabase("the tables, views or triggers of its database are not those of a Hub")
        tables = ours.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        ours.execute("BEGIN")
        for (table,) in tables.fetchall():
            if table not in skipped:
                _copy_rows(theirs, ours, table, check)
        if ours.execute("PRAGMA foreign_key_check").fetchone():
            raise ForeignDatabase("its database has rows that refer to missing rows")
        ours.execute("COMMIT")


def _copy_rows(
    theirs: sqlite3.Connection, ours: sqlite3.Connection, table: str, check: Callable[[str, str, str, Any], None]
) -> None:
    columns = [(name, kind) for __, name, kind, *__ in ours.execute(f"PRAGMA table_info({table})")]
    names = ", ".join(name for name, __ in columns)
    # Safe to format into SQL: the names come from the Hub's own migrations.
    insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    for row in theirs.execute(f"SELECT {names} FROM {table}"):  # noqa: S608
        for (name, kind), value in zip(columns, row, strict=True):
            check(table, name, kind, value)
        ours.execute(insert, row)
