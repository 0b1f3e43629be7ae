"""Large request bodies are processed as they arrive: completely, within limits and without blocking other requests."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograde.hub import LocalHub
from autograde.hub.people import accounts
from autograde.hub.repos import repositories
from autograde.hub.storage import drain

CONTENT = os.urandom(12 << 20)
OID = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with LocalHub(data=tmp_path / "hub") as opened:
        yield opened


def prepared(hub: LocalHub) -> str:
    """Create a user with a repository; return the user's token."""
    token = hub.create_user("ada").token
    ada = accounts.find_user(hub.hub, "ada")
    assert ada
    repositories.create_repository(hub.hub, ada, "m")
    return token


def upload_path(hub: LocalHub, token: str, size: int = len(CONTENT)) -> str:
    """Return the signed path for an upload of the content."""
    request = urllib.request.Request(
        f"{hub.endpoint}/ada/m.git/info/lfs/objects/batch",
        json.dumps({"operation": "upload", "objects": [{"oid": OID, "size": size}]}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        href: str = json.load(answer)["objects"][0]["actions"]["upload"]["href"]
    return href.removeprefix(hub.endpoint)


@pytest.fixture
def token(hub: LocalHub) -> str:
    return prepared(hub)


def pieces() -> Iterator[bytes]:
    for start in range(0, len(CONTENT), 100_003):
        yield CONTENT[start : start + 100_003]


@pytest.mark.parametrize("encoding", ["length", "chunked", "expected"])
def test_one_connection_carries_a_large_body_and_the_next_request(hub: LocalHub, token: str, encoding: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    path = upload_path(hub, token)
    if encoding == "chunked":
        connection.request("PUT", path, pieces(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    elif encoding == "length":
        connection.request("PUT", path, pieces(), {"Content-Length": str(len(CONTENT))})
    else:
        connection.putrequest("PUT", path)
        connection.putheader("Content-Length", str(len(CONTENT)))
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        assert connection.sock.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.send(CONTENT)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    assert hub.hub.blobs.path(OID).read_bytes() == CONTENT
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_body_without_length_is_rejected_as_soon_as_it_is_too_long(hub: LocalHub, token: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    path = upload_path(hub, token, size=1 << 20)
    connection.putrequest("PUT", path)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    for piece in pieces():
        try:
            connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        except OSError:
            break  # the Hub answered and does not read the rest
    assert connection.getresponse().status == 413
    connection.close()
    assert not hub.hub.blobs.has(OID)


def test_interrupted_upload_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    with LocalHub(data=tmp_path / "hub") as hub:
        path, core = upload_path(hub, prepared(hub)), hub.hub
        receiving = hub.hub.upload_progress.receiving

        @contextmanager
        def noticed(repository: str, user: str, name: str | None, way: str) -> Iterator[Callable[[int], None]]:
            with receiving(repository, user, name, way) as add:
                try:
                    yield add
                finally:
                    ended.set()

        monkeypatch.setattr(hub.hub.upload_progress, "receiving", noticed)
        with socket.create_connection(("127.0.0.1", hub.port)) as client:
            head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(CONTENT)}\r\n\r\n"
            client.sendall(head.encode() + CONTENT[: 5 << 20])
        assert ended.wait(60)
    assert not core.blobs.has(OID)
    assert not list(core.temporary.iterdir())


def test_slow_disk_delays_only_the_upload(hub: LocalHub, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = upload_path(hub, token)
    free, waits, write = threading.Event(), threading.Event(), drain._write

    def slow(descriptor: int, batch: list[bytes | memoryview]) -> int:
        waits.set()
        assert free.wait(60)
        return write(descriptor, batch)

    monkeypatch.setattr(drain, "_write", slow)
    status: list[int] = []

    def upload() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        connection.request("PUT", path, CONTENT)
        status.append(connection.getresponse().status)
        connection.close()

    sender = threading.Thread(target=upload)
    sender.start()
    assert waits.wait(60)
    for _ in range(20):  # while the sender sends as much as it can
        with urllib.request.urlopen(f"{hub.endpoint}/healthz", timeout=30) as answer:
            assert answer.status == 200
    free.set()
    sender.join(60)
    assert status == [200]
    assert hub.hub.blobs.path(OID).read_bytes() == CONTENT
