"""Checks that apply to every request: allowed host names and the request id."""

from __future__ import annotations

import pytest

from autograde.hub import LocalHub
from tests.hub.clients import Ask


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("127.0.0.1:1", 200), ("localhost:8960", 200), ("hub.localhost", 200), ("192.168.1.5", 200),
        ("[::1]:80", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example", 421),
        ("", 421),
    ],
)  # fmt: skip
def test_unknown_host_header_is_rejected(hub: LocalHub, ask: Ask, host: str, status: int) -> None:
    """DNS rebinding: an attacker's name that resolves to 127.0.0.1 must not reach the Hub."""
    assert ask(hub, "GET", "/healthz", Host=host)[0] == status


def test_configured_host_names_are_accepted(ask: Ask) -> None:
    with LocalHub(hosts=("hub.class.example",)) as hub:
        assert ask(hub, "GET", "/healthz", Host="HUB.class.example:80")[0] == 200
        assert ask(hub, "GET", "/healthz", Host="class.example")[0] == 421


def test_every_response_has_the_request_id(hub: LocalHub, ask: Ask) -> None:
    assert ask(hub, "GET", "/healthz", X_Request_Id="my-id")[1]["x-request-id"] == "my-id"
    assert "Root=1-abc" in ask(hub, "GET", "/healthz", X_Amzn_Trace_Id="Root=1-abc")[1]["x-request-id"]
    assert ask(hub, "GET", "/healthz", X_Request_Id="x" * 500)[1]["x-request-id"] != "x" * 500
    first, second = (ask(hub, "GET", "/healthz")[1]["x-request-id"] for __ in range(2))
    assert first != second
