"""Deliver webhooks: notify other programs that a repository changed.

Off unless the Hub's operator lists the allowed targets: a Hub that called any URL would allow server-side request
forgery (SSRF). Each webhook has its own queue and thread while deliveries are waiting, so a slow receiver
does not delay the deliveries to others.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from autograde.errors import HubRefused
from autograde.hub.storage.database import Row

if TYPE_CHECKING:
    import http.client

#: Seconds until a receiver must answer, and for one delivery in total.
TIMEOUT = 5
TOTAL_TIMEOUT = 10

#: Waiting deliveries of one webhook; more are dropped, so that a dead receiver cannot fill the memory.
WAITING = 100

#: Webhooks with deliveries in progress at the same time; deliveries of further ones are dropped.
WORKERS = 64

#: Programs on this machine, on any port; for developers.
LOOPBACK = ("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*")


@dataclass(frozen=True)
class Receiver:
    """The target of a webhook: ``http`` or ``https``, a host and a port; in a Hub's settings, port None means any."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, url: str) -> Receiver | None:
        """Return the receiver of a URL, or None if the URL is invalid. Never raises."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:  # http://[ and http://host:x
            return None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            return None
        return cls(parts.scheme, parts.hostname.lower(), port or (443 if parts.scheme == "https" else 80))


def allowed_receivers(urls: Iterable[str]) -> tuple[Receiver, ...]:
    """Parse the allowed receivers in a Hub's settings: ``http://host:port``, with ``*`` for any port.

    Raises:
        HubRefused: one of them is not a URL like that.
    """
    found = []
    for url in urls:
        any_port = url.endswith(":*")
        receiver = Receiver.of(url.removesuffix(":*"))
        if receiver is None:
            raise HubRefused(
                f"{url!r} is not an address that webhooks can be delivered to.", "Write it as http://127.0.0.1:9000."
            )
        found.append(Receiver(receiver.scheme, receiver.host, None) if any_port else receiver)
    return tuple(found)


@dataclass(frozen=True)
class Delivery:
    """One message to deliver; ``body`` is JSON."""

    url: str
    secret: str | None
    body: bytes


class Deliveries:
    """Posts JSON to the allowed receivers in background threads.

    Args:
        allowed: URLs without a path, see :func:`allowed_receivers`; empty: webhooks are off.

    Raises:
        HubRefused: one of them is not a URL.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = allowed_receivers(allowed)
        self._guard = threading.Lock()
        self._waiting: dict[str, queue.Queue[Delivery]] = {}
        self._threads: set[threading.Thread] = set()

    @property
    def on(self) -> bool:
        """Whether this Hub delivers webhooks."""
        return bool(self._allowed)

    def allows(self, url: str) -> bool:
        """Return whether webhooks may be delivered to this URL."""
        found = Receiver.of(url)
        return found is not None and any(
            (known.scheme, known.host) == (found.scheme, found.host) and known.port in (None, found.port)
            for known in self._allowed
        )

    def send(self, webhook_id: str, url: str, secret: str | None, payload: dict[str, Any]) -> None:
        """Queue ``payload`` for delivery, with the webhook's secret in ``X-Webhook-Secret``."""
        if not self.allows(url):
            return
        delivery = Delivery(url, secret, json.dumps(payload).encode())
        with self._guard:
            waiting = self._waiting.get(webhook_id)
            if waiting is None:
                if len(self._waiting) >= WORKERS:
                    return
                waiting = self._waiting[webhook_id] = queue.Queue(WAITING)
                thread = threading.Thread(target=self._work, args=(webhook_id, waiting), name="webhook", daemon=True)
                self._threads.add(thread)
                thread.start()
            with contextlib.suppress(queue.Full):
                waiting.put_nowait(delivery)

    def _work(self, webhook_id: str, waiting: queue.Queue[Delivery]) -> None:
        """Send the waiting deliveries of one webhook in order, then end."""
        while True:
            with self._guard:
                if waiting.empty():
                    del self._waiting[webhook_id]
                    self._threads.discard(threading.current_thread())
                    return
                delivery = waiting.get_nowait()
            _post(delivery)

    def close(self) -> None:
        """Wait for the remaining deliveries, at most :data:`TIMEOUT` seconds for those of each webhook."""
        with self._guard:
            threads = list(self._threads)
        for thread in threads:
            thread.join(TIMEOUT)


def _post(delivery: Delivery) -> None:
    # This import takes 30 ms, and most Hubs have no webhooks.
    import http.client

    parts, receiver = urlsplit(delivery.url), Receiver.of(delivery.url)
    assert receiver
    assert receiver.port
    kind = http.client.HTTPSConnection if receiver.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json"}
    if delivery.secret:
        headers["X-Webhook-Secret"] = delivery.secret.encode("latin-1", "replace").decode("latin-1")
    connection = kind(receiver.host, receiver.port, timeout=TIMEOUT)
    # The socket's own timeout does not stop a receiver that sends a byte every four seconds.
    end = threading.Timer(TOTAL_TIMEOUT, _abort, (connection,))
    end.daemon = True
    end.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, delivery.body, headers)
        connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError):
        # A failing receiver is not the Hub's problem; the event is recorded anyway.
        return
    finally:
        end.cancel()
        connection.close()


def _abort(connection: http.client.HTTPConnection) -> None:
    import socket

    if (opened := connection.sock) is not None:
        with contextlib.suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)


def wants(webhook: Row, owner: str, full_name: str, type: str, domain: str) -> bool:
    """Return whether a webhook watches this repository and this kind of event (``repo`` or ``discussion``)."""
    if webhook["disabled"] or domain not in json.loads(webhook["domains"]):
        return False
    for item in json.loads(webhook["watched"]):
        name = str(item.get("name", "")).lower()
        if item.get("type") in ("user", "org") and name == owner.lower():
            return True
        if item.get("type") == type and name == full_name.lower():
            return True
    return False
