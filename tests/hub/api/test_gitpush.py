"""Pushes by unmodified git: how they are counted, carried out and recorded."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.api import gitpush
from autograde.hub.budgets import Budget
from autograde.hub.push_records import record_interrupted
from autograde.hub.repos import discussions, expunging
from autograde.hub.repos.pushes import Push
from autograde.hub.storage import locks
from tests.hub.clients import Git
from tests.hub.waiting import wait_until


@pytest.mark.parametrize("size", [1, 3 << 20], ids=["small", "large"])
def test_push_that_is_refused_after_waiting_for_the_cleaning_shows_the_reason(
    hub: LocalHub, name: str, git: Git, clone: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """A large one, too, before which git sends an empty one."""
    git.commit(clone, "numbers", a__txt=random.Random(5).randbytes(size).hex().encode())
    git("tag", "v1", cwd=clone)
    repository = hub.repository(name)._found()
    monkeypatch.setattr(locks, "_MAX_WAIT", 0.1)
    with hub.hub.locks.exclusive(repository.id):
        output = git("push", "origin", "main", "v1", cwd=clone, check=False)
    assert git.code
    for ref in ("main", "v1"):
        assert f"{ref} -> {ref} (Others are changing this repository at the moment. Try again in a minute.)" in output
    assert [upload.outcome for upload in hub.hub.upload_progress.of(repository.id)] == ["refused"]
    git("push", "--quiet", "origin", "main", "v1", cwd=clone)
    assert "a.txt" in hub.repository(name).files("v1")


@contextlib.contextmanager
def git_stops(hub: LocalHub, folder: Path) -> Iterator[Path]:
    """Stop git while it changes refs, until the end of the block; yields a file that exists when git is there."""
    there, stop, hook = folder / "there", folder / "stop", hub.hub.git.hooks / "reference-transaction"
    stop.touch()
    hook.write_text(
        f'#!/bin/sh\n[ "$1" = prepared ] || exit 0\n: > {there}\nwhile [ -e {stop} ]; do sleep 0.01; done\n'
    )
    hook.chmod(0o755)
    try:
        yield there
    finally:
        stop.unlink()
        hook.unlink()


def start_push(hub: LocalHub, account: Account, git: Git, clone: Path, *refs: str) -> Callable[[], object]:
    """Start a push; return a function that kills it."""
    command = ["git", "-c", "credential.helper=", "push", "--quiet", "origin", *refs]
    client = subprocess.Popen(command, cwd=clone, env=git.environment, start_new_session=True)

    def kill() -> None:
        os.killpg(client.pid, signal.SIGKILL)
        client.wait()

    return kill


def start_request(hub: LocalHub, account: Account, method: str, path: str, body: bytes = b"") -> Callable[[], object]:
    """Send a request without waiting for the answer; return a function that disconnects."""
    client = http.client.HTTPConnection("127.0.0.1", hub.port)
    client.request(method, path, body, {"Authorization": f"Bearer {account.token}"})
    return client.close


@pytest.mark.parametrize(
    ("way", "kind"),
    [("push", "git.pushed"), ("forced push", "git.pushed"), ("POST", "commit.created"), ("DELETE", "branch.deleted")],
)
def test_change_of_refs_is_recorded_when_the_client_disconnects_during_it(
    hub: LocalHub,
    ada: Account,
    name: str,
    git: Git,
    clone: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    kind: str,
) -> None:
    """git was killed and left its lock files, so that every later change of the branch failed."""
    git.commit(clone, "one", a__txt=b"1")
    git("push", "--quiet", "origin", "main", "main:other", cwd=clone)
    git("commit", "--quiet", "--amend", "-m", "rewritten", cwd=clone)
    line = b'{"key": "header", "value": {"summary": "by the API"}}'
    before, disconnected, end = len(hub.events(kind=kind, repository=name)), threading.Event(), Budget.end

    def ended(budget: Budget) -> None:
        end(budget)
        disconnected.set()

    monkeypatch.setattr(Budget, "end", ended)
    with git_stops(hub, tmp_path) as there:
        if way == "POST":
            disconnect = start_request(hub, ada, way, f"/api/models/{name}/commit/other", line)
        elif way == "DELETE":
            disconnect = start_request(hub, ada, way, f"/api/models/{name}/branch/other")
        else:
            disconnect = start_push(hub, ada, git, clone, "main:new" if way == "push" else "+main")
        wait_until(there.exists)
        disconnected.clear()
        disconnect()
        disconnected.wait()
    wait_until(lambda: len(hub.events(kind=kind, repository=name)) == before + 1)
    repository = hub.repository(name)._found()
    assert list(hub.hub.git.path(repository.id).rglob("*.lock")) == []

    def history_is_deleted() -> bool:
        # A Hub repeats this until it succeeds.
        expunging.expunge_postponed(hub.hub)
        return not hub.hub.database.all("SELECT * FROM lost_history")

    wait_until(history_is_deleted)
    git("push", "--quiet", "--force", "origin", "main", "main:other", "main:new", cwd=clone)
    wait_until(lambda: hub.hub.upload_progress.of(repository.id)[-1].outcome == "done")


def test_objects_of_a_killed_push_are_deleted(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stayed on the disk, and no quota counted them."""
    git.commit(clone, "one", a__txt=b"1")
    checking, go_on, verdict = threading.Event(), threading.Event(), Push._verdict

    def wait(push: Push, question: bytes) -> str:
        checking.set()
        go_on.wait()
        return verdict(push, question)

    monkeypatch.setattr(Push, "_verdict", wait)
    repository = hub.repository(name)._found()
    left = hub.hub.git.path(repository.id) / "objects"
    try:
        kill = start_push(hub, ada, git, clone, "main")
        checking.wait()
        assert list(left.glob("tmp_objdir-*"))
        kill()
        wait_until(lambda: [upload.outcome for upload in hub.hub.upload_progress.of(repository.id)] == ["refused"])
        assert not list(left.glob("tmp_objdir-*"))
    finally:
        go_on.set()


