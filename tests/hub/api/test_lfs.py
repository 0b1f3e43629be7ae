"""Large files: uploads in one piece or in parts, and protection against access without rights."""

from __future__ import annotations

import hashlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.config import HubConfig
from autograde.hub.server import RunningHub
from tests.hub.clients import Connect, commit_body

CONTENT = b"weights of ada's " * 1000
OID = hashlib.sha256(CONTENT).hexdigest()


class Api:
    """Sends requests as one user's client does."""

    def __init__(self, endpoint: str, account: Account) -> None:
        self.endpoint, self.account = endpoint, account

    def __call__(self, method: str, path: str, body: object = None, *, token: str | None = None) -> tuple[int, bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        url = path if path.startswith("http") else self.endpoint + path
        headers = {} if path.startswith("http") else {"Authorization": f"Bearer {token or self.account.token}"}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def batch(self, name: str, operation: str, *objects: dict[str, Any], **more: object) -> dict[str, Any]:
        status, body = self(
            "POST", f"/{name}.git/info/lfs/objects/batch", {"operation": operation, "objects": objects, **more}
        )
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def commit(self, name: str, *lines: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status, answer = self("POST", f"/api/models/{name}/commit/main", commit_body(*lines))
        return status, json.loads(answer)


def lfs_file(path: str, oid: str, size: int | None = None) -> dict[str, Any]:
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, "size": size}}


OBJECT = {"oid": OID, "size": len(CONTENT)}


@pytest.fixture
def of(hub: LocalHub) -> Callable[[Account], Api]:
    return lambda account: Api(hub.endpoint, account)


@pytest.fixture
def repositories(hub: LocalHub, ada: Account, bob: Account, of: Callable[[Account], Api]) -> tuple[str, str]:
    """Ada's private repository with CONTENT as w.bin, and bob's empty public one."""
    for account, visibility in ((ada, "private"), (bob, "public")):
        assert of(account)("POST", "/api/repos/create", {"name": "m", "visibility": visibility})[0] == 200
    api = of(ada)
    upload = api.batch(f"{ada.name}/m", "upload", OBJECT)["objects"][0]["actions"]
    assert api("PUT", upload["upload"]["href"], CONTENT)[0] == 200
    assert api("POST", upload["verify"]["href"], OBJECT)[0] == 200
    assert api.commit(f"{ada.name}/m", lfs_file("w.bin", OID, len(CONTENT)))[0] == 200
    return f"{ada.name}/m", f"{bob.name}/m"


