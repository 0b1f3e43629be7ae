"""Xet uploads by the real client; chunks can be used only by the user who sent them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograde.hub import Account, LocalHub
from autograde.hub.repos import xorbs
from autograde.hub.repos.shards import ShardTerm
from tests.hub.clients import Connect, PythonClient

from ..shards import file_name, shard_of
from .xet import UPLOAD, send


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
