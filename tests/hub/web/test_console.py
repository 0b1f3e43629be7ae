"""Misbehaving clients print nothing on the Hub's console; only a bug in the Hub may print a traceback."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub


class Console:
    """A Hub in its own process: its port, an account with a token, and the file with its printed output."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, account: Account, printed: Path) -> None:
        self.process, self.port, self.account, self.printed = process, port, account, printed

    def send(self, *parts: bytes, read: int = 0, reset: bool = False) -> bytes:
        """Send bytes, read some of the answer (all, for -1), and close the connection, or reset it."""
        received = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            for part in parts:
                connection.sendall(part)
            while read == -1 or len(received) < read:
                chunk = connection.recv(1 << 16)
                received += chunk
                if not chunk:
                    break
        return received


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("console")
    with LocalHub(data=folder / "data") as hub:
        account = hub.create_user("ada")
        hub.create_repository("ada/m", files={"w.bin": bytes(40 << 20), "a.txt": b"a" * 300_000})
    with (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograde.hub", "--data", str(folder / "data"), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=printed,
        )
    assert process.stdout
    line = process.stdout.readline().decode()
    yield Console(process, int(line.rstrip().rstrip("/").rpartition(":")[2]), account, folder / "printed")
    process.terminate()
    process.wait(20)
    process.stdout.close()


HOST = b"Host: localhost\r\n"
TOKEN = "Authorization: Bearer {token}\r\n"


def get(path: str, *more: bytes) -> bytes:
    return b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"".join(more) + b"\r\n"


def test_console_stays_empty_with_misbehaving_clients(console: Console) -> None:
    token = TOKEN.format(token=console.account.token).encode()
    large, small = "/ada/m/resolve/main/w.bin", "/ada/m/resolve/main/a.txt"
    for reset in (True, False):
        # Downloads broken off at once, halfway and in a range. Twelve at a time also need the event loop.
        for read in (0, 1, 3 << 20):
            for path in (large, small, "/ada/m", "/"):
                console.send(get(path), read=read if path == large else min(read, 1), reset=reset)
            console.send(get(large, b"Range: bytes=5-30000000\r\n"), read=read, reset=reset)
        several = [socket.create_connection(("127.0.0.1", console.port), timeout=20) for _ in range(12)]
        for connection in several:
            connection.sendall(get(large))
            connection.recv(1000)
        for connection in several:
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        # Invalid and incomplete requests.
        for garbage in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600), b"\0" * 100, b"GET\r\n\r\n", b"SSH-2.0-x\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G" * 70_000, get("/\xff\0"),
            b"POST /login HTTP/1.1\r\nContent-Length: nine\r\n\r\n", b"GET http://[ HTTP/1.1\r\n\r\n",
            b"POST /api/repos/create HTTP/1.1\r\n" + HOST + token + b"Content-Length: 900\r\n\r\n{\"name\":",
            b"POST /ada/m/git-receive-pack HTTP/1.1\r\n" + HOST + token
            + b"Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 9000\r\n\r\n0011",
            b"POST /ada/m/git-upload-pack HTTP/1.1\r\n" + HOST
            + b"Content-Type: application/x-git-upload-pack-request\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"CONNECT x:1 HTTP/1.1\r\n\r\n", get("/healthz", b"Upgrade: websocket\r\nConnection: Upgrade\r\n"),
            get("/" + "a" * 5000), get("/%ff%00/%2e%2e/resolve/main/x"), get("/healthz", b"Expect: 100-continue\r\n"),
        ):  # fmt: skip
            console.send(garbage, reset=reset)
            console.send(garbage, read=1 if garbage.startswith((b"\x16", b"SSH", b"CONNECT")) else 0, reset=reset)
        # Send more requests than the client reads answers.
        console.send(get(small) * 50, read=1, reset=reset)
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", console.port), timeout=20) as plain:
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    answer = console.send(get("/healthz", b"Connection: close\r\n"), read=-1)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == "ok"
    console.process.terminate()
    console.process.wait(20)
    assert console.printed.read_text() == ""
