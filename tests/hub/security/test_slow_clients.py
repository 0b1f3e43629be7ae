"""Clients that send half a request, don't read the answer or disconnect do not delay other clients."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from autograde.hub import Account, LocalHub
from autograde.hub.api import xet_uploads
from autograde.hub.budgets import Budget, BudgetSpent
from autograde.hub.config import HubConfig, Limits
from autograde.hub.events import find
from autograde.hub.people.accounts import create_user
from autograde.hub.repos.commits import Author, WriteFile, write_commit
from autograde.hub.repos.repositories import create_repository
from autograde.hub.server import RunningHub, open_socket
from autograde.hub.web.protocol import ConnectionLimits, GuardedProtocol
from autograde.hub.web.turns import Turns
from tests.hub.waiting import wait_until


@pytest.fixture(scope="module")
def busy() -> Iterator[tuple[LocalHub, Account]]:
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        hub.create_repository("ada/m", files={"README.md": b"# m"})
        yield hub, ada


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def answer_of(port: int, path: str = "/healthz") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("service", ["git-upload-pack", "git-receive-pack"])
def test_git_works_while_other_git_requests_are_half_sent(
    busy: tuple[LocalHub, Account], service: str, tmp_path: Path
) -> None:
    hub, ada = busy
    head = (
        f"POST /ada/m/{service} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ada.token}\r\n"
        f"Content-Type: application/x-{service}-request\r\nContent-Length: 1000\r\n\r\n0011"
    )
    with contextlib.ExitStack() as stack:
        for __ in range(20):
            half = stack.enter_context(connect(hub.port))
            half.sendall(head.encode())
        # These requests are read before the clone's, because connections are read in the order in which they connected.
        assert answer_of(hub.port) == 200
        clone = ["git", "clone", "-q", f"{hub.endpoint}/ada/m", str(tmp_path / "clone")]
        subprocess.run(clone, env=hub.environment(tmp_path / "home"), check=True, timeout=30)
        (tmp_path / "clone" / service).write_text("x")
        for command in (
            ["add", "."],
            ["commit", "-qm", "x"],
            ["push", "-q", f"http://a:{ada.token}@127.0.0.1:{hub.port}/ada/m"],
        ):
            subprocess.run(
                ["git", *command],
                cwd=tmp_path / "clone",
                env=hub.environment(tmp_path / "home"),
                check=True,
                timeout=30,
            )


class Impatient:
    """A Hub with short connection timeouts."""

    def __init__(self, folder: Path, *, connections: int = 600, head_seconds: float = 15, silence: float = 60) -> None:
        config = HubConfig(data=folder, durable=False, limits=Limits(connections=connections))
        self.running = RunningHub(config)
        protocol = self.running._server.config.http
        assert isinstance(protocol, type)
        assert issubclass(protocol, GuardedProtocol)
        protocol.limits = replace(protocol.limits, head_seconds=head_seconds, silence=silence)
        self.running.start()
        self.port = self.running.port


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Callable[..., Impatient]]:
    opened: list[Impatient] = []

    def start(**limits: Any) -> Impatient:
        opened.append(Impatient(tmp_path / str(len(opened)), **limits))
        return opened[-1]

    yield start
    for hub in opened:
        hub.running.stop()


@pytest.mark.parametrize(
    "sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: local", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "]
)
def test_unfinished_request_head_closes_the_connection(impatient: Callable[..., Impatient], sent: bytes) -> None:
    hub = impatient(head_seconds=0.2)
    with connect(hub.port) as half:
        half.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            assert half.recv(100) == b""
    assert answer_of(hub.port) == 200


def test_missing_request_body_closes_the_connection(impatient: Callable[..., Impatient]) -> None:
    hub = impatient(silence=0.2)
    with connect(hub.port) as half:
        half.sendall(b"POST /api/validate-yaml HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
        with contextlib.suppress(ConnectionResetError):
            assert half.recv(100) == b""


STYLE = b"GET /static/style.css HTTP/1.1\r\nHost: localhost\r\n\r\n"


#: More than the system's buffers hold for a client that does not read.
LONG = b"0123456789abcde\n" * 600_000


def make_long_file(hub: Impatient) -> bytes:
    """Store :data:`LONG` on a Hub; return the start of a request for it."""
    data = hub.running.hub
    ada = create_user(data, "ada")
    made, author = create_repository(data, ada, "m"), Author("a", "a@b")
    write_commit(data, made, "main", [WriteFile("a.txt", LONG)], author=author, message="x", create=True)
    return b"GET /ada/m/raw/main/a.txt HTTP/1.1\r\nHost: localhost\r\n"


def test_client_that_does_not_read_its_last_answer_is_disconnected(impatient: Callable[..., Impatient]) -> None:
    hub = impatient(silence=0.2)
    request = make_long_file(hub)
    open_connections = hub.running._server.server_state.connections
    with connect(hub.port) as not_reading:
        not_reading.sendall(request + b"Connection: close\r\n\r\n")
        wait_until(lambda: len(find(hub.running.hub, kind="file.downloaded")) == 1)
        wait_until(lambda: not open_connections)
    assert answer_of(hub.port) == 200


def test_client_that_does_not_read_is_disconnected(impatient: Callable[..., Impatient]) -> None:
    hub = impatient(silence=0.2)
    with connect(hub.port) as not_reading:
        not_reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # The answers do not fit into the system's buffers.
        not_reading.sendall(STYLE * 900)
        open_connections = hub.running._server.server_state.connections
        wait_until(lambda: bool(open_connections))
        wait_until(lambda: not open_connections)
    assert answer_of(hub.port) == 200


def test_unread_answers_are_limited_for_each_address(impatient: Callable[..., Impatient]) -> None:
    hub = impatient()
    protocol = hub.running._server.config.http
    protocol.limits = replace(protocol.limits, unread=(24 << 20, 64 << 20))  # type: ignore[union-attr]
    request = make_long_file(hub) + b"\r\n"
    open_connections = hub.running._server.server_state.connections

    def unread() -> int:
        return sum(each.transport.get_write_buffer_size() for each in [*open_connections])

    with contextlib.ExitStack() as stack:
        clients = []
        for __ in range(20):
            one = stack.enter_context(connect(hub.port))
            # The second request is not processed before the first answer is read.
            one.sendall(request * 2)
            clients.append(one)
        wait_until(lambda: len(find(hub.running.hub, kind="file.downloaded")) >= 20)
        wait_until(lambda: len(open_connections) < 12 and 8 << 20 < unread() <= 24 << 20)
        # The newest connection is still open: its client can read both answers to their end.
        clients[-1].settimeout(20)
        received = 0
        while received < 2 * len(LONG):
            received += (length := len(clients[-1].recv(1 << 20)))
            assert length
    assert answer_of(hub.port) == 200


def test_client_that_sends_too_many_requests_at_once_is_disconnected(impatient: Callable[..., Impatient]) -> None:
    hub = impatient()
    with connect(hub.port) as client:
        client.settimeout(15)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            client.sendall(STYLE * 400_000)
    assert answer_of(hub.port) == 200


def test_endless_header_is_refused(impatient: Callable[..., Impatient]) -> None:
    hub = impatient()
    with connect(hub.port) as endless:
        endless.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        try:
            for __ in range(2000):
                endless.sendall(b"X-More: " + b"x" * 10_000 + b"\r\n")
            answer = endless.recv(100)
        except (ConnectionResetError, BrokenPipeError):
            return  # closed before the answer could be read
        assert b"431" in answer


def test_many_small_requests_at_once_are_all_answered(impatient: Callable[..., Impatient]) -> None:
    """Together they are longer than the limit of a header."""
    hub = impatient()
    requests = 900
    with connect(hub.port) as pipeline:
        filler = b"X-Filler: " + b"x" * 100
        pipeline.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n" % filler * requests + b"GET /")
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < requests:
            piece = pipeline.recv(1 << 20)
            assert piece, received[-300:]
            received += piece


def test_many_unfinished_requests_do_not_block_other_clients(impatient: Callable[..., Impatient]) -> None:
    hub = impatient(connections=50)
    files = len(os.listdir("/proc/self/fd"))
    with contextlib.ExitStack() as stack:
        for __ in range(300):
            half = stack.enter_context(connect(hub.port))
            half.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-")
        for __ in range(5):
            assert answer_of(hub.port) == 200
        # 300 of the open files are this test's sockets.
        assert len(os.listdir("/proc/self/fd")) < files + 300 + 60


def test_connection_limit_stays_below_the_limit_of_open_files(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1000, hard))
        running = RunningHub(HubConfig(data=tmp_path, durable=False, limits=Limits(connections=10_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    protocol = running._server.config.http
    assert isinstance(protocol, type)
    assert issubclass(protocol, GuardedProtocol)
    assert protocol.limits.connections == 600
    running.start()
    running.stop()


def test_connection_limits_have_the_same_default() -> None:
    assert ConnectionLimits().connections == Limits().connections


def test_git_process_ends_when_its_client_disconnects(busy: tuple[LocalHub, Account]) -> None:
    hub, __ = busy
    hub.create_repository("ada/large", files={f"{n}.txt": os.urandom(1 << 20) for n in range(12)})
    head = hub.repository("ada/large").head()
    want = f"want {head} side-band-64k no-progress\n"
    body = f"{len(want) + 4:04x}{want}00000009done\n".encode()
    with connect(hub.port) as not_reading:
        not_reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        not_reading.sendall(
            b"POST /ada/large/git-upload-pack HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/x-git-upload-pack-request\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        assert b"200" in not_reading.recv(64)
        wait_until(lambda: bool(uploading(hub)))
    wait_until(lambda: not uploading(hub))


def uploading(hub: LocalHub) -> list[str]:
    """Return the command lines of git processes that are sending this Hub's repositories."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes()
            if b"upload-pack" in line and str(hub.hub.data).encode() in line:
                found.append(line.decode())
    return found


