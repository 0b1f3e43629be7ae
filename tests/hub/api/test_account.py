"""``whoami``, and the public overviews of users and organizations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.people import accounts
from autograde.hub.people.organizations import create_organization
from tests.hub.clients import Ask


@pytest.fixture
def get(hub: LocalHub, ask: Ask) -> Callable[..., tuple[int, Any]]:
    """Send a GET request with a token; return the status and the JSON answer."""

    def send(path: str, token: str = "") -> tuple[int, Any]:
        status, __, body = ask(hub, "GET", path, **({"Authorization": f"Bearer {token}"} if token else {}))
        return status, json.loads(body)

    return send


@pytest.mark.parametrize("role", ["read", "write"])
def test_whoami_returns_the_user_and_the_role_of_the_token(
    hub: LocalHub, ada: Account, get: Callable[..., tuple[int, Any]], role: str
) -> None:
    status, found = get("/api/whoami-v2", hub.create_token(ada.name, role=role))
    assert status == 200
    assert (found["name"], found["type"], found["orgs"]) == (ada.name, "user", [])
    assert found["auth"]["accessToken"]["role"] == role


def test_whoami_without_a_valid_token_is_rejected(get: Callable[..., tuple[int, Any]]) -> None:
    assert get("/api/whoami-v2")[0] == 401
    assert get("/api/whoami-v2", "hf_wrong")[0] == 401


def test_overview_counts_private_repositories_for_their_owner_only(
    hub: LocalHub, ada: Account, bob: Account, get: Callable[..., tuple[int, Any]]
) -> None:
    hub.create_repository(f"{ada.name}/public")
    hub.create_repository(f"{ada.name}/private", private=True)
    path = f"/api/users/{ada.name}/overview"
    assert get(path, ada.token)[1]["numModels"] == 2
    assert get(path, bob.token)[1]["numModels"] == get(path)[1]["numModels"] == 1
    assert "email" not in get(path)[1]


def test_own_repositories_are_listed_with_their_sizes(
    hub: LocalHub, ada: Account, get: Callable[..., tuple[int, Any]]
) -> None:
    hub.create_repository(f"{ada.name}/large", files={"w.bin": b"w" * 300_000})
    hub.create_repository(f"{ada.name}/small", type="dataset", files={"w.bin": b"w" * 100_000})
    listed = {item["id"]: item for item in get("/api/settings/repositories", ada.token)[1]}
    large, small = listed[f"{ada.name}/large"], listed[f"{ada.name}/small"]
    assert 300_000 <= large["storage"] < 310_000
    assert 100_000 <= small["storage"] < 110_000
    assert large["storagePercent"] + small["storagePercent"] == pytest.approx(100)


def test_organization_lists_its_members_and_is_not_a_user(
    hub: LocalHub, ada: Account, get: Callable[..., tuple[int, Any]], new_name: Callable[[str], str]
) -> None:
    user = accounts.find_user(hub.hub, ada.name)
    assert user
    team = create_organization(hub.hub, user, new_name("team"))
    assert [member["user"] for member in get(f"/api/organizations/{team.name}/members")[1]] == [ada.name]
    assert get(f"/api/organizations/{team.name}/overview")[1]["numUsers"] == 1
    assert [org["name"] for org in get("/api/whoami-v2", ada.token)[1]["orgs"]] == [team.name]
    assert get(f"/api/users/{team.name}/overview")[0] == 404
    assert get(f"/api/organizations/{ada.name}/overview")[0] == 404
