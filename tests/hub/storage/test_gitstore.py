"""Bare repositories: creating, reading from several threads and deleting; git ignores the machine's configuration."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from autograde.errors import MissingTool
from autograde.hub.core import Hub
from autograde.hub.storage.gitstore import MAX_READERS, GitError, GitStore


@pytest.fixture
def filled(store: Hub) -> str:
    """Return the id of a repository with one commit on main."""
    store.git.create("abcd")
    stream = (
        b"commit refs/heads/main\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\ndata 1\nm\n"
        b"M 100644 inline f.txt\ndata 2\nhi\n"
    )
    store.git.run("abcd", "fast-import", "--quiet", stdin=stream)
    return "abcd"


def test_new_repository_is_valid_for_git(store: Hub) -> None:
    store.git.create("abcd")
    assert store.git.run("abcd", "rev-parse", "--is-bare-repository").strip() == b"true"
    assert store.git.run("abcd", "symbolic-ref", "HEAD").strip() == b"refs/heads/main"
    assert store.git.run("abcd", "fsck", "--strict") == b""


def test_failed_command_raises_with_the_message_of_git(store: Hub, filled: str) -> None:
    with pytest.raises(GitError, match="Not a valid object name"):
        store.git.run(filled, "cat-file", "-p", "nope")


def test_hanging_command_is_killed_after_timeout(store: Hub, filled: str) -> None:
    with pytest.raises(GitError, match="longer than"):
        store.git.run(filled, "-c", "alias.wait=!sleep 30", "wait", timeout=0.2)


def test_processes_that_git_started_are_killed_with_it(store: Hub, filled: str) -> None:
    """git repack left one that wrote a copy of the whole repository."""
    reading, writing = os.pipe()
    child = "alias.wait=!echo started; sleep 5; echo survived >&2"
    with store.git.started(filled, "-c", child, "wait", stderr=writing) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
    os.close(writing)
    with open(reading, "rb") as errors:
        assert errors.read() == b""


def test_readers_are_reused_by_one_thread_at_a_time(store: Hub, filled: str) -> None:
    seen, wrong = set(), []

    def read() -> None:
        for __ in range(20):
            with store.git.reader(filled) as reader:
                seen.add(id(reader))
                if reader.resolve("main") is None:
                    wrong.append(1)

    threads = [threading.Thread(target=read) for __ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(seen) <= 6


def test_interrupted_reader_is_not_reused(store: Hub, filled: str) -> None:
    with pytest.raises(KeyboardInterrupt), store.git.reader(filled) as first:  # noqa: PT012 - leaving the block is the act
        first._input.write(b"contents main\nflush\n")
        first._input.flush()
        raise KeyboardInterrupt
    with store.git.reader(filled) as second:
        assert second is not first
        assert second.resolve("main")


def test_open_readers_never_exceed_the_limit(store: Hub) -> None:
    for number in range(MAX_READERS + 5):
        store.git.create(f"{number:04d}")
        with store.git.reader(f"{number:04d}") as reader:
            assert reader.resolve("main") is None
    assert sum(map(len, store.git._readers.values())) == MAX_READERS


def test_deleting_a_repository_leaves_no_files(store: Hub, filled: str) -> None:
    store.git.delete(filled)
    assert not store.git.path(filled).exists()
    store.git.delete(filled)  # deleting again is harmless


def test_git_configuration_of_the_machine_is_ignored(
    store: Hub, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's configuration and the process's variables do not affect the Hub's git."""
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = intruder\n[alias]\n\tx = !true\n[core]\n\tbare = nonsense\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, str(tmp_path / ".gitconfig"))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nonexistent")
    assert store.git.run(filled, "show", "main:f.txt") == b"hi"
    with pytest.raises(GitError):
        store.git.run(filled, "config", "user.name")


def test_hooks_inside_a_repository_never_run(store: Hub, filled: str, tmp_path: Path) -> None:
    hooks = store.git.path(filled) / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-receive", "update"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    head = store.git.run(filled, "rev-parse", "main").decode().strip()
    store.git.run(filled, "update-ref", "refs/heads/other", head)
    assert not (tmp_path / "ran").exists()


def test_missing_git_raises_an_error_that_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="Install git"):
        GitStore(tmp_path / "repos", tmp_path / "hooks", durable=False)


def test_close_ends_every_process(store: Hub, filled: str) -> None:
    with store.git.reader(filled) as reader:
        pid = reader._process.pid
    store.git.close()
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode != 0


def test_main_returns_the_same_commit_as_git(store: Hub, filled: str) -> None:
    def from_git() -> str:
        return store.git.run(filled, "rev-parse", "main").decode().strip()

    store.git.create("empty")
    assert store.git.main("empty") is None
    assert store.git.main(filled) == from_git()
    store.git.run(filled, "pack-refs", "--all", "--prune")
    assert store.git.main(filled) == from_git()
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    made = store.git.run(filled, *identity, "commit-tree", "-p", "main", "-m", "n", "main^{tree}")
    newer = made.decode().strip()
    store.git.run(filled, "update-ref", "refs/heads/main", newer)
    assert store.git.main(filled) == newer == from_git()
    store.git.run(filled, "update-ref", "-d", "refs/heads/main")
    assert store.git.main(filled) is None
