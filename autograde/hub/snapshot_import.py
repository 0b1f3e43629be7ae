"""Start a Hub from an untrusted snapshot, which is read as data only.

No file of the folder is executed or used directly, and links are not followed. The database is copied row by row into
our own tables; git objects are rewritten into new repositories with our own settings; every large file is hashed.
Sessions, codes, webhooks and the instance's secret are not copied, because the author of the snapshot knows them. Xet
hashes are not copied either: large files are identified by their SHA-256, which is computed here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from autograde.errors import FolderUnusable
from autograde.files import private_folder
from autograde.hub.names import branch_name_problem, repository_name_problem
from autograde.hub.storage.database import Database, DatabaseError
from autograde.hub.storage.foreign_database import ForeignDatabase, import_rows
from autograde.hub.storage.gitstore import GitError, GitStore
from autograde.hub.untrusted import Unreadable, read_json

#: Tables that are not copied: they grant access, call other servers, or are useless in another Hub.
_SKIPPED_TABLES = (
    "sessions", "device_codes", "login_failures", "xorbs", "webhooks", "extension_data", "accepted_pushes",
)  # fmt: skip

#: Tables whose rows refer to large files.
_BLOB_TABLES = ("bindings", "bucket_files", "offers")

#: Columns that contain JSON, and its required type.
_JSON: dict[str, type] = {
    "settings": dict, "scopes": dict, "fields": dict, "detail": dict, "data": dict, "watched": list, "domains": list,
}  # fmt: skip

_ID = re.compile(r"[0-9a-f]{24}|[0-9a-f]{32}")
_OID = re.compile(r"[0-9a-f]{64}")
_USER = re.compile(r"[A-Za-z0-9][\w.-]{0,95}", re.ASCII)

#: The largest git object that is read, in bytes: regular files have at most 10 MiB.
_MAX_OBJECT = 64 << 20


@dataclass(frozen=True)
class ImportedSnapshot:
    """What was imported: the number of accounts, and the names of users who are no longer administrators."""

    accounts: int
    administrators: tuple[str, ...]


class _Invalid(Exception):
    """Raised when the snapshot is invalid; the message says where."""


def import_snapshot(source: Path, data: Path) -> ImportedSnapshot:
    """Copy the untrusted snapshot ``source`` into the new or empty folder ``data``.

    Raises:
        FolderUnusable: ``source`` is not a valid snapshot; nothing was created.
    """
    if not _is_file(source / "hub.db"):
        raise FolderUnusable(
            f"{source} is not a snapshot of a Hub.",
            "A snapshot is what snapshot() makes, or a copy of a stopped Hub's data folder.",
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{data.name}-", dir=data.parent))
    try:
        private_folder(unfinished)
        imported = _database(source / "hub.db", unfinished / "hub.db")
        database = Database(unfinished / "hub.db", durable=True)
        try:
            blobs = " UNION ".join(f"SELECT oid, size FROM {table}" for table in _BLOB_TABLES)  # noqa: S608
            for row in database.all(blobs):
                _copy_blob(source / "blobs" / "sha256", unfinished / "blobs" / "sha256", row["oid"], row["size"])
            hooks = unfinished / "hooks"
            hooks.mkdir()
            git = GitStore(unfinished / "repos", hooks, durable=True)
            try:
                for row in database.all("SELECT id FROM repositories"):
                    git.create(row["id"])
                    _repository(git, row["id"], source / "repos" / row["id"][:2] / f"{row['id']}.git")
            finally:
                git.close()
        finally:
            database.close()
        if data.exists():
            data.rmdir()
        unfinished.rename(data)
    except (_Invalid, DatabaseError, GitError, Unreadable, UnicodeError, ValueError) as error:
        raise FolderUnusable(
            f"The snapshot {source} cannot be used: {' '.join(str(error).split())[:300]}.",
            "Make it again with snapshot(), from a Hub that you trust.",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return imported


def _is_file(path: Path) -> bool:
    """Return whether this is a regular file: not a link, and not a pipe, which would block."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _open(path: Path) -> BinaryIO:
    """Open a regular file, without following a link that may have replaced it meanwhile."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _Invalid(f"{path.name} is not an ordinary file")
    return os.fdopen(descriptor, "rb")


def _files(folder: Path) -> Iterator[Path]:
    """Yield the regular files of a folder that is not a link, sorted by name."""
    if folder.is_symlink() or not folder.is_dir():
        return
    yield from (path for path in sorted(folder.iterdir()) if _is_file(path))


def _database(source: Path, target: Path) -> ImportedSnapshot:
    """Copy the rows of a database that has exactly the tables of a Hub of this or an earlier version."""
    try:
        import_rows(source, target, skipped=_SKIPPED_TABLES, check=_check)
    except ForeignDatabase as error:
        raise _Invalid(str(error)) from error
    database = Database(target, durable=True)
    try:
        rows = database.all("SELECT name FROM users WHERE administrator <> 0 ORDER BY name")
        administrators = tuple(row["name"] for row in rows)
        database.execute("UPDATE users SET administrator = 0")
        # Clients cache files under these hashes: a wrong one would replace a cached file with other bytes.
        database.execute("UPDATE bindings SET xet_hash = NULL")
        database.execute("UPDATE offers SET xet_hash = NULL")
        database.execute("UPDATE bucket_files SET xet_hash = oid")
        accounts = len(database.all("SELECT 1 FROM users"))
    finally:
        database.close()
    return ImportedSnapshot(accounts, administrators)


def _check(table: str, column: str, kind: str, value: Any) -> None:
    """Raise if a value does not have its column's type, or the format that other code relies on."""
    if value is None:
        return
    if type(value) is not (int if kind == "INTEGER" else str):
        raise _Invalid(f"{table}.{column} holds something of another type")
    if column in _JSON and not isinstance(read_json(str(value)), _JSON[column]):
        raise _Invalid(f"{table}.{column} is not what a Hub writes")
    rule = _RULES.get((table, column))
    if rule and not rule(value):
        raise _Invalid(f"{table}.{column} is {value!r}, which is not what a Hub writes")


