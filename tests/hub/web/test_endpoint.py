"""Invalid and oversized request bodies are rejected, and the API ignores session cookies."""

from __future__ import annotations

import http.client
import json

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.people import sessions
from autograde.hub.web.admission import cookie_name
from tests.hub.clients import Ask


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff", b'{"name": 1}', b'{"name": "a", "type": 3}', b"[" * 100_000,
     b'{"name": "a", "organization": 5}', b'{"name": "x/y/z"}', b'{"name": "\\ud800"}', b'{"name": "a\\u0000"}'],
)  # fmt: skip
def test_malformed_requests_are_rejected(hub: LocalHub, ask: Ask, ada: Account, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    for path in ("/api/repos/create", "/api/repos/move", "/api/validate-yaml"):
        status, __, answer = ask(hub, "POST", path, body, **headers)
        assert status < 500, (path, answer)
        assert isinstance(json.loads(answer), dict)


def test_too_large_body_is_rejected_before_it_is_read(hub: LocalHub, ask: Ask, ada: Account) -> None:
    limit = hub.hub.config.limits.json_body
    status, __, answer = ask(
        hub, "POST", "/api/repos/create", b"{}", Content_Length=str(limit + 1), Authorization=f"Bearer {ada.token}"
    )
    assert status == 413
    assert f"{limit:,}" in json.loads(answer)["error"]


def test_chunked_body_beyond_the_limit_is_rejected(hub: LocalHub, ada: Account) -> None:
    """Without a Content-Length the Hub counts the received bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    chunk = b" " * (1 << 20)
    pieces = (chunk for __ in range(hub.hub.config.limits.json_body // len(chunk) + 2))
    connection.request(
        "POST", "/api/repos/create", pieces, {"Authorization": f"Bearer {ada.token}"}, encode_chunked=True
    )
    assert connection.getresponse().status == 413
    connection.close()


def test_api_ignores_the_session_cookie(hub: LocalHub, ask: Ask, ada: Account) -> None:
    """Pages on other ports of this machine can send a learner's cookie; the API must ignore it."""
    user = hub._user(ada.name)
    cookie = f"{cookie_name(hub.hub)}={sessions.open_session(hub.hub, user)}"
    assert ask(hub, "GET", "/settings/tokens", Cookie=cookie)[0] == 200
    assert ask(hub, "GET", "/api/whoami-v2", Cookie=cookie)[0] == 401
    assert ask(hub, "POST", "/api/repos/create", b'{"name": "m"}', Cookie=cookie)[0] == 401
    assert not hub.repository(f"{user.name}/m").exists
