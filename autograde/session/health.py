"""Whether a Hub of this kit answers at an address."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.parse import urlsplit

#: What /healthz calls a Hub of this kit.
SERVICE = "autograde-hub"


def healthz(endpoint: str) -> dict[str, Any] | None:
    """What the Hub of this kit at ``endpoint`` says about itself; None when there is no answer, or another service's.

    huggingface.co is never asked.
    """
    host = urlsplit(endpoint).hostname or ""
    if host.removeprefix("www.") in ("huggingface.co", "hf.co") or host.endswith((".huggingface.co", ".hf.co")):
        return None
    try:
        with ask(urllib.request.Request(f"{endpoint}/healthz")) as response:  # noqa: S310 - an endpoint is http(s)
            answer = json.load(response)
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) and answer.get("service") == SERVICE else None


def ask(request: urllib.request.Request) -> Any:
    """The answer to a short question; a proxy of the machine knows nothing of the machine's own ports."""
    host = urlsplit(request.full_url).hostname
    proxies: dict[str, str] | None = {} if host in ("127.0.0.1", "localhost", "::1") else None
    return urllib.request.build_opener(urllib.request.ProxyHandler(proxies)).open(request, timeout=3)
