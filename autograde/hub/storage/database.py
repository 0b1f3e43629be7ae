"""The Hub's database: queries, transactions and numbered migrations.

SQLite in WAL mode is fast enough for hundreds of people (2,684 durable transactions a second). Only this module depends
on SQLite: the Hub's SQL also works in PostgreSQL (text ids, times as integers in milliseconds since 1970,
``INSERT … ON CONFLICT``), and a test checks it with PostgreSQL's own parser.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograde.files import private_file

Row = sqlite3.Row

#: Raised when a unique name or key already exists.
Taken = sqlite3.IntegrityError

#: Raised when the database fails, for example on a full disk or a damaged file. Includes :data:`Taken`.
DatabaseError = sqlite3.DatabaseError

#: One entry for each schema version. Never edit a released entry; add a new one.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE users (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        fullname TEXT NOT NULL, email TEXT, email_key TEXT UNIQUE, password TEXT, teacher INTEGER NOT NULL DEFAULT 0,
        settings TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL);
    CREATE TABLE memberships (
        organization_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        role TEXT NOT NULL, PRIMARY KEY (organization_id, user_id));
    CREATE TABLE tokens (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL,
        role TEXT NOT NULL, scopes TEXT NOT NULL DEFAULT '{}', digest TEXT NOT NULL UNIQUE, tail TEXT NOT NULL,
        created_at INTEGER NOT NULL, last_used_at INTEGER, expires_at INTEGER);
    CREATE TABLE sessions (
        digest TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
    CREATE TABLE device_codes (
        digest TEXT PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
        status TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
    CREATE TABLE repositories (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL,
        private INTEGER NOT NULL, gated TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '{}',
        downloads INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
    CREATE INDEX repositories_by_change ON repositories (type, updated_at);
    -- Every name of a repository: the current one (current = 1) and earlier ones.
    CREATE TABLE repository_names (
        type TEXT NOT NULL, name_key TEXT NOT NULL,
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        current INTEGER NOT NULL, PRIMARY KEY (type, name_key));
    CREATE INDEX repository_names_by_repository ON repository_names (repository_id);
    -- A user may read a blob through a repository that has it here. That the blob exists gives no right to read it.
    CREATE TABLE bindings (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, oid TEXT NOT NULL,
        size INTEGER NOT NULL, xet_hash TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (repository_id, oid));
    CREATE INDEX bindings_by_oid ON bindings (oid);
    -- A xorb belongs to the user who uploaded it. `hash` is the client's name for it, `oid` the SHA-256 of its bytes.
    CREATE TABLE xorbs (
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, hash TEXT NOT NULL, oid TEXT NOT NULL,
        created_at INTEGER NOT NULL, PRIMARY KEY (user_id, hash));
    -- Wrong passwords of the last minutes, to slow down guessing.
    CREATE TABLE login_failures (name_key TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE INDEX login_failures_by_name ON login_failures (name_key, at);
    CREATE TABLE likes (
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, PRIMARY KEY (user_id, repository_id));
    CREATE TABLE access_requests (
        id TEXT PRIMARY KEY, repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, status TEXT NOT NULL, granted INTEGER NOT NULL,
        fields TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL, UNIQUE (repository_id, user_id));
    CREATE TABLE discussions (
        id TEXT PRIMARY KEY, repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        number INTEGER NOT NULL, title TEXT NOT NULL, pull_request INTEGER NOT NULL, status TEXT NOT NULL,
        author_id TEXT NOT NULL REFERENCES users(id), merge_commit TEXT, created_at INTEGER NOT NULL,
        UNIQUE (repository_id, number));
    CREATE TABLE discussion_events (
        id TEXT PRIMARY KEY, discussion_id TEXT NOT NULL REFERENCES discussions(id) ON DELETE CASCADE,
        position INTEGER NOT NULL, type TEXT NOT NULL, author_id TEXT NOT NULL REFERENCES users(id),
        data TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (discussion_id, position));
    CREATE TABLE collections (
        id TEXT PRIMARY KEY, owner_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, title TEXT NOT NULL,
        description TEXT, private INTEGER NOT NULL, theme TEXT NOT NULL, position INTEGER NOT NULL,
        updated_at INTEGER NOT NULL);
    CREATE TABLE collection_items (
        id TEXT PRIMARY KEY, collection_id TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
        type TEXT NOT NULL, item_id TEXT NOT NULL, note TEXT, position INTEGER NOT NULL,
        UNIQUE (collection_id, type, item_id));
    CREATE TABLE webhooks (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, url TEXT NOT NULL,
        watched TEXT NOT NULL, domains TEXT NOT NULL, secret TEXT, disabled INTEGER NOT NULL,
        created_at INTEGER NOT NULL);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, request_id TEXT NOT NULL, kind TEXT NOT NULL, user_id TEXT,
        user_name TEXT, repository_id TEXT, repository_name TEXT, detail TEXT NOT NULL DEFAULT '{}');
    CREATE INDEX events_by_request ON events (request_id);
    CREATE INDEX events_by_repository ON events (repository_id);
    """,
    # Totals of the events, so that a page that is open for hours need not count every event.
    # `user_id` and `repository_id` are empty when there is none; `weights_at` is when the files first included weights.
    """
    CREATE TABLE activity (
        user_id TEXT NOT NULL, repository_id TEXT NOT NULL, kind TEXT NOT NULL, repository_name TEXT NOT NULL,
        times INTEGER NOT NULL, files INTEGER NOT NULL, size INTEGER NOT NULL, weights_at INTEGER,
        first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (user_id, repository_id, kind));
    INSERT INTO activity
        SELECT coalesce(user_id, ''), coalesce(repository_id, ''), kind, coalesce(max(repository_name), ''), count(*),
            0, 0, NULL, min(at), max(at)
        FROM events GROUP BY coalesce(user_id, ''), coalesce(repository_id, ''), kind;
    CREATE INDEX events_by_user ON events (user_id, id);
    CREATE TABLE switches (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
    """,
    # Buckets are repositories without Git; this table lists their files.
    """
    CREATE TABLE bucket_files (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, path TEXT NOT NULL,
        oid TEXT NOT NULL, size INTEGER NOT NULL, xet_hash TEXT NOT NULL, changed_at INTEGER NOT NULL,
        uploaded_at INTEGER NOT NULL, PRIMARY KEY (repository_id, path));
    """,
    # Name and role of the access token that was used, never the token itself.
    """
    ALTER TABLE events ADD COLUMN token_name TEXT;
    ALTER TABLE events ADD COLUMN token_role TEXT;
    """,
    # Xet hashes once came from the client. Now only computed ones are kept; otherwise the SHA-256 is used.
    # A xorb is valid in one `scope`: a user or one fine-grained token. `chunks` are the hashes of its chunks, in hex.
    # `offers` are files in pull requests by users without write access; they pay for the files until the merge.
    """
    UPDATE bindings SET xet_hash = NULL;
    UPDATE bucket_files SET xet_hash = oid;
    DROP TABLE xorbs;
    CREATE TABLE xorbs (
        scope TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, hash TEXT NOT NULL,
        oid TEXT NOT NULL, size INTEGER NOT NULL, chunks TEXT NOT NULL, created_at INTEGER NOT NULL,
        PRIMARY KEY (scope, hash));
    CREATE INDEX bindings_by_xet_hash ON bindings (xet_hash);
    CREATE TABLE offers (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, oid TEXT NOT NULL, size INTEGER NOT NULL,
        xet_hash TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (repository_id, user_id, oid));
    CREATE INDEX offers_by_user ON offers (user_id);
    CREATE INDEX offers_by_oid ON offers (oid);
    """,
    # Bytes that each user committed or pushed to a repository; they count against that user's quota.
    """
    CREATE TABLE git_storage (
        repository_id TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, size INTEGER NOT NULL,
        PRIMARY KEY (repository_id, user_id));
    CREATE INDEX git_storage_by_user ON git_storage (user_id);
    """,
    # The Hub no longer contains the application for classes; what that stores is in `extension_data`, as JSON.
    """
    ALTER TABLE users RENAME COLUMN teacher TO administrator;
    UPDATE events SET kind = 'sign_up.switched' WHERE kind = 'classroom.sign_up';
    UPDATE activity SET kind = 'sign_up.switched' WHERE kind = 'classroom.sign_up';
    CREATE TABLE extension_data (
        extension TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL,
        value TEXT NOT NULL, changed_at INTEGER NOT NULL, PRIMARY KEY (extension, user_id, name));
    """,
    # Names that users had before they were renamed, so that their old addresses still work.
    """
    CREATE TABLE former_names (
        name_key TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE);
    """,
)


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
            Taken: a unique name or key already exists.
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
