"""Bare repositories: made, read by many threads, copied, removed; and a git that listens to nobody else."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from autograde.errors import MissingTool
from autograde.hub.core import Hub
from autograde.hub.storage.gitstore import MAX_READERS, GitError, GitStore


@pytest.fixture
def filled(store: Hub) -> str:
    """The id of a repository with one commit on main."""
    store.git.create("abcd")
    stream = (
        b"commit refs/heads/main\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\ndata 1\nm\n"
        b"M 100644 inline f.txt\ndata 2\nhi\n"
    )
    store.git.run("abcd", "fast-import", "--quiet", stdin=stream)
    return "abcd"


def test_a_new_repository_is_one_for_git(store: Hub) -> None:
    store.git.create("abcd")
    assert store.git.run("abcd", "rev-parse", "--is-bare-repository").strip() == b"true"
    assert store.git.run("abcd", "symbolic-ref", "HEAD").strip() == b"refs/heads/main"
    assert store.git.run("abcd", "fsck", "--strict") == b""


def test_a_command_that_fails_raises_with_gits_words(store: Hub, filled: str) -> None:
    with pytest.raises(GitError, match="Not a valid object name"):
        store.git.run(filled, "cat-file", "-p", "nope")


def test_a_command_that_hangs_is_ended(store: Hub, filled: str) -> None:
    with pytest.raises(GitError, match="longer than"):
        store.git.run(filled, "-c", "alias.wait=!sleep 30", "wait", timeout=0.2)


def test_readers_are_kept_and_shared_by_threads_one_at_a_time(store: Hub, filled: str) -> None:
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


def test_a_reader_that_was_interrupted_is_not_used_again(store: Hub, filled: str) -> None:
    with pytest.raises(KeyboardInterrupt), store.git.reader(filled) as first:  # noqa: PT012 - leaving is the act
        first._ask.write(b"contents main\nflush\n")
        first._ask.flush()
        raise KeyboardInterrupt
    with store.git.reader(filled) as second:
        assert second is not first
        assert second.resolve("main")


def test_no_more_readers_stay_open_than_allowed(store: Hub) -> None:
    for number in range(MAX_READERS + 5):
        store.git.create(f"{number:04d}")
        with store.git.reader(f"{number:04d}") as reader:
            assert reader.resolve("main") is None
    assert sum(map(len, store.git._readers.values())) == MAX_READERS


def test_a_deletion_leaves_nothing(store: Hub, filled: str) -> None:
    store.git.delete(filled)
    assert not store.git.path(filled).exists()
    store.git.delete(filled)  # twice does no harm


def test_the_machines_git_configuration_is_not_heard(
    store: Hub, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the user's configuration nor variables of the process change what the Hub's git does."""
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


def test_a_repositorys_own_hooks_never_run(store: Hub, filled: str, tmp_path: Path) -> None:
    hooks = store.git.path(filled) / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-receive", "update"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    head = store.git.run(filled, "rev-parse", "main").decode().strip()
    store.git.run(filled, "update-ref", "refs/heads/other", head)
    assert not (tmp_path / "ran").exists()


def test_without_git_the_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="Install git"):
        GitStore(tmp_path / "repos", tmp_path / "hooks", durable=False)


def test_closing_ends_every_process(store: Hub, filled: str) -> None:
    with store.git.reader(filled) as reader:
        pid = reader._process.pid
    store.git.close()
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode != 0


def test_the_main_branch_is_read_as_git_reads_it(store: Hub, filled: str) -> None:
    def asked() -> str:
        return store.git.run(filled, "rev-parse", "main").decode().strip()

    store.git.create("empty")
    assert store.git.main("empty") is None
    assert store.git.main(filled) == asked()
    store.git.run(filled, "pack-refs", "--all", "--prune")
    assert store.git.main(filled) == asked()
    somebody = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    made = store.git.run(filled, *somebody, "commit-tree", "-p", "main", "-m", "n", "main^{tree}")
    newer = made.decode().strip()
    store.git.run(filled, "update-ref", "refs/heads/main", newer)
    assert store.git.main(filled) == newer == asked()
    store.git.run(filled, "update-ref", "-d", "refs/heads/main")
    assert store.git.main(filled) is None