def test_bytes_of_a_finished_push_are_counted_only_once(
    hub: LocalHub, name: str, git: Git, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expunging, "_MAX_WAIT", 60.0)
    git.commit(clone, "one", a__txt=b"1")
    git("push", "--quiet", cwd=clone)
    git("commit", "--quiet", "--amend", "-m", "rewritten", cwd=clone)
    repository = hub.repository(name)._found()
    # The push waits for this one before it deletes the history that it replaces.
    hub.hub.locks.begin_push(repository.id)
    pushing = threading.Thread(target=lambda: git("push", "--quiet", "--force", cwd=clone))
    try:
        pushing.start()
        wait_until(lambda: len(hub.events(kind="git.pushed", repository=name)) == 2)
        assert pushing.is_alive()
        assert hub.hub.pending_bytes.add(repository.owner_id, 0) == 0
    finally:
        hub.hub.locks.end_push(repository.id)
        pushing.join()


def test_push_of_a_killed_hub_is_recorded_once_by_the_next_one(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its events were lost, and its commits were not in the discussion of their pull request."""
    clone, tree = tmp_path / "work", "refs/heads/main"
    with LocalHub(tmp_path / "data") as hub:
        ada = hub.create_user("ada")
        repository = hub.create_repository("ada/m")._found()
        pull = discussions.open_discussion(hub.hub, repository, hub._user("ada"), "a change", "", pull_request=True)
        git("clone", "--quiet", hub.endpoint.replace("://", f"://ada:{ada.token}@") + "/ada/m", clone)
        git.commit(clone, "one", a__txt=b"1")
        git.commit(clone, "two", b__txt=b"2")
        with monkeypatch.context() as killed:
            # The Hub ends before this.
            killed.setattr(gitpush._ReceivedPush, "_record", lambda received, push, writing: None)
            git("push", "--quiet", "origin", f"HEAD~1:{tree}", f"HEAD:{pull.ref}", "HEAD:refs/heads/new", cwd=clone)
        assert hub.events(kind="git.pushed") == []
    for __ in range(2):
        with LocalHub(tmp_path / "data") as hub:
            pushed = hub.events(kind="git.pushed", user="ada", repository="ada/m")
            shown = discussions.events(hub.hub, pull)
            assert hub.hub.database.all("SELECT * FROM accepted_pushes") == []
    assert {event.detail["ref"] for event in pushed} == {tree, pull.ref, "refs/heads/new"}
    assert len(pushed) == 3
    assert [event.detail["files"] for event in pushed if "files" in event.detail] == [2]
    assert {(event.token, event.token_role) for event in pushed} == {("ada-write", "write")}
    assert [event.data["subject"] for event in shown if event.type == "commit"] == ["two"]


def address_of(hub: LocalHub, token: str) -> str:
    """Return the address of ada's repository, with her token."""
    return hub.endpoint.replace("://", f"://ada:{token}@") + "/ada/m"


def repository_with_clone(hub: LocalHub, git: Git, clone: Path) -> str:
    """Create ada's account and repository, clone it, and return her token."""
    ada = hub.create_user("ada")
    hub.create_repository("ada/m")
    git("clone", "--quiet", address_of(hub, ada.token), clone)
    return ada.token


def interrupt_before_git(killed: pytest.MonkeyPatch) -> None:
    """Make the Hub end after it has stored a push, and before it answers git's hook."""
    store = gitpush._ReceivedPush._store

    def store_and_end(received: gitpush._ReceivedPush, push: Push) -> None:
        store(received, push)
        raise OSError

    killed.setattr(gitpush._ReceivedPush, "_store", store_and_end)
    interrupt_after_git(killed)


def interrupt_after_git(killed: pytest.MonkeyPatch) -> None:
    """Make the Hub end after git has carried out a push."""
    killed.setattr(gitpush._ReceivedPush, "_record", lambda received, push, writing: None)


@pytest.mark.parametrize("killed_again", [False, True])
def test_push_that_is_repeated_after_a_killed_hub_is_recorded_once(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_again: bool
) -> None:
    """The next cleaning recorded the interrupted push too, and counted its bytes twice."""
    clone = tmp_path / "work"
    with LocalHub(tmp_path / "data") as hub:
        token = repository_with_clone(hub, git, clone)
        git.commit(clone, "one", a__txt=b"1")
        with monkeypatch.context() as killed:
            interrupt_before_git(killed)
            git("push", "--quiet", "origin", "main", cwd=clone, check=False)
    with LocalHub(tmp_path / "data") as hub:
        assert len(hub.hub.database.all("SELECT * FROM accepted_pushes")) == 1
        with monkeypatch.context() as killed:
            if killed_again:
                interrupt_after_git(killed)
            git("push", "--quiet", address_of(hub, token), "main", cwd=clone)
        if not killed_again:
            record_interrupted(hub.hub)
    with LocalHub(tmp_path / "data") as hub:
        assert [event.detail["new"] for event in hub.events(kind="git.pushed")] == [hub.repository("ada/m").head()]
        assert hub.hub.database.all("SELECT * FROM accepted_pushes") == []


def test_later_push_that_git_may_still_carry_out_stays_stored(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was forgotten when the earlier one to the same branch was recorded."""
    clone = tmp_path / "work"
    with LocalHub(tmp_path / "data") as hub:
        repository_with_clone(hub, git, clone)
        for name, interrupt in (("one", interrupt_after_git), ("two", interrupt_before_git)):
            git.commit(clone, name, a__txt=name.encode())
            with monkeypatch.context() as killed:
                interrupt(killed)
                git("push", "--quiet", "origin", "main", cwd=clone, check=False)
    with LocalHub(tmp_path / "data") as hub:
        assert len(hub.events(kind="git.pushed")) == 1
        [stored] = hub.hub.database.all("SELECT * FROM accepted_pushes")
    assert git("rev-parse", "HEAD", cwd=clone).strip() in stored["push"]
