"""Permissions of each kind of token; a repository that the caller may not see looks as if it did not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts, organizations
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.repos.repositories import Repository, create_repository


@pytest.fixture
def world(store: Hub) -> dict[str, Repository]:
    """Create repositories of ada and of an organisation, public and private; bob may read there and carol may write."""
    people = {name: accounts.create_user(store, name) for name in ("ada", "bob", "carol", "eve")}
    lab = accounts.create_user(store, "lab", kind="org")
    organizations.add_member(store, lab, people["ada"], "admin")
    organizations.add_member(store, lab, people["bob"], "read")
    organizations.add_member(store, lab, people["carol"], "write")
    return {
        f"{owner.name}/{name}": create_repository(store, owner, name, private=name == "private")
        for owner in (people["ada"], lab)
        for name in ("public", "private")
    }


@pytest.fixture
def as_(store: Hub) -> Callable[..., Caller]:
    """Return a function that makes a caller: ``as_("ada", "read")``. The role None means a browser session."""

    def caller(name: str | None, role: str | None = "write", scopes: dict[str, Any] | None = None) -> Caller:
        if name is None:
            return ANONYMOUS
        user = accounts.find_user(store, name)
        assert user
        if role is None:
            return Caller(user)
        found = access_tokens.find_token(store, access_tokens.create_token(store, user, role=role, scopes=scopes))
        assert found
        return Caller(*found)

    return caller


#: (who, token's role, repository) → sees, writes, administers
RIGHTS = [
    (None, None, "ada/public", "r--"),
    (None, None, "ada/private", "---"),
    ("ada", "write", "ada/private", "rwa"),
    ("ada", None, "ada/private", "rwa"),
    ("ada", "read", "ada/private", "r--"),
    ("ada", "read", "ada/public", "r--"),
    ("ada", "fineGrained", "ada/private", "---"),
    ("ada", "fineGrained", "ada/public", "r--"),
    ("eve", "write", "ada/public", "r--"),
    ("eve", "write", "ada/private", "---"),
    ("bob", "write", "lab/private", "r--"),
    ("bob", "write", "lab/public", "r--"),
    ("carol", "write", "lab/private", "rw-"),
    ("carol", "read", "lab/private", "r--"),
    ("ada", "write", "lab/private", "rwa"),
    ("eve", "write", "lab/private", "---"),
]


def allowed(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


@pytest.mark.parametrize(("who", "role", "name", "rights"), RIGHTS)
def test_permissions_for_each_role_and_repository(
    store: Hub,
    world: dict[str, Repository],
    as_: Callable[..., Caller],
    who: str | None,
    role: str | None,
    name: str,
    rights: str,
) -> None:
    caller, repository = as_(who, role), world[name]
    assert access.can_see(store, caller, repository) == (rights[0] == "r")
    assert access.can_write(store, caller, repository) == (rights[1] == "w")
    assert allowed(lambda: access.require_visible(store, caller, repository)) == (rights[0] == "r")
    assert allowed(lambda: access.require_write(store, caller, repository)) == (rights[1] == "w")
    assert allowed(lambda: access.require_admin(store, caller, repository)) == (rights[2] == "a")


def scope(kind: str, name: str, *permissions: str) -> dict[str, Any]:
    return {"scoped": [{"entity": {"type": kind, "name": name}, "permissions": list(permissions)}]}


@pytest.mark.parametrize(
    ("scopes", "rights"),
    [
        ({}, "--"),
        ({"global": ["repo.content.read"]}, "r-"),
        ({"global": ["repo.write"]}, "rw"),
        (scope("user", "ada", "repo.write"), "rw"),
        (scope("user", "ADA", "repo.content.read"), "r-"),
        (scope("user", "eve", "repo.write"), "--"),
        (scope("model", "ada/private", "repo.write"), "rw"),
        (scope("model", "Ada/Private", "repo.content.read"), "r-"),
        (scope("model", "ada/public", "repo.write"), "--"),
        (scope("dataset", "ada/private", "repo.write"), "--"),
        (scope("model", "ada/private", "discussion.write"), "--"),
    ],
)
def test_fine_grained_token_has_exactly_its_permissions(
    store: Hub, world: dict[str, Repository], as_: Callable[..., Caller], scopes: dict[str, Any], rights: str
) -> None:
    caller = as_("ada", "fineGrained", scopes)
    repository = world["ada/private"]
    assert access.can_see(store, caller, repository) == (rights[0] == "r")
    assert access.can_write(store, caller, repository) == (rights[1] == "w")


def test_token_never_exceeds_the_permissions_of_its_owner(
    store: Hub, world: dict[str, Repository], as_: Callable[..., Caller]
) -> None:
    caller = as_("eve", "fineGrained", {"global": ["repo.write"], **scope("model", "ada/private", "repo.write")})
    assert not access.can_see(store, caller, world["ada/private"])
    assert not access.can_write(store, caller, world["ada/public"])


@pytest.mark.parametrize(
    "require", [access.require_visible, access.require_readable, access.require_write, access.require_admin]
)
@pytest.mark.parametrize("who", [None, "eve"])
def test_private_and_missing_repository_give_the_same_error(
    store: Hub,
    world: dict[str, Repository],
    as_: Callable[..., Caller],
    who: str | None,
    require: Callable[[Hub, Caller, Repository | None], object],
) -> None:
    answers = []
    for repository in (world["ada/private"], None):
        with pytest.raises(Refusal) as refused:
            require(store, as_(who), repository)
        answers.append((refused.value.status, refused.value.message, refused.value.code, refused.value.headers))
    assert answers[0] == answers[1]
    assert answers[0][0] == (404 if who else 401)
    assert answers[0][2] == "RepoNotFound"


def test_refused_write_names_the_right_reason(
    store: Hub, world: dict[str, Repository], as_: Callable[..., Caller]
) -> None:
    """An anonymous caller, an owner's read token and another user's token get different messages."""
    for who, role, status, words in [
        (None, None, 401, "Log in"),
        ("ada", "read", 403, "role 'write'"),
        ("eve", "write", 403, "belongs to ada"),
    ]:
        with pytest.raises(Refusal) as refused:
            access.require_write(store, as_(who, role), world["ada/public"])
        assert refused.value.status == status
        assert words in refused.value.message


def test_only_members_with_write_role_can_create_repositories(
    store: Hub, world: dict[str, Repository], as_: Callable[..., Caller]
) -> None:
    ada, lab = accounts.find_user(store, "ada"), accounts.find_user(store, "lab")
    assert ada
    assert lab
    permitted = [("ada", "write", ada), ("ada", None, ada), ("ada", "write", lab), ("carol", "write", lab)]
    forbidden = [("ada", "read", ada), ("eve", "write", ada), ("bob", "write", lab), (None, None, ada)]
    forbidden += [("carol", "write", ada), ("carol", "read", lab)]

    def can_create(who: str | None, role: str | None, owner: accounts.User) -> bool:
        return allowed(lambda: access.require_create(store, as_(who, role), owner))

    assert [each[:2] for each in permitted if not can_create(*each)] == []
    assert [each[:2] for each in forbidden if can_create(*each)] == []