#: Formats of values that become paths on disk, or names that other code relies on.
_RULES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("repositories", "id"): lambda value: len(value) == 32 and _ID.fullmatch(value),
    ("repositories", "type"): lambda value: value in ("model", "dataset", "space", "kernel", "bucket"),
    ("repositories", "name"): lambda value: not repository_name_problem(value),
    ("users", "id"): _ID.fullmatch,
    ("users", "name"): _USER.fullmatch,
    ("users", "kind"): lambda value: value in ("user", "org", "ghost"),
    ("bindings", "oid"): _OID.fullmatch,
    ("bindings", "xet_hash"): _OID.fullmatch,
    ("bindings", "size"): lambda value: value >= 0,
    ("offers", "oid"): _OID.fullmatch,
    ("offers", "xet_hash"): _OID.fullmatch,
    ("offers", "size"): lambda value: value >= 0,
    ("git_storage", "size"): lambda value: value >= 0,
    ("lost_history", "oid"): re.compile("[0-9a-f]{40}").fullmatch,
    ("bucket_files", "oid"): _OID.fullmatch,
    ("bucket_files", "xet_hash"): _OID.fullmatch,
    ("bucket_files", "size"): lambda value: value >= 0,
}


def _copy_blob(source: Path, target: Path, oid: str, size: int) -> None:
    """Copy a large file and check that its SHA-256 is its name."""
    path = Path(oid[:2], oid[2:4], oid)
    if not _is_file(source / path):
        raise _Invalid(f"the large file {oid[:12]}… is missing")
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), size
    with _open(source / path) as stream, (target / path).open("wb") as copy:
        while left >= 0 and (data := stream.read(min(1 << 20, left + 1))):
            left -= len(data)
            digest.update(data)
            copy.write(data)
    if left or digest.hexdigest() != oid:
        raise _Invalid(f"the large file {oid[:12]}… is not what its name says")
    (target / path).chmod(0o444)


