"""Xet uploads by the real client; upload tokens and chunks are valid for one user, repository and Hub only."""

from __future__ import annotations

import json
import random
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.repos import xorbs
from autograde.hub.repos.xetformat import ShardTerm
from tests.hub.clients import ClientError, Connect, PythonClient

from ..shards import file_name, shard_of

UPLOAD = """
api = huggingface_hub.HfApi(token=token)
api.create_repo(name, exist_ok=True)
api.upload_file(path_or_fileobj=path, path_in_repo="w.bin", repo_id=name)
"""


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file for which the client uses every compression scheme: noise, floats, text and repetition."""
    generator = random.Random(11)
    path = tmp_path / "weights.bin"
    floats = b"".join(b"%c\x00\x80\x3f" % generator.randrange(256) for __ in range(100_000))
    path.write_bytes(generator.randbytes(500_000) + floats + b"words and words " * 40_000 + bytes(700_000))
    return path


def test_file_uploaded_with_xet_downloads_unchanged(
    hub: LocalHub, ada: Account, python_client: PythonClient, weights: Path, tmp_path: Path
) -> None:
    name = f"{ada.name}/xet"
    python_client.run(UPLOAD, token=ada.token, name=name, path=str(weights))
    assert hub.repository(name).files()["w.bin"] == weights.read_bytes()
    down = python_client.run(
        "result = huggingface_hub.hf_hub_download(name, 'w.bin', local_dir=target)",
        name=name,
        target=str(tmp_path / "d"),
    )
    assert Path(down).read_bytes() == weights.read_bytes()


def test_file_of_repeated_chunks_downloads_unchanged(
    hub: LocalHub, ada: Account, python_client: PythonClient, tmp_path: Path
) -> None:
    """Equal chunks with a shorter one at the end: hf_xet panicked on ranges with the same start."""
    path = tmp_path / "ones.bin"
    path.write_bytes(b"\x00\x00\x80\x3f" * 200_000)
    name = f"{ada.name}/ones"
    python_client.run(UPLOAD, token=ada.token, name=name, path=str(path))
    down = python_client.run(
        "result = huggingface_hub.hf_hub_download(name, 'w.bin', local_dir=target)",
        name=name,
        target=str(tmp_path / "d"),
    )
    assert Path(down).read_bytes() == path.read_bytes()


def test_same_upload_to_a_new_hub_on_the_same_port_succeeds(connect: Connect, weights: Path, tmp_path: Path) -> None:
    """The client remembers which chunks a server has and must not mistake a new Hub for the old one."""
    port = 0
    for start in range(2):
        with LocalHub(tmp_path / f"data-{start}", port=port, durable=False) as hub:
            port = hub.port
            ada = hub.create_user("ada")
            client = connect(hub, tmp_path / "one-home")
            client.run(UPLOAD, token=ada.token, name="ada/m", path=str(weights))
            assert hub.repository("ada/m").files()["w.bin"] == weights.read_bytes()


def test_two_users_with_the_same_cache_can_upload_the_same_file(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient, weights: Path
) -> None:
    for account in (ada, bob):
        python_client.run(UPLOAD, token=account.token, name=f"{account.name}/same", path=str(weights))
        assert hub.repository(f"{account.name}/same").files()["w.bin"] == weights.read_bytes()


def test_uploading_a_file_again_sends_no_chunks(
    hub: LocalHub, ada: Account, python_client: PythonClient, weights: Path
) -> None:
    count = "SELECT count(*) AS n FROM xorbs"
    python_client.run(UPLOAD, token=ada.token, name=f"{ada.name}/one", path=str(weights))
    before = [row["n"] for row in hub.hub.database.all(count)]
    python_client.run(UPLOAD, token=ada.token, name=f"{ada.name}/two", path=str(weights))
    assert [row["n"] for row in hub.hub.database.all(count)] == before
    assert hub.repository(f"{ada.name}/two").files()["w.bin"] == weights.read_bytes()


def send(url: str, token: str, body: bytes) -> int:
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.fixture
def write_token(hub: LocalHub) -> Callable[[Account, str], tuple[str, str]]:
    """Return ``(casUrl, access token)`` for a user and a repository."""

    def get(account: Account, name: str) -> tuple[str, str]:
        request = urllib.request.Request(
            f"{hub.endpoint}/api/models/{name}/xet-write-token/main",
            headers={"Authorization": f"Bearer {account.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found = json.load(answer)
        return found["casUrl"], found["accessToken"]

    return get


def test_chunks_of_another_user_cannot_be_used(
    hub: LocalHub,
    ada: Account,
    bob: Account,
    python_client: PythonClient,
    weights: Path,
    write_token: Callable[[Account, str], tuple[str, str]],
) -> None:
    """bob knows the hashes of ada's chunks and asks the Hub to build a file from them."""
    python_client.run(UPLOAD, token=ada.token, name=f"{ada.name}/private", path=str(weights))
    python_client.run("huggingface_hub.HfApi(token=token).create_repo(name)", token=bob.token, name=f"{bob.name}/m")
    adas = hub.hub.database.one(
        "SELECT xorbs.* FROM xorbs JOIN users ON users.id = user_id WHERE users.name = ? ", (ada.name,)
    )
    assert adas
    with xorbs.opened(hub.hub, adas["scope"], adas["hash"]) as opened:
        (first,) = opened.contents(0, 1)
    size = len(first)
    shard = shard_of((file_name([first]), [ShardTerm(adas["hash"], 0, 1, size)], None))
    url, token = write_token(bob, f"{bob.name}/m")
    assert send(f"{url}/v1/shards", token, shard) == 400
    bound = hub.hub.database.all(
        "SELECT count(*) AS n FROM bindings JOIN repositories ON repositories.id = repository_id"
        " JOIN users ON users.id = owner_id WHERE users.name = ?", (bob.name,)
    )  # fmt: skip
    assert [row["n"] for row in bound] == [0]
    # The same shard is valid with ada's token: it was rejected because of the owner of its chunks.
    url, token = write_token(ada, f"{ada.name}/private")
    assert send(f"{url}/v1/shards", token, shard) == 200


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
