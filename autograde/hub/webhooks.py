"""Webhooks: telling a program on this machine that a repository changed.

Deliveries go to loopback addresses only. A Hub that fetched any URL a learner types could be made to knock on doors
that only this machine can reach (hub-study, 4: SSRF); here the only reachable doors are this machine's own.
"""

from __future__ import annotations

import ipaddress
import json
import queue
import threading
from typing import Any
from urllib.parse import urlsplit

from autograde.hub.storage.database import Row

#: Seconds that a receiver has to answer.
TIMEOUT = 5

#: Deliveries that may wait; more are dropped, so that a dead receiver cannot fill the memory.
WAITING = 1000


def is_local(url: str) -> bool:
    """Whether a URL's host is this machine itself, by address or by ``localhost``."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


class Deliveries:
    """A thread that posts JSON to local receivers, one after the other, and never makes a request wait."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, str | None, bytes] | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None

    def send(self, url: str, secret: str | None, payload: dict[str, Any]) -> None:
        """Deliver ``payload`` soon, with the webhook's secret in ``X-Webhook-Secret``."""
        if not is_local(url):
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
            self._thread.start()
        try:
            self._waiting.put_nowait((url, secret, json.dumps(payload).encode()))
        except queue.Full:
            return

    def _work(self) -> None:
        # Only a Hub that has webhooks pays for this import: 30 ms.
        import http.client

        while item := self._waiting.get():
            url, secret, body = item
            parts = urlsplit(url)
            headers = {"Content-Type": "application/json"}
            if secret:
                headers["X-Webhook-Secret"] = secret.encode("latin-1", "replace").decode("latin-1")
            try:
                connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
                connection.request(
                    "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
                )
                connection.getresponse().read(1 << 16)
                connection.close()
            except (OSError, http.client.HTTPException, ValueError):
                # The receiver's trouble, not the Hub's; the event is in the diary either way.
                continue

    def close(self) -> None:
        """Deliver what is waiting, then end."""
        if self._thread:
            self._waiting.put(None)
            self._thread.join(TIMEOUT)


def wants(webhook: Row, owner: str, full_name: str, type: str, domain: str) -> bool:
    """Whether a webhook is about this repository and this kind of event (``repo`` or ``discussion``)."""
    if webhook["disabled"] or domain not in json.loads(webhook["domains"]):
        return False
    for item in json.loads(webhook["watched"]):
        name = str(item.get("name", "")).lower()
        if item.get("type") in ("user", "org") and name == owner.lower():
            return True
        if item.get("type") == type and name == full_name.lower():
            return True
    return False
