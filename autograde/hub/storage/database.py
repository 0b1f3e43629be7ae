"""The Hub's database: queries and transactions.

SQLite in WAL mode is fast enough for hundreds of people (2,684 durable transactions a second). Only this module and
:mod:`autograde.hub.storage.foreign_database` depend on SQLite: the Hub's SQL also works in PostgreSQL (text ids, times
as integers in milliseconds since 1970, ``INSERT … ON CONFLICT``), and a test checks it with PostgreSQL's own parser.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from autograde.files import private_file
from autograde.hub.storage.migrations import MIGRATIONS

Row = sqlite3.Row

#: Raised when a unique name or key already exists, or when a row that is referred to does not exist (any more).
Taken = sqlite3.IntegrityError

#: Raised when the database fails, for example on a full disk or a damaged file. Includes :data:`Taken`.
DatabaseError = sqlite3.DatabaseError


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, script in enumerate(migrations[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")


@cache
def _new_database(migrations: tuple[str, ...]) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _migrate(connection, migrations)
        return connection.serialize()


def _copy_new_database(target: sqlite3.Connection) -> None:
    """Create a temporary Hub's tables from a cached copy: running the migrations takes half of its start."""
    with closing(sqlite3.connect(":memory:")) as source:
        source.deserialize(_new_database(MIGRATIONS))
        source.backup(target)


class Database:
    """One SQLite file, shared by this process's threads; other processes may use the file at the same time.

    Args:
        path: the file; created with the newest schema when missing, migrated when older.
        durable: whether a committed transaction survives a power failure.
    """

    def __init__(self, path: Path, *, durable: bool) -> None:
        new = not path.exists()
        # SQLite gives the -wal and -shm files the permissions of the main file.
        for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            if name == path or name.exists():
                private_file(name)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._connection.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        self._depth, self._durable = 0, durable
        try:
            # Set this first, so that creating a temporary Hub does not wait for the disk.
            self._set_synchronous("FULL" if durable else "OFF")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            if new and not durable:
                _copy_new_database(self._connection)
            _migrate(self._connection, MIGRATIONS)
        except sqlite3.Error:
            self._connection.close()
            raise

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        with self._lock:
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
            return row

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement and return the number of rows changed.

        Raises:
            Taken: a unique name or key already exists, or a row that is referred to does not.
        """
        with self._lock:
            return self._connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all statements inside together, or none. Transactions nest: only the outermost commits."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    @contextmanager
    def relaxed_transaction(self) -> Iterator[None]:
        """Commit as :meth:`transaction` does, but without waiting for the disk: for counts and events of downloads.

        The rows survive a crash of the Hub's process, but a power failure may lose the latest of them. The next durable
        transaction flushes them too. Inside another transaction, this is a part of that one.
        """
        with self._lock:
            # SQLite refuses to change this inside a transaction.
            relaxed = self._durable and self._depth == 0
            if relaxed:
                self._set_synchronous("NORMAL")
            try:
                with self.transaction():
                    yield
            finally:
                if relaxed:
                    self._set_synchronous("FULL")

    def _set_synchronous(self, level: str) -> None:
        self._connection.execute(f"PRAGMA synchronous = {level}")

    def forget_pages(self) -> None:
        """Free the memory of cached database pages, up to 2 MiB."""
        with self._lock:
            self._connection.execute("PRAGMA shrink_memory")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other threads from using the database inside the block."""
        with self._lock:
            yield

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the database to a new file."""
        private_file(path)
        with self._lock, closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    def close(self) -> None:
        """Close the database; later calls fail."""
        with self._lock:
            self._connection.close()
