"""Ownership of an uploaded file before and after its pull request is merged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts
from autograde.hub.people.access_tokens import Token
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import branches, discussions, quota, uploads
from autograde.hub.repos.access import Caller
from autograde.hub.repos.bindings import bound_size
from autograde.hub.repos.commits import Author, WriteFile, WritePointer, write_commit
from autograde.hub.repos.discussions import merge, open_discussion
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES
from autograde.hub.repos.repositories import Repository, create_repository

BY = Author("a", "a@example.org")
OID = "ab" * 32

#: Bytes of the owner's quota that the repository's first commit uses.
FIRST = len(INITIAL_GITATTRIBUTES.encode())


def caller(hub: Hub, user: User) -> Caller:
    secret = access_tokens.create_token(hub, user)
    found = access_tokens.find_token(hub, secret)
    assert found
    token: Token = found[1]
    return Caller(user, token)


@pytest.fixture
def people(store: Hub) -> tuple[User, User, Repository]:
    """Create an owner, another user, and the owner's public repository."""
    ada, eve = accounts.create_user(store, "ada"), accounts.create_user(store, "eve")
    repository = create_repository(store, ada, "m")
    first = [WriteFile(".gitattributes", INITIAL_GITATTRIBUTES.encode())]
    write_commit(store, repository, "main", first, author=BY, message="initial commit", create=True)
    return ada, eve, repository


def offered(store: Hub, eve: User, repository: Repository) -> str:
    """Open the other user's pull request with a large file and return its ref."""
    uploads.keep(store, caller(store, eve), repository, OID, 7)
    request = open_discussion(store, repository, eve, "t", "", pull_request=True, draft=False)
    write_commit(store, repository, request.ref, [WritePointer("w.bin", OID)], author=BY, message="w")
    return request.ref


def test_upload_of_a_writer_is_bound_to_the_repository_at_once(
    store: Hub, people: tuple[User, User, Repository]
) -> None:
    ada, __, repository = people
    uploads.keep(store, caller(store, ada), repository, OID, 7)
    assert bound_size(store, repository.id, OID) == 7
    assert quota.used(store, ada.id) == FIRST + 7


def test_offered_file_counts_for_its_sender_and_cannot_be_committed_to_a_branch(
    store: Hub, people: tuple[User, User, Repository]
) -> None:
    ada, eve, repository = people
    offered(store, eve, repository)
    assert bound_size(store, repository.id, OID) is None
    assert uploads.readable_size(store, repository.id, OID) == 7
    assert (quota.used(store, ada.id), quota.used(store, eve.id)) == (FIRST, 7)
    # The owner has not uploaded these bytes, so the owner's client must still send them.
    assert uploads.known_size(store, caller(store, ada), repository, OID) is None
    assert uploads.known_size(store, caller(store, eve), repository, OID) == 7


@pytest.mark.parametrize("way", ["merge", "branch", "tag", "commit"])
def test_offered_file_is_bound_when_it_reaches_a_branch_or_tag(
    store: Hub, people: tuple[User, User, Repository], way: str
) -> None:
    ada, eve, repository = people
    ref = offered(store, eve, repository)
    if way == "merge":
        merge(store, repository, discussions.find(store, repository, 1), ada, BY)
    elif way == "branch":
        branches.create_branch(store, repository, "b", branches.commit_of(store, repository, ref))
    elif way == "tag":
        branches.create_tag(store, repository, "t", branches.commit_of(store, repository, ref), BY)
    else:
        write_commit(store, repository, "main", [WritePointer("w.bin", OID)], author=BY, message="w")
    assert bound_size(store, repository.id, OID) == 7
    assert (quota.used(store, ada.id), quota.used(store, eve.id)) == (FIRST + 7, 0)


def test_merge_over_quota_changes_nothing(store: Hub, people: tuple[User, User, Repository]) -> None:
    ada, eve, repository = people
    offered(store, eve, repository)
    store.config = replace(store.config, limits=replace(store.config.limits, owner_storage=6))
    with pytest.raises(Refusal) as refused:
        merge(store, repository, discussions.find(store, repository, 1), ada, BY)
    assert refused.value.status == 413
    assert bound_size(store, repository.id, OID) is None
    assert discussions.find(store, repository, 1).status == "open"