def _repository(git: GitStore, repository_id: str, source: Path) -> None:
    """Copy the objects and refs of an untrusted repository into a new one. Nothing else in it is read."""
    if source.is_symlink() or source.parent.is_symlink():
        raise _Invalid("a repository is a link")
    objects = source / "objects"
    if objects.is_symlink():
        raise _Invalid("a repository's objects are a link")
    for pack in _files(objects / "pack"):
        if re.fullmatch(r"pack-[0-9a-f]{40}\.pack", pack.name):
            with _open(pack) as stream:
                # index-pack writes a new index; the snapshot's own is not used.
                command = [git.git, f"--git-dir={git.path(repository_id)}", "index-pack", "--stdin", "--strict"]
                done = subprocess.run(
                    command, stdin=stream, env=git.environment(), capture_output=True, timeout=3600, check=False
                )
            if done.returncode:
                raise _Invalid(f"git refuses {pack.name}: {done.stderr.decode('utf-8', 'replace').strip()}")
    for number in range(256):
        for loose in _files(objects / f"{number:02x}"):
            if re.fullmatch("[0-9a-f]{38}", loose.name):
                _copy_loose_object(loose, git.path(repository_id) / "objects")
    refs = "".join(f"create {name} {oid}\n" for name, oid in sorted(_refs(source).items()))
    if refs:
        git.run(repository_id, "update-ref", "--stdin", stdin=refs.encode("utf-8", "surrogateescape"), timeout=600)
        git.run(repository_id, "rev-list", "--objects", "--all", "--quiet", timeout=3600)


def _copy_loose_object(path: Path, objects: Path) -> None:
    """Copy one loose object and check that its SHA-1 is its name."""
    with _open(path) as stream:
        packed = stream.read(_MAX_OBJECT + 1)
    inflate = zlib.decompressobj()
    try:
        content = inflate.decompress(packed, _MAX_OBJECT)
    except zlib.error as error:
        raise _Invalid(f"git's object {path.name[:12]} cannot be read: {error}") from None
    head, __, body = content.partition(b"\0")
    header = inflate.eof and re.fullmatch(rb"(blob|tree|commit|tag) (\d{1,12})", head)
    name = path.parent.name + path.name
    # SHA-1 is git's name for the object, not a security measure.
    if not header or int(header[2]) != len(body) or hashlib.sha1(content).hexdigest() != name:  # noqa: S324
        raise _Invalid(f"git's object {name[:12]} is not what its name says")
    target = objects / path.parent.name / path.name
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        target.write_bytes(packed)
        target.chmod(0o444)


def _refs(source: Path) -> dict[str, str]:
    """Return branches, tags and pull requests, read as text. Raises if a name is not allowed."""
    # As for git, a loose ref is newer than a packed one of the same name.
    found = dict(_packed_refs(source)) | dict(_loose_refs(source))
    for name in found:
        if branch_name_problem(name.split("/", 2)[2]):
            raise _Invalid(f"{name!r} cannot be the name of a branch or a tag")
    return found


def _packed_refs(source: Path) -> Iterator[tuple[str, str]]:
    if _is_file(source / "packed-refs"):
        with _open(source / "packed-refs") as stream:
            for line in stream.read(_MAX_OBJECT).decode("utf-8", "surrogateescape").split("\n"):
                if entry := re.fullmatch(r"([0-9a-f]{40}) (refs/(heads|tags|pr)/.+)", line):
                    yield entry[2], entry[1]


def _loose_refs(source: Path) -> Iterator[tuple[str, str]]:
    for kind in ("heads", "tags", "pr"):
        root = source / "refs" / kind
        if (source / "refs").is_symlink() or root.is_symlink():
            raise _Invalid("a repository's refs are a link")
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not Path(folder, name).is_symlink()]
            for path in (Path(folder, name) for name in names):
                if not _is_file(path):
                    continue
                with _open(path) as stream:
                    oid = stream.read(64).decode("ascii", "replace").strip()
                if re.fullmatch("[0-9a-f]{40}", oid):
                    yield path.relative_to(source).as_posix(), oid
