"""Branches and tags, compared with git's own list."""

from __future__ import annotations

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.refusals import Refusal
from autograde.hub.repos import branches
from autograde.hub.repos.commits import Author
from autograde.hub.repos.repositories import Repository

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
