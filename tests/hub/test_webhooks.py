"""Webhooks: delivered to this machine, to those who may see the repository, and nowhere else."""

from __future__ import annotations

import http.server
import json
import queue
import threading
from collections.abc import Iterator

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.webhooks import is_local


@pytest.fixture
def receiver() -> Iterator[tuple[str, queue.Queue]]:
    """A real receiver: its address, and what arrives."""
    arrived: queue.Queue = queue.Queue()

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


def test_a_watcher_on_this_machine_is_told(hub: LocalHub, ada: Account, bob: Account, python_client, receiver) -> None:
    url, arrived = receiver
    python_client.run(WATCH, token=bob.token, url=url, user=ada.name, domains=["repo"])
    python_client.run(CREATE, token=ada.token, name="secret", private=True)
    python_client.run(CREATE, token=ada.token, name="open", private=False)
    code = "huggingface_hub.HfApi(token=token).create_discussion(name, title='t', description='d')"
    python_client.run(code, token=ada.token, name=f"{ada.name}/open")
    code = "huggingface_hub.HfApi(token=token).create_tag(name, tag='v1')"
    python_client.run(code, token=ada.token, name=f"{ada.name}/open")
    # Deliveries keep their order: what may not be told would stand between the two that are.
    first, second = arrived.get(timeout=10), arrived.get(timeout=10)
    assert first[0] == "s3"
    assert first[1]["repo"] == {"type": "model", "name": f"{ada.name}/open", "private": False}
    assert first[1]["event"]["kind"] == "repository.created"
    assert second[1]["event"]["kind"] == "tag.created"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:9/x", True),
        ("http://localhost:9/", True),
        ("http://[::1]:9/", True),
        ("http://127.3.2.1/", True),
        ("http://192.168.1.1/", False),
        ("http://169.254.169.254/latest", False),
        ("http://localhost.example.org/", False),
        ("https://127.0.0.1/", False),
        ("http://0x7f.1/", False),
        ("ftp://127.0.0.1/", False),
        ("http://", False),
    ],
)
def test_only_this_machine_is_ever_called(url: str, local: bool) -> None:
    assert is_local(url) == local


def test_a_dead_receiver_disturbs_nobody(ada: Account, python_client, receiver) -> None:
    url, arrived = receiver
    python_client.run(WATCH, token=ada.token, url="http://127.0.0.1:9/nobody", user=ada.name, domains=["repo"])
    python_client.run(WATCH, token=ada.token, url=url, user=ada.name, domains=["repo"])
    python_client.run(CREATE, token=ada.token, name="works", private=False)
    assert arrived.get(timeout=10)[1]["repo"]["name"] == f"{ada.name}/works"
