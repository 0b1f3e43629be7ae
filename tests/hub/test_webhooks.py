"""Webhooks are delivered only to allowed addresses, and only about what the watcher may see."""

from __future__ import annotations

import http.server
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograde.errors import HubRefused
from autograde.hub import Account, LocalHub
from autograde.hub.webhooks import LOOPBACK, TIMEOUT, Deliveries
from tests.hub.clients import PythonClient


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    """A Hub that delivers webhooks to programs on this machine."""
    with LocalHub(webhooks=LOOPBACK) as running:
        yield running


@pytest.fixture(scope="module")
def python_client(hub: LocalHub, new_client: Callable[[LocalHub], PythonClient]) -> PythonClient:
    """``huggingface_hub`` for this module's Hub."""
    return new_client(hub)


@pytest.fixture
def receiver() -> Iterator[tuple[str, queue.Queue[Any]]]:
    """A real receiver: its address and a queue of the deliveries it received."""
    arrived: queue.Queue[Any] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            arrived.put((self.headers["X-Webhook-Secret"], json.loads(body)))

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", arrived
    server.shutdown()
    server.server_close()


WATCH = """
watched = [{"type": "user", "name": user}]
huggingface_hub.HfApi(token=token).create_webhook(url=url, watched=watched, domains=domains, secret="s3")
"""
CREATE = "huggingface_hub.HfApi(token=token).create_repo(name, private=private)"


def test_watcher_receives_only_events_that_it_may_see(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient, receiver: tuple[str, queue.Queue[Any]]
) -> None:
    url, arrived = receiver
    python_client.run(WATCH, token=bob.token, url=url, user=ada.name, domains=["repo"])
    python_client.run(CREATE, token=ada.token, name="secret", private=True)
    python_client.run(CREATE, token=ada.token, name="open", private=False)
    code = "huggingface_hub.HfApi(token=token).create_discussion(name, title='t', description='d')"
    python_client.run(code, token=ada.token, name=f"{ada.name}/open")
    code = "huggingface_hub.HfApi(token=token).create_tag(name, tag='v1')"
    python_client.run(code, token=ada.token, name=f"{ada.name}/open")
    # Deliveries keep their order, so a forbidden one would arrive before or between these two.
    first, second = arrived.get(timeout=10), arrived.get(timeout=10)
    assert first[0] == "s3"
    assert first[1]["repo"] == {"type": "model", "name": f"{ada.name}/open", "private": False}
    assert first[1]["event"]["kind"] == "repository.created"
    assert second[1]["event"]["kind"] == "tag.created"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:9/x", True),
        ("http://localhost:9/", True),
        ("http://[::1]:9/", True),
        ("http://127.3.2.1/", False),
        ("http://192.168.1.1/", False),
        ("http://169.254.169.254/latest", False),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1@example.org/", False),
        ("https://127.0.0.1/", False),
        ("http://0x7f.1/", False),
        ("ftp://127.0.0.1/", False),
        ("http://", False),
        ("http://[", False),
        ("http://127.0.0.1:x/", False),
        ("http://127.0.0.1:99999/", False),
    ],
)
def test_only_allowed_addresses_are_called(url: str, allowed: bool) -> None:
    assert Deliveries(LOOPBACK).allows(url) == allowed
    assert not Deliveries().allows(url)


def test_allowed_address_allows_no_other_port_or_scheme() -> None:
    deliveries = Deliveries(("http://hooks.school.example:9000",))
    assert deliveries.allows("http://HOOKS.school.example:9000/x?y")
    assert not deliveries.allows("http://hooks.school.example:9001/x")
    assert not deliveries.allows("https://hooks.school.example:9000/x")


@pytest.mark.parametrize("url", ["", "127.0.0.1", "ftp://a", "http://[", "http://a:b"])
def test_invalid_webhook_address_in_the_settings_is_rejected(url: str) -> None:
    with pytest.raises(HubRefused, match="not an address"):
        Deliveries((url,))


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a receiver that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"


def test_slow_receiver_delays_only_its_own_deliveries(receiver: tuple[str, queue.Queue[Any]], silent: str) -> None:
    url, arrived = receiver
    deliveries = Deliveries(LOOPBACK)
    for number in range(5):
        deliveries.send("slow", silent, None, {"number": number})
    deliveries.send("quick", url, None, {"number": 7})
    # The silent receiver keeps its own thread busy for TIMEOUT seconds per delivery.
    assert arrived.get(timeout=TIMEOUT - 1)[1] == {"number": 7}


def test_dead_receiver_does_not_delay_other_receivers(
    ada: Account, python_client: PythonClient, receiver: tuple[str, queue.Queue[Any]]
) -> None:
    url, arrived = receiver
    python_client.run(WATCH, token=ada.token, url="http://127.0.0.1:9/nobody", user=ada.name, domains=["repo"])
    python_client.run(WATCH, token=ada.token, url=url, user=ada.name, domains=["repo"])
    python_client.run(CREATE, token=ada.token, name="works", private=False)
    assert arrived.get(timeout=10)[1]["repo"]["name"] == f"{ada.name}/works"
