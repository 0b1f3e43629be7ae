"""Tokens for Xet are valid for one user, repository and Hub only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import ClientError, PythonClient

from .xet import send


def test_upload_token_is_valid_for_one_hub_and_user(
    hub: LocalHub,
    ada: Account,
    bob: Account,
    python_client: PythonClient,
    write_token: Callable[[Account, str], tuple[str, str]],
) -> None:
    for account in (ada, bob):
        python_client.run(
            "huggingface_hub.HfApi(token=token).create_repo(name)", token=account.token, name=f"{account.name}/m"
        )
    url, token = write_token(ada, f"{ada.name}/m")
    bobs, __ = write_token(bob, f"{bob.name}/m")
    path = f"/v1/xorbs/default/{'a' * 64}"
    assert send(bobs + path, token, b"x") == 401
    assert send(url + path, token + "x", b"x") == 401
    assert send(url + path, ada.token, b"x") == 401
    assert send(url.replace(hub.hub.instance_id, "0" * 32) + path, token, b"x") == 401
    assert send(url + path, token, b"not a xorb") == 400, "4xx: the client would repeat a 5xx for a minute and a half"
    assert send(url + "/v1/shards", token, b"not a shard") == 400
    assert send(url + "/v1/xorbs/default/..%2f..%2fx", token, b"x") == 400


def test_read_token_gets_no_upload_token(
    hub: LocalHub, ada: Account, python_client: PythonClient, client_error: type[ClientError]
) -> None:
    read = hub.create_token(ada.name, role="read")
    python_client.run("huggingface_hub.HfApi(token=token).create_repo(name)", token=ada.token, name=f"{ada.name}/m")
    with pytest.raises(client_error) as refused:
        python_client.run(
            "api = huggingface_hub.HfApi(token=token)\n"
            "api.upload_file(path_or_fileobj=bytes(100), path_in_repo='w.bin', repo_id=name)",
            token=read,
            name=f"{ada.name}/m",
        )
    assert "role 'write'" in refused.value.message
