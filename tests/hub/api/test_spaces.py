"""Spaces: no app runs, but their state, secrets and variables can be read and written."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.api import spaces
from autograde.hub.repos.repositories import replace_settings
from tests.hub.clients import JsonClient


def test_space_has_a_runtime_and_stores_variables_but_not_secrets(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    api("POST", "/api/repos/create", {"name": "app", "type": "space", "sdk": "static"})
    base = f"/api/spaces/{ada.name}/app"
    assert api("GET", f"{base}/runtime").json["stage"] == "NO_APP_FILE"
    api("POST", f"{base}/secrets", {"key": "PASSWORD", "value": "do-not-keep", "description": "d"})
    api("POST", f"{base}/variables", {"key": "SIZE", "value": "3"})
    assert api("GET", f"{base}/secrets").json["PASSWORD"]["description"] == "d"
    assert api("GET", f"{base}/variables").json["SIZE"]["value"] == "3"
    assert "PASSWORD" not in api("DELETE", f"{base}/secrets", {"key": "PASSWORD"}).json
    assert api("DELETE", f"{base}/secrets", {"key": "PASSWORD"}).status == 404
    api("POST", f"{base}/secrets", {"key": "None", "value": "1"})
    assert [api("DELETE", f"{base}/secrets", wrong).status for wrong in ({}, {"key": 3})] == [400, 400]
    hub.hub.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"do-not-keep" not in (hub.hub.data / "hub.db").read_bytes()


def test_variables_set_at_the_same_time_are_all_kept(
    api: JsonClient, hub: LocalHub, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request wrote back what it had read before the first one."""
    api("POST", "/api/repos/create", {"name": "app", "type": "space", "sdk": "static"})
    address, both = f"/api/spaces/{ada.name}/app/variables", threading.Barrier(2)

    def replace_together(*arguments: Any) -> None:
        # One of them waits for the other's transaction.
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        replace_settings(*arguments)

    monkeypatch.setattr("autograde.hub.api.spaces.replace_settings", replace_together)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda key: api("POST", address, {"key": key, "value": "1"}), ("A", "B")))
    assert set(api("GET", address).json) == {"A", "B"}


def test_duplicate_of_a_space_has_its_variables_but_not_the_names_of_its_secrets(
    api: JsonClient, hub: LocalHub, ada: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only writers may see these names."""
    api("POST", "/api/repos/create", {"name": "app", "type": "space", "sdk": "static"})
    for kind in ("secrets", "variables"):
        api("POST", f"/api/spaces/{ada.name}/app/{kind}", {"key": "KEY", "value": "1"})
    bobs = JsonClient(hub, bob.token)

    def duplicate(name: str, **given: object) -> int:
        return bobs(
            "POST", f"/api/spaces/{ada.name}/app/duplicate", {"repository": f"{bob.name}/{name}", **given}
        ).status

    assert duplicate("app") == 200
    assert bobs("GET", f"/api/spaces/{bob.name}/app/secrets").json == {}
    assert bobs("GET", f"/api/spaces/{bob.name}/app/variables").json["KEY"]["value"] == "1"
    own = [{"key": "OWN", "value": "2"}]
    assert duplicate("more", secrets=own, variables=own) == 200
    assert set(bobs("GET", f"/api/spaces/{bob.name}/more/secrets").json) == {"OWN"}
    assert set(bobs("GET", f"/api/spaces/{bob.name}/more/variables").json) == {"KEY", "OWN"}
    for wrong in ("x", ["x"], [{"key": "a b"}]):
        assert duplicate("wrong", variables=wrong) == 400
    monkeypatch.setattr(spaces, "_MAX_ENTRIES", 1)
    assert duplicate("wrong", variables=own) == 413
    assert duplicate("again", variables=[{"key": "KEY", "value": "3"}]) == 200
    assert bobs("GET", f"/api/spaces/{bob.name}/again/variables").json["KEY"]["value"] == "3"
    assert not hub.repository(f"{bob.name}/wrong", type="space").exists


def test_variables_of_another_users_space_cannot_be_changed(api: JsonClient, hub: LocalHub, bob: Account) -> None:
    hub.create_repository(f"{bob.name}/app", type="space")
    answer = api("POST", f"/api/spaces/{bob.name}/app/variables", {"key": "SIZE", "value": "3"})
    assert answer.status == 403
    assert api("GET", f"/api/spaces/{bob.name}/app/secrets").status == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": "two words", "value": "1"}, 400), ({"key": 3, "value": "1"}, 400), ({"key": "SIZE", "value": 3}, 400),
        ({"key": "SIZE", "value": "1" * 10_001}, 400), ({"key": "SIZE", "value": "1", "description": 3}, 400),
        ({"key": "SIZE", "value": "1" * 10_000}, 200),
    ],
)  # fmt: skip
def test_variable_with_an_invalid_name_or_value_is_rejected(
    api: JsonClient, hub: LocalHub, ada: Account, change: dict[str, object], status: int
) -> None:
    hub.create_repository(f"{ada.name}/app", type="space")
    base = f"/api/spaces/{ada.name}/app/variables"
    assert api("POST", base, change).status == status
    assert list(api("GET", base).json) == (["SIZE"] if status == 200 else [])


def test_model_has_neither_runtime_nor_variables(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    hub.create_repository(f"{ada.name}/model")
    for part in ("runtime", "variables", "secrets"):
        assert api("GET", f"/api/models/{ada.name}/model/{part}").status == 404