def test_file_already_in_the_repository_is_not_uploaded_again(
    ada: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    assert "actions" not in of(ada).batch(repositories[0], "upload", OBJECT)["objects"][0]


def test_knowing_an_oid_does_not_give_access(
    hub: LocalHub, ada: Account, bob: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    """bob knows the SHA-256 of ada's private file, but can't download it, commit it or find out whether it exists."""
    his = repositories[1]
    api = of(bob)
    unknown = {"oid": hashlib.sha256(b"not stored anywhere").hexdigest(), "size": len(CONTENT)}
    for operation in ("download", "upload"):
        existing, missing = (
            json.dumps(api.batch(his, operation, item)["objects"][0]).replace(str(item["oid"]), "OID")
            for item in (OBJECT, unknown)
        )
        # The signed links must differ only in their ticket.
        masked = [re.sub(r"/lfs/[\w.-]+", "/lfs/TICKET", text) for text in (existing, missing)]
        assert masked[0] == masked[1]
    assert "error" in api.batch(his, "download", OBJECT)["objects"][0]
    assert api.commit(his, lfs_file("w.bin", OID))[0] == 400
    assert hub.repository(his).lfs_paths() == []
    status, body = api(
        "POST", f"/api/models/{his}/preupload/main", {"files": [{"path": "w.bin", "size": len(CONTENT), "sample": ""}]}
    )
    assert status == 200
    assert "oid" not in json.loads(body)["files"][0]


def test_file_above_the_limit_is_refused_before_its_upload(
    bob: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    files = [{"path": "small.bin", "size": 5, "sample": ""}, {"path": "huge.bin", "size": 2**37, "sample": ""}]
    status, body = of(bob)("POST", f"/api/models/{repositories[1]}/preupload/main", {"files": files})
    assert status == 413
    assert b"at most 68,719,476,736 bytes; larger: huge.bin" in body


def test_pointer_committed_as_text_is_served_as_text(
    hub: LocalHub, bob: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    """bob commits the pointer as an ordinary file through the API: downloads return only the pointer."""
    import base64

    from autograde.hub.repos.pointers import LfsPointer

    text = LfsPointer(OID, len(CONTENT)).text()
    file = {"path": "w.bin", "content": base64.b64encode(text).decode(), "encoding": "base64"}
    status, __ = of(bob).commit(repositories[1], {"key": "file", "value": file})
    for path in ("resolve", "raw"):
        answered, body = of(bob)("GET", f"/{repositories[1]}/{path}/main/w.bin")
        assert CONTENT not in body
        assert (status, answered, body) == (200, 200, text)


def test_uploader_of_the_same_bytes_gets_access(
    hub: LocalHub, bob: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    api = of(bob)
    upload = api.batch(repositories[1], "upload", OBJECT)["objects"][0]["actions"]["upload"]
    assert api("PUT", upload["href"], CONTENT)[0] == 200
    assert api.commit(repositories[1], lfs_file("mine.bin", OID))[0] == 200
    assert hub.repository(repositories[1]).files()["mine.bin"] == CONTENT


@pytest.mark.parametrize("sent", [CONTENT[:-1], CONTENT + b"x", b"", CONTENT[:-1] + b"?"])
def test_upload_with_other_bytes_is_rejected(
    hub: LocalHub, bob: Account, of: Callable[[Account], Api], repositories: tuple[str, str], sent: bytes
) -> None:
    api = of(bob)
    actions = api.batch(repositories[1], "upload", OBJECT)["objects"][0]["actions"]
    assert api("PUT", actions["upload"]["href"], sent)[0] in (400, 413)
    assert api("POST", actions["verify"]["href"], OBJECT)[0] == 404
    assert api.commit(repositories[1], lfs_file("w.bin", OID))[0] == 400


def test_link_is_valid_for_one_action_file_and_repository(
    hub: LocalHub, ada: Account, bob: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    api = of(bob)
    upload = api.batch(repositories[1], "upload", OBJECT)["objects"][0]["actions"]["upload"]["href"]
    download = of(ada).batch(repositories[0], "download", OBJECT)["objects"][0]["actions"]["download"]["href"]
    assert api("GET", download) == (200, CONTENT)
    assert api("PUT", download, CONTENT)[0] == 403
    assert api("GET", upload)[0] == 403
    # Change the last character but one, because the last has unused bits.
    assert api("PUT", upload[:-2] + ("0" if upload[-2] != "0" else "1") + upload[-1], CONTENT)[0] == 403
    assert api("GET", hub.endpoint + "/lfs/nonsense")[0] == 403


def test_link_expires(
    hub: LocalHub,
    ada: Account,
    of: Callable[[Account], Api],
    repositories: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    download = of(ada).batch(repositories[0], "download", OBJECT)["objects"][0]["actions"]["download"]["href"]
    later = hub.hub.now() + 2 * 3600_000
    monkeypatch.setattr(hub.hub, "now", lambda: later)
    assert of(ada)("GET", download)[0] == 403


def test_upload_with_read_token_is_rejected(
    hub: LocalHub, ada: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    body = {"operation": "upload", "objects": [OBJECT]}
    read = hub.create_token(ada.name, role="read")
    path = f"/{repositories[0]}.git/info/lfs/objects/batch"
    assert of(ada)("POST", path, body, token=read)[0] == 403
    assert of(ada)("POST", path, body | {"operation": "download"}, token=read)[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {}, {"operation": "delete", "objects": []}, {"operation": "upload"}, {"operation": "upload", "objects": [1]},
        {"operation": "upload", "objects": [{"oid": "x", "size": 1}]}, {"operation": "upload", "objects": {"a": 1}},
        {"operation": "upload", "objects": [{"oid": OID, "size": -1}]},
        {"operation": "upload", "objects": [{"oid": OID}]},
        {"operation": "upload", "objects": [{"oid": OID, "size": 1.5}]},
        {"operation": "download", "objects": [], "hash_algo": "md5"},
    ],
)  # fmt: skip
def test_malformed_batch_is_rejected(
    ada: Account, of: Callable[[Account], Api], repositories: tuple[str, str], body: dict[str, Any]
) -> None:
    assert 400 <= of(ada)("POST", f"/{repositories[0]}.git/info/lfs/objects/batch", body)[0] < 500


def test_unknown_transfers_are_ignored(
    ada: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    for transfers in (5, None, "multipart", ["ssh"]):
        assert of(ada).batch(repositories[0], "upload", OBJECT, transfers=transfers)["transfer"] == "basic"


def test_too_large_file_is_rejected_before_the_upload(
    hub: LocalHub, ada: Account, of: Callable[[Account], Api], repositories: tuple[str, str]
) -> None:
    huge = {"oid": "0" * 64, "size": hub.hub.config.limits.lfs_file + 1}
    assert of(ada).batch(repositories[0], "upload", huge)["objects"][0]["error"]["code"] == 413


@pytest.fixture
def small_parts(tmp_path: Path) -> Iterator[tuple[RunningHub, Api]]:
    """A Hub that offers multipart uploads for more than 1000 bytes, and ada's client."""
    from autograde.hub.people import access_tokens, accounts

    config = HubConfig(data=tmp_path / "data", durable=False, password_cost=16, multipart_above=1000)
    running = RunningHub(config)
    running.start()
    user = accounts.create_user(running.hub, "ada")
    api = Api(f"http://127.0.0.1:{running.port}", Account("ada", access_tokens.create_token(running.hub, user)))
    assert api("POST", "/api/repos/create", {"name": "m"})[0] == 200
    yield running, api
    running.stop()


def test_multipart_upload_becomes_one_file(small_parts: tuple[RunningHub, Api]) -> None:
    running, api = small_parts
    batch = api.batch("ada/m", "upload", OBJECT, transfers=["basic", "multipart"])
    upload = batch["objects"][0]["actions"]["upload"]
    assert batch["transfer"] == "multipart"
    size = int(upload["header"]["chunk_size"])
    links = [link for key, link in sorted(upload["header"].items()) if key != "chunk_size"]
    assert len(links) == -(-len(CONTENT) // size)
    assert api("POST", upload["href"], {"oid": OID, "parts": [{"partNumber": 1, "etag": "x"}]})[0] == 400
    parts = []
    for number, link in reversed(list(enumerate(links))):  # in any order
        assert api("PUT", link, CONTENT[number * size : (number + 1) * size])[0] == 200
        parts.append({"partNumber": number + 1, "etag": "x"})
    assert api("POST", upload["href"], {"oid": OID, "parts": parts})[0] == 200
    assert api.commit("ada/m", lfs_file("w.bin", OID))[0] == 200
    assert api("GET", "/ada/m/resolve/main/w.bin")[1] == CONTENT
    assert list(running.hub.temporary.iterdir()) == []


def test_client_uses_multipart_uploads(small_parts: tuple[RunningHub, Api], connect: Connect, tmp_path: Path) -> None:
    running, api = small_parts

    client = connect(SimpleNamespace(endpoint=f"http://127.0.0.1:{running.port}"), HF_HUB_DISABLE_XET="1")
    client.run(
        "huggingface_hub.HfApi(token=token).upload_file("
        "path_or_fileobj=b'weights of ada\\'s ' * 1000, path_in_repo='w.bin', repo_id='ada/m')",
        token=api.account.token,
    )
    assert api("GET", "/ada/m/resolve/main/w.bin") == (200, CONTENT)
