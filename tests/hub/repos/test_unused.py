"""Unreferenced files are removed after their retention period; all others are kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.hub import server
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.repos import expunging, unused, uploads
from autograde.hub.repos.access import Caller
from autograde.hub.repos.commits import Author, Operation, WriteFile, WritePointer, write_commit
from autograde.hub.repos.repositories import Repository, create_repository
from autograde.hub.repos.unused import remove_unused
from autograde.hub.server import RunningHub
from autograde.hub.storage.gitstore import GitError

DAY = 86_400_000


class Clocked:
    """A Hub with a clock set by the test, a repository of ada, and eve, who may not write to it."""

    def __init__(self, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hub, self.time = hub, hub.now()
        monkeypatch.setattr(hub, "now", lambda: self.time)
        ada = accounts.create_user(hub, "ada")
        self.ada, self.eve = Caller(ada), Caller(accounts.create_user(hub, "eve"))
        self.repository: Repository = create_repository(hub, ada, "m", type="model")

    @property
    def stranger(self) -> User:
        assert self.eve.user
        return self.eve.user

    def send(self, caller: Caller, content: bytes) -> str:
        """Upload a large file as ``caller`` and return its oid."""
        with self.hub.blobs.writer() as writer, self.hub.database.transaction():
            writer.write(content)
            oid = writer.commit()
            uploads.keep(self.hub, caller, self.repository, oid, len(content))
        return oid

    def commit(self, branch: str, oid: str) -> None:
        author = Author("e", "e@example.org")
        operations: list[Operation] = [WriteFile("a.txt", oid.encode()), WritePointer("w.bin", oid)]
        write_commit(self.hub, self.repository, branch, operations, author=author, message="x", create=True)

    def later(self, days: float) -> None:
        self.time += int(days * DAY)
        remove_unused(self.hub)

    def offers(self) -> int:
        return len(self.hub.database.all("SELECT 1 FROM offers"))


@pytest.fixture
def clocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocked]:
    hub = Hub(HubConfig(data=tmp_path / "data", durable=False, password_cost=16))
    with contextlib.closing(hub):
        yield Clocked(hub, monkeypatch)


def test_uncommitted_offer_is_removed_after_a_week(clocked: Clocked) -> None:
    oid = clocked.send(clocked.eve, b"never committed" * 99)
    clocked.later(6.9)
    assert clocked.hub.blobs.has(oid)
    assert clocked.offers() == 1
    clocked.later(0.2)
    assert not clocked.hub.blobs.has(oid)
    assert clocked.offers() == 0


def test_offer_in_a_pull_request_is_kept(clocked: Clocked) -> None:
    oid = clocked.send(clocked.eve, b"in a pull request" * 99)
    clocked.commit("refs/pr/1", oid)
    clocked.later(100)
    assert clocked.hub.blobs.has(oid)
    assert uploads.readable_size(clocked.hub, clocked.repository.id, oid)


def test_expired_offer_of_a_file_in_the_repository_keeps_the_file(clocked: Clocked) -> None:
    oid = clocked.send(clocked.eve, b"both have it" * 99)
    assert clocked.send(clocked.ada, b"both have it" * 99) == oid
    clocked.later(8)
    assert clocked.offers() == 0
    assert clocked.hub.blobs.has(oid)


def test_uncommitted_upload_of_a_writer_is_kept(clocked: Clocked) -> None:
    oid = clocked.send(clocked.ada, b"the owner's" * 99)
    clocked.later(1000)
    assert clocked.hub.blobs.has(oid)


def test_file_left_by_a_crash_is_removed_at_once(clocked: Clocked) -> None:
    with clocked.hub.blobs.writer() as writer:
        writer.write(b"stored, but never recorded")
        oid = writer.commit()
    clocked.later(0)
    assert not clocked.hub.blobs.has(oid)


def xorb(clocked: Clocked, name: str, *, recorded: bool = True) -> str:
    place = hashlib.sha256(name.encode()).hexdigest()
    with clocked.hub.xorbs.writer() as writer:
        writer.write(name.encode())
        writer.commit_as(place)
    if recorded:
        clocked.hub.database.execute(
            "INSERT INTO xorbs (scope, user_id, hash, oid, size, chunks, created_at) VALUES (?, ?, ?, ?, 1, '', ?)",
            ("s", clocked.stranger.id, name, place, clocked.hub.now()),
        )
    return place


def test_xorbs_are_removed_after_a_month(clocked: Clocked) -> None:
    old = xorb(clocked, "old")
    clocked.later(20)
    young = xorb(clocked, "young")
    clocked.later(11)
    assert not clocked.hub.xorbs.has(old)
    assert clocked.hub.xorbs.has(young)
    assert [row["hash"] for row in clocked.hub.database.all("SELECT hash FROM xorbs")] == ["young"]


def test_xorb_left_by_a_crash_is_removed_but_not_one_being_uploaded(clocked: Clocked) -> None:
    lost = xorb(clocked, "lost", recorded=False)
    clocked.later(0)
    assert clocked.hub.xorbs.has(lost)
    os.utime(clocked.hub.xorbs.path(lost), (0, 0))
    clocked.later(0)
    assert not clocked.hub.xorbs.has(lost)


def test_lock_files_left_by_killed_git_processes_are_removed(clocked: Clocked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a folder is deleted meanwhile: git deletes those of deleted branches."""
    folder = clocked.hub.git.path(clocked.repository.id)
    gone, scan = folder / "refs" / "heads" / "gone", os.scandir
    gone.mkdir()

    def scan_late(path: Any) -> Any:
        if str(path) == str(gone):
            raise FileNotFoundError(path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scan_late)
    left, recent = folder / "refs" / "heads" / "main.lock", folder / "packed-refs.lock"
    for lock, age in ((left, 1), (recent, 0)):
        lock.touch()
        os.utime(lock, (clocked.hub.opened_at / 1000 - age,) * 2 if age else None)
    oid = clocked.send(clocked.ada, b"weights" * 99)
    with pytest.raises(GitError, match=r"main\.lock"):
        clocked.commit("main", oid)
    clocked.later(0)
    assert recent.exists(), "a git process may still hold it"
    clocked.commit("main", oid)
    clocked.later(0.1)
    assert not recent.exists()


