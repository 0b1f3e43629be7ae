"""The history as git itself tells it."""

from __future__ import annotations

import pytest

from autograde.hub import accounts, history
from autograde.hub.commits import Author, Delete, WriteFile, write_commit
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repositories import Repository, create_repository


@pytest.fixture
def written(store: Hub) -> tuple[Repository, list[str]]:
    """A repository and its commits, oldest first."""
    repository = create_repository(store, accounts.create_user(store, "ada"), "m")
    steps = [
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


def test_commits_come_newest_first_and_in_pages(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    newest_first = list(reversed(oids))
    assert [c.oid for c in history.commits(store, repository, "main")] == newest_first
    pages = [[c.oid for c in history.commits(store, repository, "main", skip=s, limit=2)] for s in (0, 2, 4, 6)]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:], []]
    assert history.count(store, repository, oids[2]) == 3
    assert [c.title for c in history.commits(store, repository, oids[1])] == ["step 1", "step 0"]


def test_the_last_commit_of_each_path_is_gits_own_answer(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    for head in oids:
        paths = ["a", "b", "d", "d/x", "d/é y", "nope"]
        truth = {
            path: store.git.run(repository.id, "log", "-1", "--format=%H", head, "--", path).decode().strip()
            for path in paths
        }
        found = history.last_commits(store, repository, head, paths)
        assert {path: commit.oid for path, commit in found.items()} == {p: o for p, o in truth.items() if o}


def test_an_unknown_revision_is_refused(store: Hub, written: tuple[Repository, list[str]]) -> None:
    with pytest.raises(Refusal) as refused:
        history.commits(store, written[0], "nope")
    assert refused.value.code == "RevisionNotFound"


def test_the_length_is_right_whatever_was_asked_before(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    author = Author("ada", "a@example.org")
    store.git.run(repository.id, "update-ref", "refs/heads/side", oids[1])
    side = write_commit(store, repository, "side", [WriteFile("s", b"1")], author=author, message="side")
    for commit in (oids[0], oids[3], oids[4], oids[1], side, oids[4], side, oids[2]):
        truth = int(store.git.run(repository.id, "rev-list", "--count", commit))
        assert history.count(store, repository, commit) == truth
        assert history.count(store, repository, commit) == truth


def test_a_history_that_was_thrown_away_is_counted_anew(store: Hub, written: tuple[Repository, list[str]]) -> None:
    repository, oids = written
    store.lengths[repository.id] = ("f" * 40, 99)
    assert history.count(store, repository, oids[4]) == 5