def test_disconnect_after_a_large_last_part_of_a_body_is_noticed(tmp_path: Path) -> None:
    """uvicorn stops reading after more than 64 KiB."""
    listening = open_socket("127.0.0.1", 0)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    running = RunningHub(HubConfig(data=tmp_path, durable=False), listening)
    sent, complete, budgets = threading.Event(), threading.Event(), list[Budget]()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        budgets.append(scope["autograde.budget"])
        more = (await receive())["more_body"]
        # The rest arrives while the event loop is busy, so that it reads all of it at once.
        asyncio.get_running_loop().call_soon(sent.wait)
        while more:
            more = (await receive())["more_body"]
        gone = asyncio.Event()
        with budgets[0].stopping(gone.set):
            complete.set()
            await gone.wait()

    running.application = application
    running.start()
    try:
        with socket.create_connection(("127.0.0.1", running.port)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90001\r\n\r\nb")
            wait_until(lambda: bool(budgets))
            client.sendall(bytes(90_000))
            sent.set()
            complete.wait()
        wait_until(lambda: budgets[0].is_cancelled)
    finally:
        running.stop()


def test_budget_ends_after_its_time_or_when_its_client_disconnects() -> None:
    now, stopped = 0.0, []
    budget = Budget(10, clock=lambda: now)
    budget.check()
    now = 9.0
    budget.check()
    with budget.stopping(lambda: stopped.append("a")):
        budget.end()
    with pytest.raises(BudgetSpent):
        budget.check()
    assert stopped == ["a"]
    with budget.stopping(lambda: stopped.append("b")):
        assert stopped == ["a", "b"]
    second = Budget(10, clock=lambda: now)
    second.check()
    now = 20.0
    with pytest.raises(BudgetSpent, match="10 seconds"):
        second.check()


def test_one_client_cannot_take_every_slot() -> None:
    async def run() -> list[str]:
        turns, order, finished = Turns(4, 2, 60), list[str](), asyncio.Event()

        async def hold(client: str) -> None:
            async with turns.take(client):
                order.append(client)
                await finished.wait()

        async with asyncio.TaskGroup() as group:
            for __ in range(10):
                group.create_task(hold("eve"))
            group.create_task(hold("ada"))
            for __ in range(20):
                await asyncio.sleep(0)
            taken = list(order)
            finished.set()
        assert not turns._shares
        return taken

    assert sorted(asyncio.run(run())) == ["ada", "eve", "eve"]


def test_slow_client_loses_its_slot_to_others() -> None:
    async def run() -> None:
        turns = Turns(1, 1, 0)
        async with turns.take("slow"), asyncio.timeout(10), turns.take("quick"):
            pass
        async with asyncio.timeout(10), turns.take("again"):
            assert turns._total.locked()

    asyncio.run(run())


def test_assembling_large_files_leaves_threads_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard of a few kilobytes may describe gigabytes; forty of them once occupied every thread of the Hub."""
    with LocalHub() as hub:
        eve = hub.create_user("eve")
        hub.create_repository("eve/m")
        release, assembling = threading.Event(), list[int]()

        def assemble(hub: object, request: object, body: bytes) -> None:
            assembling.append(len(body))
            release.wait(30)

        monkeypatch.setattr(xet_uploads, "_assemble", assemble)
        headers = {"Authorization": f"Bearer {eve.token}"}
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
        connection.request("GET", "/api/models/eve/m/xet-write-token/main", headers=headers)
        given = json.loads(connection.getresponse().read())
        connection.close()
        statuses: list[int] = []

        def send() -> None:
            own = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
            place = given["casUrl"].removeprefix(hub.endpoint)
            own.request("POST", f"{place}/v1/shards", b"x", {"Authorization": f"Bearer {given['accessToken']}"})
            statuses.append(own.getresponse().status)
            own.close()

        senders = [threading.Thread(target=send) for __ in range(45)]
        try:
            for sender in senders:
                sender.start()
            # If each of them took a thread, forty would soon be busy.
            end = time.monotonic() + 2
            while len(assembling) < 40 and time.monotonic() < end:
                threading.Event().wait(0.02)
            other = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=10)
            other.request("GET", "/api/models/eve/m")
            assert other.getresponse().status == 200
            other.close()
        finally:
            release.set()
            for sender in senders:
                sender.join(60)
        assert statuses == [200] * 45