def test_objects_of_pushes_that_were_killed_with_the_hub_are_removed(clocked: Clocked) -> None:
    objects = clocked.hub.git.path(clocked.repository.id) / "objects"
    left = objects / "tmp_objdir-incoming-x"
    (left / "pack").mkdir(parents=True)
    clocked.hub.locks.begin_push(clocked.repository.id)
    clocked.later(0.1)
    assert left.exists(), "it may belong to the push that is running"
    clocked.hub.locks.end_push(clocked.repository.id)
    clocked.later(0)
    assert not left.exists()
    left.mkdir()
    os.utime(left, (clocked.time / 1000,) * 2)
    clocked.later(0)
    assert left.exists(), "a git process of an earlier Hub may still use it"


def test_damaged_repository_keeps_its_offers_and_does_not_block_others(clocked: Clocked) -> None:
    damaged = clocked.send(clocked.eve, b"damaged" * 99)
    clocked.commit("refs/pr/1", damaged)
    for objects in (clocked.hub.git.path(clocked.repository.id) / "objects").glob("??"):
        shutil.rmtree(objects)
    assert clocked.ada.user
    clocked.repository = create_repository(clocked.hub, clocked.ada.user, "other", type="model")
    expired = clocked.send(clocked.eve, b"expired" * 99)
    clocked.later(8)
    assert clocked.hub.blobs.has(damaged)
    assert not clocked.hub.blobs.has(expired)


def test_running_hub_removes_unused_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = HubConfig(data=tmp_path / "data", durable=False)
    hub = Hub(config)
    with hub.blobs.writer() as writer:
        writer.write(b"stored, but never recorded")
        oid = writer.commit()
    hub.close()
    monkeypatch.setattr(server, "_FIRST_CLEANING", 0.0)
    running = RunningHub(config)
    running.start()
    while running.hub.blobs.has(oid):
        assert running._cleaning.is_alive()
        os.sched_yield()
    running.stop()
    assert not running._cleaning.is_alive()


def test_running_hub_soon_tries_again_to_delete_postponed_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, cleaned = threading.Event(), threading.Event()
    monkeypatch.setattr(server, "_FIRST_CLEANING", 0.0)
    monkeypatch.setattr(server, "_RETRY", 0.01)
    monkeypatch.setattr(unused, "remove_unused", lambda hub: cleaned.set())
    monkeypatch.setattr(expunging, "expunge_postponed", lambda hub: tried.set())
    running = RunningHub(HubConfig(data=tmp_path / "data", durable=False))
    running.start()
    try:
        assert cleaned.wait(30)
        assert tried.wait(30)
    finally:
        running.stop()


def test_stopped_hub_kills_the_git_processes_of_its_cleaning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C, git repack went on for minutes and could delete objects under the next Hub."""
    started, codes = threading.Event(), list[int]()

    def clean(hub: Hub) -> None:
        hub.git.create("a" * 32)
        with hub.git.started("a" * 32, "-c", "alias.wait=!echo started; sleep 20", "wait") as process:
            assert process.stdout
            process.stdout.readline()
            started.set()
            codes.append(process.wait())

    monkeypatch.setattr(server, "_FIRST_CLEANING", 0.0)
    monkeypatch.setattr(unused, "remove_unused", clean)
    running = RunningHub(HubConfig(data=tmp_path / "data", durable=False))
    running.start()
    started.wait()
    running.stop()
    assert codes == [-signal.SIGKILL]
