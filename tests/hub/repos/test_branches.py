"""Branches and tags, compared with git's own list."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.budgets import Budget, begin
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import branches, discussions
from autograde.hub.repos.commits import Author
from autograde.hub.repos.discussions import Discussion
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.rewriting import squash
from autograde.hub.storage.gitstore import GitError, RepositoryDeleted

AUTHOR = Author("ada", "ada@example.org")


@pytest.fixture
def repository(hub: LocalHub, ada: Account) -> Repository:
    return hub.create_repository(f"{ada.name}/branches", files={"a": b"1"})._found()


def refs(hub: LocalHub, repository: Repository) -> dict[str, str]:
    lines = hub.hub.git.run(repository.id, "for-each-ref", "--format=%(refname) %(objectname)").decode().splitlines()
    return dict(line.split(" ") for line in lines)


def test_branches_and_tags_are_created_listed_and_deleted(hub: LocalHub, repository: Repository) -> None:
    head = branches.commit_of(hub.hub, repository, "main")
    branches.create_branch(hub.hub, repository, "feature/x", head)
    branches.create_branch(hub.hub, repository, "a", head)
    branches.create_tag(hub.hub, repository, "v1", head, AUTHOR)
    branches.create_tag(hub.hub, repository, "v2", head, AUTHOR, "the second")
    found, tags = branches.branches_and_tags(hub.hub, repository)
    assert [branch.name for branch in found] == ["main", "a", "feature/x"]
    assert [(tag.name, tag.commit) for tag in tags] == [("v1", head), ("v2", head)]
    assert refs(hub, repository)["refs/tags/v2"] != head, "a tag with a message is a separate object"
    branches.delete_branch(hub.hub, repository, "feature/x")
    branches.delete_tag(hub.hub, repository, "v2")
    assert set(refs(hub, repository)) == {"refs/heads/main", "refs/heads/a", "refs/tags/v1"}


@pytest.mark.parametrize(
    ("change", "ref"),
    [
        (lambda hub, repository, head: branches.delete_branch(hub, repository, "a"), "refs/heads/a"),
        (lambda hub, repository, head: branches.delete_tag(hub, repository, "v1"), "refs/tags/v1"),
        (
            lambda hub, repository, head: branches.create_branch(hub, repository, "a", head, overwrite=True),
            "refs/heads/a",
        ),
        (lambda hub, repository, head: squash(hub, repository, "a", AUTHOR, "squashed"), "refs/heads/a"),
    ],
    ids=["deleted branch", "deleted tag", "overwritten branch", "squashed branch"],
)
def test_ref_that_a_push_moves_meanwhile_is_kept(
    hub: LocalHub,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Hub, Repository, str], object],
    ref: str,
) -> None:
    """The pushed commits were lost."""
    head = branches.commit_of(hub.hub, repository, "main")
    branches.create_branch(hub.hub, repository, "a", head)
    branches.create_tag(hub.hub, repository, "v1", head, AUTHOR, "the first")
    pushed = branches.empty_commit(hub.hub, repository, AUTHOR)
    update_ref = hub.hub.git.update_ref

    def update_after_a_push(repository_id: str, *arguments: str, stdin: bytes = b"") -> None:
        hub.hub.git.run(repository_id, "update-ref", ref, pushed)
        update_ref(repository_id, *arguments, stdin=stdin)

    monkeypatch.setattr(hub.hub.git, "update_ref", update_after_a_push)
    with pytest.raises(Refusal, match="was updated meanwhile") as refused:
        change(hub.hub, repository, head)
    assert refused.value.status == 409
    assert refs(hub, repository)[ref] == pushed


def test_branch_of_a_repository_that_is_deleted_meanwhile_is_not_a_conflict(
    hub: LocalHub, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer named the Hub's folder."""
    head = branches.commit_of(hub.hub, repository, "main")
    update_ref = hub.hub.git.update_ref

    def update_after_the_deletion(repository_id: str, *arguments: str) -> None:
        hub.hub.git.delete(repository_id)
        update_ref(repository_id, *arguments)

    monkeypatch.setattr(hub.hub.git, "update_ref", update_after_the_deletion)
    with pytest.raises(RepositoryDeleted):
        branches.create_branch(hub.hub, repository, "a", head)


@pytest.mark.parametrize(
    "change",
    [
        lambda hub, repository, commit: branches.create_branch(hub.hub, repository, "b", commit),
        lambda hub, repository, commit: branches.create_branch(hub.hub, repository, "a", commit, overwrite=True),
        lambda hub, repository, commit: branches.create_tag(hub.hub, repository, "v1", commit, AUTHOR, "first"),
        lambda hub, repository, commit: open_pull(hub, repository, commit),
    ],
    ids=["new branch", "overwritten branch", "tag", "pull request"],
)
def test_commit_that_is_removed_after_it_was_found_is_not_mistaken_for_an_existing_ref(
    hub: LocalHub, repository: Repository, change: Callable[[LocalHub, Repository, str], object]
) -> None:
    """When many people changed a repository at the same time, some were told that the Hub has a bug. And 409 means to
    clients that the branch or tag exists, which ``exist_ok`` allows."""
    found = branches.commit_of(hub.hub, repository, "main")
    squash(hub.hub, repository, "main", AUTHOR, "squashed")
    branches.create_branch(hub.hub, repository, "a", branches.commit_of(hub.hub, repository, "main"))
    before = refs(hub, repository)
    with pytest.raises(Refusal, match="was removed meanwhile") as refused:
        change(hub, repository, found)
    assert refused.value.status == 412
    assert refs(hub, repository) == before


