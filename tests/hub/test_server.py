"""The Hub's server: its socket, shutdown and signals."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

import pytest
from starlette.types import Receive, Scope, Send

from autograde.hub import server
from autograde.hub.config import HubConfig
from autograde.hub.server import RunningHub


def test_answers_do_not_wait_for_the_clients_acknowledgement(tmp_path: Path) -> None:
    """Nagle's algorithm kept the second half of every answer back for 40 ms."""
    running = RunningHub(HubConfig(data=tmp_path, port=0, durable=False))
    running.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", running.port)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        (protocol,) = running._server.server_state.connections
        accepted = protocol.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        connection.close()
    finally:
        running.stop()


def test_stop_closes_the_connection_of_a_client_that_does_not_read_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = RunningHub(HubConfig(data=tmp_path, port=0, durable=False))
    monkeypatch.setattr(running._server.config, "timeout_graceful_shutdown", 0.05)
    running.start()
    sent = threading.Event()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100000000")]})
        sent.set()
        await send({"type": "http.response.body", "body": bytes(100_000_000)})

    running.application = answer
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: hub\r\n\r\n")
        assert sent.wait(10)
        running.stop()
    gc.collect()  # pytest fails the test for a socket that was not closed


def test_stop_closes_connections_that_arrive_meanwhile(tmp_path: Path) -> None:
    ended = threading.Event()

    def ask(port: int) -> None:
        while not ended.is_set():
            with (
                contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection,
                contextlib.suppress(OSError, http.client.HTTPException),
            ):
                connection.request("GET", "/healthz")
                answered.set()
                connection.getresponse().read()

    for number in range(6):
        running = RunningHub(HubConfig(data=tmp_path / str(number), port=0, durable=False))
        running.start()
        answered = threading.Event()
        clients = [threading.Thread(target=ask, args=(running.port,)) for _ in range(8)]
        for client in clients:
            client.start()
        assert answered.wait(10)
        running.stop()
        ended.set()
        for client in clients:
            client.join()
        ended.clear()
    gc.collect()  # pytest fails the test for a socket that was not closed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_hub_process_exits_quietly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "autograde.hub", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as hub:
        assert hub.stdout
        assert hub.stderr
        assert hub.stdout.readline().startswith("http://127.0.0.1:")
        hub.send_signal(number)
        assert hub.wait(30) == 0
        assert hub.stderr.read() == ""


def test_data_folder_stays_open_for_a_request_that_is_running_at_a_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python before 3.13 took the server's thread for ended after the signal, so that its data folder was closed."""
    running = RunningHub(HubConfig(data=tmp_path, port=0, durable=False))
    closed, seen = threading.Event(), list[bool]()
    close = running.hub.close

    def note() -> None:
        closed.set()
        close()

    monkeypatch.setattr(running.hub, "close", note)
    waiting = threading.Event()
    monkeypatch.setattr(server, "import_handlers", waiting.set)
    main = threading.main_thread().ident
    assert main

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        # Until the main thread is in wait(), in a function of the module threading.
        while not waiting.is_set() or sys._current_frames()[main].f_code.co_filename != threading.__file__:
            await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGUSR1)
        while not running._server.should_exit:
            await asyncio.sleep(0)
        seen.append(await asyncio.to_thread(closed.wait, 0.5))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    running.application = application
    before = signal.signal(signal.SIGUSR1, interrupt)
    running.start()
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    try:
        connection.request("GET", "/")
        with pytest.raises(KeyboardInterrupt):
            running.wait()
    finally:
        running.stop()
        signal.signal(signal.SIGUSR1, before)
    assert connection.getresponse().status == 200
    assert seen == [False]
    connection.close()
