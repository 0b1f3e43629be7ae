"""Importing an untrusted snapshot: nothing in it is executed, and no symlink in it is followed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.errors import FolderUnusable
from autograde.hub import LocalHub
from autograde.hub.snapshot_import import import_snapshot

WEIGHTS = b"weights" * 1000


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a snapshot with two repositories (one of them packed), a large file, a tag, a teacher and a session."""
    folder = tmp_path_factory.mktemp("original")
    with LocalHub() as hub:
        hub.create_user("ada", password="correct horse")
        hub.create_user("tina", password="correct horse", administrator=True)
        hub.create_repository("ada/m", files={"w.bin": WEIGHTS, "README.md": b"---\nlicense: mit\n---\n# M\n"})
        made = hub.create_repository("ada/packed", type="dataset", private=True, files={"a.txt": b"a"})
        core = hub.hub
        core.git.run(made._found().id, "update-ref", "refs/tags/v1", str(made.head()))
        core.git.run(made._found().id, "repack", "-adq")
        core.git.run(made._found().id, "pack-refs", "--all")
        core.database.execute("INSERT INTO sessions SELECT 'digest', id, 0, 1 << 60 FROM users WHERE name = 'ada'")
        return hub.snapshot(folder / "snapshot")


@pytest.fixture
def snapshot(original: Path, tmp_path: Path) -> Path:
    """Copy the snapshot, so that a test can change it."""
    return Path(shutil.copytree(original, tmp_path / "snapshot"))


def repositories(snapshot: Path) -> list[Path]:
    return sorted((snapshot / "repos").glob("*/*.git"))


def test_valid_snapshot_is_imported(snapshot: Path, tmp_path: Path) -> None:
    imported = import_snapshot(snapshot, tmp_path / "data")
    assert (imported.accounts, imported.administrators) == (2, ("tina",))
    with LocalHub(data=tmp_path / "data") as hub:
        assert hub.repository("ada/m").files()["w.bin"] == WEIGHTS
        packed = hub.repository("ada/packed", type="dataset")
        assert packed.files()["a.txt"] == b"a"
        assert packed.private
        assert packed.head("v1") == packed.head()
        assert hub.hub.database.one("SELECT 1 FROM sessions") is None
        assert hub.hub.database.one("SELECT 1 FROM users WHERE administrator = 1") is None
        theirs = json.loads((snapshot / "instance.json").read_text())
        assert hub.hub.instance.secret != theirs["secret"]
        assert hub.hub.instance_id != theirs["id"]


