"""Duplicates of repositories, by the unmodified client."""

from __future__ import annotations

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.storage import locks
from tests.hub.clients import ClientError, JsonClient, PythonClient


def test_duplicate_has_all_files_and_survives_deletion_of_the_original(
    hub: LocalHub,
    ada: Account,
    bob: Account,
    python_client: PythonClient,
    client_error: type[ClientError],
    history: str,
) -> None:
    copy = f"{bob.name}/copied"
    code = "huggingface_hub.HfApi(token=token).duplicate_repo(name, copy, private=False, exist_ok=exist_ok)"
    python_client.run(code, token=bob.token, name=history, copy=copy, exist_ok=False)
    for revision in ("main", "side", "v1"):
        assert hub.repository(copy).files(revision) == hub.repository(history).files(revision)
    with pytest.raises(client_error, match="already exists"):
        python_client.run(code, token=bob.token, name=history, copy=copy, exist_ok=False)
    python_client.run(code, token=bob.token, name=history, copy=copy, exist_ok=True)
    files = hub.repository(copy).files()
    python_client.run("huggingface_hub.HfApi(token=token).delete_repo(name)", token=ada.token, name=history)
    assert hub.repository(copy).files() == files


def test_copy_of_a_repository_in_use_leaves_nothing(
    hub: LocalHub, ada: Account, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_MAX_WAIT", 0.1)
    client, copy = JsonClient(hub, ada.token), f"{ada.name}/copied"
    with hub.hub.locks.lock(hub.repository(history)._found().id):
        assert client("POST", f"/api/models/{history}/duplicate", {"repository": copy}).status == 503
        assert not hub.repository(copy).exists
    assert client("POST", f"/api/models/{history}/duplicate", {"repository": copy}).status == 200
    assert hub.repository(copy).files() == hub.repository(history).files()


def test_copy_of_a_damaged_repository_is_refused_with_the_missing_object(
    hub: LocalHub, ada: Account, history: str
) -> None:
    repository, copy = hub.repository(history)._found(), f"{ada.name}/copied"
    tree = hub.hub.git.run(repository.id, "rev-parse", "refs/heads/main^{tree}").decode().strip()
    file = hub.hub.git.path(repository.id) / "objects" / tree[:2] / tree[2:]
    elsewhere = file.rename(file.with_name("moved"))
    try:
        answer = JsonClient(hub, ada.token)("POST", f"/api/models/{history}/duplicate", {"repository": copy})
    finally:
        # Other tests visit all repositories of this Hub.
        elsewhere.rename(file)
    assert answer.status == 422
    assert f"git's object {tree} is missing" in answer.json["error"]
    assert not hub.repository(copy).exists


def test_failed_copy_leaves_nothing(hub: LocalHub, ada: Account, history: str) -> None:
    client, copy = JsonClient(hub, ada.token), f"{ada.name}/copied"
    objects = hub.hub.git.path(hub.repository(history)._found().id) / "objects"
    objects.rename(objects.with_name("away"))
    assert client("POST", f"/api/models/{history}/duplicate", {"repository": copy}).status >= 400
    assert not hub.repository(copy).exists
    objects.with_name("away").rename(objects)
    assert client("POST", f"/api/models/{history}/duplicate", {"repository": copy}).status == 200
    assert hub.repository(copy).files() == hub.repository(history).files()
