"""The database: migrations, threads, and transactions that commit completely or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.hub.storage import database as module
from autograde.hub.storage.database import Database
from autograde.hub.storage.migrations import MIGRATIONS

ADA = (
    "INSERT INTO users (id, name, name_key, kind, fullname, created_at)"
    " VALUES ('1', 'ada', 'ada', 'user', 'Ada Lovelace', 0)"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "hub.db", durable=True)
    opened.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
    yield opened
    opened.close()


def value(database: Database, statement: str) -> Any:
    """Return the first column of the only row."""
    (row,) = database.all(statement)
    return row[0]


def count(database: Database) -> int:
    return int(value(database, "SELECT count(*) FROM notes"))


def test_new_file_has_newest_schema_and_reopening_does_not_change_it(tmp_path: Path) -> None:
    for __ in range(2):
        opened = Database(tmp_path / "x.db", durable=False)
        assert value(opened, "PRAGMA user_version") == len(MIGRATIONS)
        assert value(opened, "PRAGMA journal_mode") == "wal"
        assert opened.all("SELECT * FROM users") == []
        opened.close()


def test_temporary_hub_has_the_same_tables_as_a_durable_one(tmp_path: Path) -> None:
    """Its tables are copied from a database that this process created earlier."""
    schemas: list[list[tuple[object, ...]]] = []
    for durable in (True, False, False):
        opened = Database(tmp_path / f"{len(schemas)}.db", durable=durable)
        schemas.append([tuple(row) for row in opened.all("SELECT type, name, sql FROM sqlite_master ORDER BY name")])
        opened.execute(ADA)
        opened.close()
    assert schemas[0] == schemas[1] == schemas[2]


def test_older_file_is_migrated_and_keeps_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Database(tmp_path / "x.db", durable=False)
    opened.execute(ADA)
    opened.close()
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE users ADD COLUMN motto TEXT DEFAULT 'none'"))
    opened = Database(tmp_path / "x.db", durable=False)
    assert value(opened, "SELECT motto FROM users") == "none"
    assert value(opened, "PRAGMA user_version") == len(MIGRATIONS) + 1
    opened.close()


def test_failed_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database(tmp_path / "x.db", durable=False).close()
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (x); CREATE TABLE broken ("))
    with pytest.raises(sqlite3.OperationalError):
        Database(tmp_path / "x.db", durable=False)
    monkeypatch.undo()
    opened = Database(tmp_path / "x.db", durable=False)
    assert value(opened, "PRAGMA user_version") == len(MIGRATIONS)
    assert opened.one("SELECT name FROM sqlite_master WHERE name = 'extra'") is None
    opened.close()


def test_note_is_a_transaction_that_does_not_wait_for_the_disk(database: Database) -> None:
    with database.relaxed_transaction():
        database.execute("INSERT INTO notes (text) VALUES ('a')")
        assert value(database, "PRAGMA synchronous") == 1  # NORMAL
    with pytest.raises(sqlite3.IntegrityError), database.relaxed_transaction():
        database.execute("INSERT INTO notes (text) VALUES ('a')")
    with database.transaction(), database.relaxed_transaction():
        database.execute("INSERT INTO notes (text) VALUES ('b')")
        assert value(database, "PRAGMA synchronous") == 2  # FULL
    assert value(database, "PRAGMA synchronous") == 2
    assert count(database) == 2


def test_forget_pages_within_a_transaction_loses_no_row(database: Database) -> None:
    with database.transaction():
        for number in range(2000):
            database.execute("INSERT INTO notes (text) VALUES (?)", (f"{number:0500}",))
        database.forget_pages()
        assert count(database) == 2000
    database.forget_pages()
    assert count(database) == 2000


def test_failed_transaction_is_rolled_back_completely(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), database.transaction():  # noqa: PT012 - leaving the block is the act
        database.execute("INSERT INTO notes (text) VALUES ('a')")
        database.execute("INSERT INTO notes (text) VALUES ('a')")
    assert count(database) == 0
    with database.transaction():
        database.execute("INSERT INTO notes (text) VALUES ('a')")
    assert count(database) == 1


def test_error_in_outer_transaction_rolls_back_inner_one(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), database.transaction():  # noqa: PT012 - leaving the block is the act
        with database.transaction():
            database.execute("INSERT INTO notes (text) VALUES ('inner')")
        database.execute("INSERT INTO notes (text) VALUES ('inner')")
    assert count(database) == 0
    with database.transaction(), database.transaction():
        database.execute("INSERT INTO notes (text) VALUES ('inner')")
    assert count(database) == 1


def test_transaction_continues_after_duplicate_key_error(database: Database) -> None:
    with database.transaction():
        database.execute("INSERT INTO notes (text) VALUES ('a')")
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("INSERT INTO notes (text) VALUES ('a')")
        database.execute("INSERT INTO notes (text) VALUES ('b')")
    assert count(database) == 2


def test_concurrent_transactions_are_isolated_and_none_is_lost(database: Database) -> None:
    """Each thread adds two rows in one transaction; every reader must see an even number."""
    odd = []

    def write(number: int) -> None:
        for step in range(20):
            with database.transaction():
                database.execute("INSERT INTO notes (text) VALUES (?)", (f"{number}-{step}-a",))
                database.execute("INSERT INTO notes (text) VALUES (?)", (f"{number}-{step}-b",))
            if count(database) % 2:
                odd.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not odd
    assert count(database) == 8 * 20 * 2


def test_two_connections_can_use_the_same_file(database: Database, tmp_path: Path) -> None:
    """Two connections behave like two processes for SQLite."""
    other = Database(tmp_path / "hub.db", durable=True)
    with database.transaction():
        database.execute("INSERT INTO notes (text) VALUES ('mine')")
        assert value(other, "SELECT count(*) FROM notes") == 0
    assert value(other, "SELECT count(*) FROM notes") == 1
    other.close()


def test_deleting_a_user_deletes_their_rows(database: Database) -> None:
    database.execute(ADA)
    database.execute("INSERT INTO sessions (digest, user_id, created_at, expires_at) VALUES ('d', '1', 0, 0)")
    database.execute("DELETE FROM users WHERE id = '1'")
    assert database.all("SELECT * FROM sessions") == []


def test_migration_turns_teachers_into_administrators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to its sixth schema, the Hub had a column and an event for classes."""
    monkeypatch.setattr(module, "MIGRATIONS", MIGRATIONS[:6])
    old = Database(tmp_path / "x.db", durable=False)
    old.execute(ADA)
    old.execute("UPDATE users SET teacher = 1")
    old.execute("INSERT INTO events (at, request_id, kind) VALUES (1, '', 'classroom.sign_up')")
    old.close()
    monkeypatch.undo()
    opened = Database(tmp_path / "x.db", durable=False)
    assert value(opened, "SELECT administrator FROM users") == 1
    assert value(opened, "SELECT kind FROM events") == "sign_up.switched"
    opened.close()
