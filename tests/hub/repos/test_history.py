"""Commit history, compared with git's own output."""

from __future__ import annotations

import pytest

from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import history
from autograde.hub.repos.commits import Author, Delete, Operation, WriteFile, write_commit
from autograde.hub.repos.repositories import Repository, create_repository


@pytest.fixture
def written(store: Hub) -> tuple[Repository, list[str]]:
    """Create a repository; return it with its commits, oldest first."""
    repository = create_repository(store, accounts.create_user(store, "ada"), "m")
    steps: list[list[Operation]] = [
        [WriteFile("a", b"1"), WriteFile("d/x", b"1"), WriteFile("d/é y", b"1")],
        [WriteFile("a", b"2")],
        [WriteFile("d/x", b"2")],
        [WriteFile("b", b"1"), Delete("d/é y")],
        [WriteFile("b", b"2")],
    ]
    author = Author("ada", "a@example.org")
    oids = [
        write_commit(store, repository, "main", step, author=author, message=f"step {n}", create=True)
        for n, step in enumerate(steps)
    ]
    return repository, oids


def test_commits_are_newest_first_and_paginated(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    newest_first = list(reversed(oids))
    assert [c.oid for c in history.commits(store, repository, "main")] == newest_first
    pages = [[c.oid for c in history.commits(store, repository, "main", skip=s, limit=2)] for s in (0, 2, 4, 6)]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:], []]
    assert history.count(store, repository, oids[2]) == 3
    assert [c.title for c in history.commits(store, repository, oids[1])] == ["step 1", "step 0"]


def test_last_commit_of_each_path_matches_git_log(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    for head in oids:
        paths = ["a", "b", "d", "d/x", "d/é y", "nope"]
        expected = {
            path: store.git.run(repository.id, "log", "-1", "--format=%H", head, "--", path).decode().strip()
            for path in paths
        }
        found = history.last_commits(store, repository, head, paths)
        assert {path: commit.oid for path, commit in found.items()} == {p: o for p, o in expected.items() if o}


def last(store: Hub, repository: Repository, head: str, paths: list[str]) -> dict[str, str]:
    """Return the last commit of each path, after comparing it with git's answer."""
    found = {path: commit.oid for path, commit in history.last_commits(store, repository, head, paths).items()}
    for path in paths:
        expected = store.git.run(repository.id, "log", "-1", "--first-parent", "--format=%H", head, "--", path).decode()
        assert found.get(path, "") == expected.strip(), path
    return found


def test_last_commits_are_right_with_any_cached_answers(store: Hub, written: tuple[Repository, list[str]]) -> None:
    """Check after a push, on a branch, after a merge, after a force push to an older commit, and for single paths."""
    repository, oids = written
    author, paths = Author("ada", "a@example.org"), ["a", "b", "d", "d/x"]

    def write(branch: str, *files: WriteFile) -> str:
        return write_commit(store, repository, branch, list(files), author=author, message="more")

    last(store, repository, oids[1], ["a"])
    last(store, repository, oids[4], ["d/x"])
    last(store, repository, oids[4], paths)
    newer = write("main", WriteFile("a", b"3"))
    last(store, repository, newer, paths)
    store.git.run(repository.id, "update-ref", "refs/heads/side", oids[1])
    side = write("side", WriteFile("d/x", b"4"), WriteFile("b", b"5"))
    last(store, repository, side, paths)
    tree = store.git.run(repository.id, "rev-parse", f"{side}^{{tree}}").decode().strip()
    identity = ["-c", "user.name=ada", "-c", "user.email=a@example.org"]
    merge = ["commit-tree", tree, "-p", newer, "-p", side, "-m", "merge"]
    merged = store.git.run(repository.id, *identity, *merge).decode().strip()
    assert last(store, repository, merged, paths)["d/x"] == merged
    store.git.run(repository.id, "update-ref", "refs/heads/main", oids[0])
    forced = write("main", WriteFile("b", b"6"))
    last(store, repository, forced, ["a", "b", "d"])
    last(store, repository, newer, paths)


def test_cached_answers_are_used_instead_of_a_new_walk(
    store: Hub, written: tuple[Repository, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, oids = written
    paths = ["a", "b", "d"]
    # The walk to the oldest change passes the other paths and caches them.
    assert [commit.oid for commit in history.last_commits(store, repository, oids[4], ["a"]).values()] == [oids[1]]
    assert set(store.git.last_changes.at(repository.id, oids[4], [*paths, "d/x"])) == {*paths, "d/x"}
    first = last(store, repository, oids[4], paths)
    with monkeypatch.context() as without_git:
        without_git.setattr("autograde.hub.storage.gitstore.subprocess.Popen", None)
        again = history.last_commits(store, repository, oids[4], paths)
    assert {path: commit.oid for path, commit in again.items()} == first
    # A walk from a newer commit stops at the cached answers. Make one wrong, to prove that it is used.
    newer = write_commit(
        store, repository, "main", [WriteFile("a", b"9")], author=Author("ada", "a@example.org"), message="newer"
    )
    store.git.last_changes.keep(repository.id, oids[4], {"d": oids[1]})
    found = history.last_commits(store, repository, newer, paths)
    assert {path: commit.oid for path, commit in found.items()} == first | {"a": newer, "d": oids[1]}


def test_file_name_is_never_parsed_as_a_commit(store: Hub) -> None:
    repository = create_repository(store, accounts.create_user(store, "ada"), "m")
    names = ["\nfirst", "\n\nsecond", "\x01" + "a" * 40, "z"]
    # The Hub refuses such names in commits, but git does not.
    blob = store.git.run(repository.id, "hash-object", "-w", "--stdin", stdin=b"1").decode().strip()
    lines = "".join(f"100644 blob {blob}\t{name}\0" for name in names)
    tree = store.git.run(repository.id, "mktree", "-z", stdin=lines.encode()).decode().strip()
    identity = ["-c", "user.name=ada", "-c", "user.email=a@example.org"]
    oid = store.git.run(repository.id, *identity, "commit-tree", tree, "-m", "x").decode().strip()
    found = history.last_commits(store, repository, oid, names)
    assert {path: commit.oid for path, commit in found.items()} == dict.fromkeys(names, oid)


def test_unknown_revision_is_refused(store: Hub, written: tuple[Repository, list[str]]) -> None:
    with pytest.raises(Refusal) as refused:
        history.commits(store, written[0], "nope")
    assert refused.value.code == "RevisionNotFound"


def test_count_is_right_with_any_cached_length(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    author = Author("ada", "a@example.org")
    store.git.run(repository.id, "update-ref", "refs/heads/side", oids[1])
    side = write_commit(store, repository, "side", [WriteFile("s", b"1")], author=author, message="side")
    for commit in (oids[0], oids[3], oids[4], oids[1], side, oids[4], side, oids[2]):
        expected = int(store.git.run(repository.id, "rev-list", "--count", commit))
        assert history.count(store, repository, commit) == expected
        assert history.count(store, repository, commit) == expected


def test_rewritten_history_is_counted_again(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    store.commit_counts[repository.id] = ("f" * 40, 99)
    assert history.count(store, repository, oids[4]) == 5
