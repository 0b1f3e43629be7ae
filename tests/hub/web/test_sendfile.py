"""Downloads of large files: complete, several on one connection, and with clients that disconnect or stall."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator

import pytest

from autograde.hub import LocalHub
from autograde.hub.people import accounts
from autograde.hub.repos import bindings, repositories
from autograde.hub.repos.commits import Author, WritePointer, write_commit
from autograde.hub.web.sendfile import THREADS

CONTENT = os.urandom(6 << 20)
PATH = "/ada/m/resolve/main/w.bin"


def fill(hub: LocalHub) -> None:
    """Put the large file on a Hub."""
    core = hub.hub
    ada = accounts.create_user(core, "ada")
    repository = repositories.create_repository(core, ada, "m")
    with core.blobs.writer() as writer:
        writer.write(CONTENT)
        oid = writer.commit()
    bindings.bind(core, repository.id, oid, len(CONTENT))
    pointer = [WritePointer("w.bin", oid)]
    write_commit(core, repository, "main", pointer, author=Author("a", "a@b"), message="m", create=True)


@pytest.fixture(scope="module")
def large() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        fill(hub)
        yield hub


def test_one_connection_carries_many_answers(large: LocalHub) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", large.port, timeout=30)
    for method, headers, expected in (
        ("GET", {}, CONTENT),
        ("HEAD", {}, b""),
        ("GET", {"Range": "bytes=1000000-1000099"}, CONTENT[1_000_000:1_000_100]),
        ("GET", {}, CONTENT),
        ("GET", {"If-None-Match": f'"{hashlib.sha256(CONTENT).hexdigest()}"'}, b""),
        ("GET", {}, CONTENT),
    ):
        connection.request(method, PATH, headers=headers)
        answer = connection.getresponse()
        assert answer.read() == expected
    connection.close()


def test_more_clients_than_threads_get_the_complete_file(large: LocalHub) -> None:
    results: list[bool] = []

    def get() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", large.port, timeout=60)
        connection.request("GET", PATH)
        results.append(connection.getresponse().read() == CONTENT)
        connection.close()

    clients = [threading.Thread(target=get) for _ in range(3 * THREADS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert results == [True] * len(clients)


def test_disconnected_and_stalled_clients_do_not_block_others(large: LocalHub) -> None:
    waiting = []
    for number in range(2 * THREADS):
        client = socket.create_connection(("127.0.0.1", large.port), timeout=30)
        client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert client.recv(4096)
        if number % 2:
            client.close()
        else:
            waiting.append(client)
    connection = http.client.HTTPConnection("127.0.0.1", large.port, timeout=30)
    connection.request("GET", PATH)
    assert connection.getresponse().read() == CONTENT
    connection.close()
    for client in waiting:
        client.close()


def test_hub_stops_although_a_client_stalls() -> None:
    with LocalHub() as hub:
        fill(hub)
        client = socket.create_connection(("127.0.0.1", hub.port), timeout=30)
        client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert client.recv(100)
    client.close()
