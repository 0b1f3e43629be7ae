"""Duplicates of repositories, by the unmodified client."""

from __future__ import annotations

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import ClientError, PythonClient


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