def test_snapshot_is_imported_into_an_empty_folder(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    import_snapshot(snapshot, tmp_path / "data")
    assert (tmp_path / "data" / "hub.db").is_file()


def test_commands_in_a_repository_are_never_executed(snapshot: Path, tmp_path: Path) -> None:
    """Put a command into every place from which git may run one."""
    mark = tmp_path / "hacked"
    command = f"touch {mark}"
    for path in repositories(snapshot):
        settings = [f"core.{key}={command}" for key in ("fsmonitor", "sshCommand", "pager", "alternateRefsCommand")]
        settings += [f"filter.x.{key}={command}" for key in ("clean", "smudge")]
        settings += [f"diff.x.{key}={command}" for key in ("textconv", "command")]
        settings += [f"uploadpack.packObjectsHook={command}", f"core.hooksPath={path}/hooks"]
        for setting in settings:
            key, __, value = setting.partition("=")
            subprocess.run(["git", "config", "--file", path / "config", key, value], check=True)
        (path / "info").mkdir(exist_ok=True)
        (path / "info/attributes").write_text("* filter=x diff=x\n")
        (path / "info/grafts").write_text("")
        (path / "hooks").mkdir(exist_ok=True)
        for name in ("pre-receive", "post-receive", "update", "reference-transaction", "post-update", "proc-receive"):
            (path / "hooks" / name).write_text(f"#!/bin/sh\n{command}\n")
            (path / "hooks" / name).chmod(0o755)
    (snapshot / "hooks").mkdir(exist_ok=True)
    (snapshot / "hooks/pre-receive").write_text(f"#!/bin/sh\n{command}\n")
    (snapshot / "hooks/pre-receive").chmod(0o755)
    import_snapshot(snapshot, tmp_path / "data")
    with LocalHub(data=tmp_path / "data") as hub:
        token = hub.create_token("ada", role="write")
        environment = hub.environment(tmp_path / "home")
        clone = tmp_path / "clone"
        subprocess.run(["git", "clone", "-q", f"{hub.endpoint}/ada/m", clone], env=environment, check=True)
        (clone / "new").write_text("x")
        address = f"http://ada:{token}@127.0.0.1:{hub.port}/ada/m"
        for arguments in (["add", "."], ["commit", "-qm", "x"], ["push", "-q", address]):
            subprocess.run(["git", *arguments], cwd=clone, env=environment, check=True)
        assert "new" in hub.repository("ada/m").files()
    assert not mark.exists()
    for path in repositories(tmp_path / "data"):
        assert sorted(entry.name for entry in path.iterdir() if entry.name != "packed-refs") == [
            "HEAD", "config", "objects", "refs",
        ]  # fmt: skip
        assert "touch" not in (path / "config").read_text()


def secret_of(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(b"the machine's own secret")
    return path


def link_blob(snapshot: Path, secret: Path) -> None:
    (blob,) = (path for path in (snapshot / "blobs").rglob("*") if path.is_file())
    blob.unlink()
    blob.symlink_to(secret)


def change_blob(snapshot: Path, secret: Path) -> None:
    (blob,) = (path for path in (snapshot / "blobs").rglob("*") if path.is_file())
    blob.chmod(0o644)
    blob.write_bytes(WEIGHTS[::-1])


def pipe_blob(snapshot: Path, secret: Path) -> None:
    (blob,) = (path for path in (snapshot / "blobs").rglob("*") if path.is_file())
    blob.unlink()
    os.mkfifo(blob)


def link_objects(snapshot: Path, secret: Path) -> None:
    for path in repositories(snapshot):
        (path / "objects").rename(snapshot / "elsewhere")
        (path / "objects").symlink_to(snapshot / "elsewhere")
        return


def change_object(snapshot: Path, secret: Path) -> None:
    loose = next(p for p in (snapshot / "repos").rglob("*") if p.is_file() and len(p.name) == 38)
    loose.chmod(0o644)
    loose.write_bytes(b"x\x9c not zlib")


def drop_objects(snapshot: Path, secret: Path) -> None:
    for path in repositories(snapshot):
        shutil.rmtree(path / "objects")
        (path / "objects/info").mkdir(parents=True)
        (path / "objects/info/alternates").write_text(f"{snapshot}/elsewhere\n")


def change_pack(snapshot: Path, secret: Path) -> None:
    (pack,) = (snapshot / "repos").rglob("*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:-30] + b"x" * 30)


def bad_ref(snapshot: Path, secret: Path) -> None:
    for path in repositories(snapshot):
        (path / "packed-refs").write_text(f"{'a' * 40} refs/heads/..\n")


def sql(*statements: str) -> Callable[[Path, Path], None]:
    def change(snapshot: Path, secret: Path) -> None:
        connection = sqlite3.connect(snapshot / "hub.db")
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return change


def garbage(snapshot: Path, secret: Path) -> None:
    (snapshot / "hub.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)


def link_database(snapshot: Path, secret: Path) -> None:
    (snapshot / "hub.db").rename(snapshot / "real.db")
    (snapshot / "hub.db").symlink_to("real.db")


HOSTILE = {
    "link blob": link_blob,
    "change blob": change_blob,
    "pipe blob": pipe_blob,
    "link objects": link_objects,
    "change object": change_object,
    "drop objects": drop_objects,
    "change pack": change_pack,
    "bad ref": bad_ref,
    "garbage": garbage,
    "link database": link_database,
    "trigger": sql("CREATE TRIGGER t AFTER INSERT ON tokens BEGIN UPDATE users SET administrator = 1; END"),
    "view": sql("ALTER TABLE likes RENAME TO other", "CREATE VIEW likes AS SELECT * FROM other"),
    "table": sql("CREATE TABLE more (x)"),
    "newer": sql("PRAGMA user_version = 99"),
    "id": sql("UPDATE repositories SET id = '../../../../tmp' WHERE type = 'model'"),
    "oid": sql("UPDATE bindings SET oid = '../../../../etc/passwd'"),
    "short oid": sql("UPDATE bindings SET oid = 'ab'"),
    "size": sql("UPDATE bindings SET size = size + 1"),
    "json": sql("UPDATE users SET settings = '[1e999]'"),
    "json kind": sql("UPDATE repositories SET settings = '3'"),
    "name": sql("UPDATE repositories SET name = '../x' WHERE type = 'model'"),
    "user": sql("UPDATE users SET name = '<script>' WHERE name = 'ada'"),
    "type": sql("UPDATE repositories SET type = 'x'"),
    "blob in text": sql("UPDATE users SET fullname = x'ff'"),
    "text in number": sql("UPDATE repositories SET downloads = 'many'"),
    "option": sql("INSERT INTO lost_history SELECT id, '--output=/tmp/x' FROM repositories"),
    "foreign": sql("UPDATE repositories SET owner_id = 'a'"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_snapshot_is_refused_and_creates_nothing(snapshot: Path, tmp_path: Path, name: str) -> None:
    secret = secret_of(tmp_path)
    HOSTILE[name](snapshot, secret)
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(FolderUnusable, match=r"cannot be used|not a snapshot") as refused:
        import_snapshot(snapshot, tmp_path / "data")
    assert "Traceback" not in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_xet_hashes_of_a_snapshot_are_not_imported(snapshot: Path, tmp_path: Path) -> None:
    """Clients look up files in their caches by these hashes: a wrong hash would give them other bytes."""
    wrong = "f" * 64
    sql(
        f"UPDATE bindings SET xet_hash = '{wrong}'",
        "INSERT INTO offers SELECT repository_id, users.id, oid, size, xet_hash, 0 FROM bindings, users"
        " WHERE users.name = 'tina'",
        "INSERT INTO repositories"
        " SELECT substr(id, 2) || substr(id, 1, 1), 'bucket', owner_id, 'b', 0, '', '{}', 0, 0, 0"
        " FROM repositories WHERE type = 'model'",
        "INSERT INTO bucket_files SELECT repositories.id, 'w.bin', oid, size, xet_hash, 0, 0"
        " FROM bindings, repositories WHERE type = 'bucket'",
    )(snapshot, tmp_path)
    import_snapshot(snapshot, tmp_path / "data")
    with LocalHub(data=tmp_path / "data") as hub:
        database = hub.hub.database
        assert [row["xet_hash"] for row in database.all("SELECT xet_hash FROM bindings")] == [None]
        assert [row["xet_hash"] for row in database.all("SELECT xet_hash FROM offers")] == [None]
        kept = database.all("SELECT xet_hash, oid FROM bucket_files")
        assert [row["xet_hash"] for row in kept] == [row["oid"] for row in kept]
        assert len(kept) == 1
        assert hub.repository("ada/m").files()["w.bin"] == WEIGHTS


def test_symlinks_and_extra_folders_are_not_copied(snapshot: Path, tmp_path: Path) -> None:
    secret = secret_of(tmp_path)
    for path in repositories(snapshot):
        (path / "refs/heads/stolen").symlink_to(secret)
        (path / "refs/heads/folder").symlink_to(tmp_path)
        (path / "objects/00").mkdir(exist_ok=True)
        (path / "objects/00" / ("0" * 38)).symlink_to(secret)
    (snapshot / "tmp").symlink_to(tmp_path)
    (snapshot / "client").symlink_to(tmp_path)
    import_snapshot(snapshot, tmp_path / "data")
    found = [path for path in (tmp_path / "data").rglob("*") if path.is_symlink()]
    assert found == []
    assert not any(
        secret.read_bytes() in path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()
    )
