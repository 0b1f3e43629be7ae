"""The Hub's socket."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_hubs_own_process_ends_quietly_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "autograde.hub", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as hub:
        assert hub.stdout
        assert hub.stderr
        assert hub.stdout.readline().startswith("http://127.0.0.1:")
        hub.send_signal(number)
        assert hub.wait(30) == 0
        assert hub.stderr.read() == ""