def test_error_of_git_does_not_say_where_the_hubs_folder_is(hub: LocalHub, repository: Repository) -> None:
    head = branches.commit_of(hub.hub, repository, "main")
    folder = hub.hub.git.path(repository.id)
    (folder / "refs/heads/a.lock").touch()
    with pytest.raises(Refusal, match=r"refs/heads/a\.lock': File exists") as refused:
        branches.create_branch(hub.hub, repository, "a", head)
    assert refused.value.status == 409
    assert str(hub.hub.data) not in refused.value.message


def test_names_with_line_separators_of_unicode_are_read(hub: LocalHub, repository: Repository) -> None:
    """A push cannot make them, but they may be in the history of a mirror."""
    head = branches.commit_of(hub.hub, repository, "main")
    hub.hub.git.update_ref(repository.id, "refs/heads/a\u2028b", head)
    assert hub.repository(repository.full_name).branches() == {"main": head, "a\u2028b": head}


def test_name_that_is_not_utf8_is_read_in_the_same_way_everywhere(hub: LocalHub, repository: Repository) -> None:
    """One of four places replaced its bytes, so that it named a branch that does not exist."""
    head = branches.commit_of(hub.hub, repository, "main")
    hub.hub.git.update_ref(repository.id, "--stdin", stdin=b"create refs/heads/caf\xe9 %s\n" % head.encode())
    (name,) = set(hub.repository(repository.full_name).branches()) - {"main"}
    assert name in {ref.name for ref in branches.references(hub.hub, repository, "refs/heads/")}
    assert branches.commit_of(hub.hub, repository, name) == head


def open_pull(hub: LocalHub, repository: Repository, start: str | None = None) -> Discussion:
    user = accounts.find_user(hub.hub, repository.owner)
    assert user
    return discussions.open_discussion(hub.hub, repository, user, "a change", "", pull_request=True, start=start)


def test_discarded_pull_request_leaves_the_next_one_alone(
    hub: LocalHub, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one had its number, and lost its changes."""
    refused, lock, others = open_pull(hub, repository), hub.hub.locks.lock, list[Discussion]()

    def lock_later(repository_id: str, wait: float | None = None) -> AbstractContextManager[None]:
        monkeypatch.setattr(hub.hub.locks, "lock", lock)
        others.append(open_pull(hub, repository))
        return lock(repository_id, wait)

    monkeypatch.setattr(hub.hub.locks, "lock", lock_later)
    discussions.discard(hub.hub, repository, refused)
    assert others[0].ref in refs(hub, repository)
    assert refused.ref not in refs(hub, repository)


def test_pull_request_and_its_ref_are_made_and_discarded_together_when_the_client_disconnects(
    hub: LocalHub, repository: Repository
) -> None:
    """A pull request was left without its ref, so that its page answered 404, or a ref without its pull request."""

    def run() -> None:
        begin(budget := Budget())
        budget.end()
        made = open_pull(hub, repository)
        assert (hub.hub.git.path(repository.id) / made.ref).exists()
        discussions.discard(hub.hub, repository, made)

    contextvars.copy_context().run(run)
    assert discussions.listing(hub.hub, repository) == []
    assert set(refs(hub, repository)) == {"refs/heads/main"}


def test_pull_request_without_its_ref_is_not_made(hub: LocalHub, repository: Repository) -> None:
    """Its page answered 404."""
    lock = hub.hub.git.path(repository.id) / "refs/pr/1.lock"
    lock.parent.mkdir()
    lock.touch()
    with pytest.raises(GitError):
        open_pull(hub, repository)
    assert discussions.listing(hub.hub, repository) == []


def test_invalid_name_or_deletion_is_refused_and_changes_nothing(hub: LocalHub, repository: Repository) -> None:
    head = branches.commit_of(hub.hub, repository, "main")
    before = refs(hub, repository)
    for name in ("", "a b", "-x", "x..y", "x.lock", "refs/heads/x", "0" * 40, "a\nb", "main"):
        with pytest.raises(Refusal):
            branches.create_branch(hub.hub, repository, name, head)
    for delete in (branches.delete_branch, branches.delete_tag):
        with pytest.raises(Refusal):
            delete(hub.hub, repository, "none")
    with pytest.raises(Refusal):
        branches.delete_branch(hub.hub, repository, "main")
    assert refs(hub, repository) == before
