"""``autograde doctor`` tells who uses the ports of a session."""

from __future__ import annotations

import socket

import pytest

from autograde.hub import LocalHub
from autograde.session.port_checks import check_ports
from autograde.setup.doctor import CheckResult


def check(name: str) -> CheckResult:
    (finding,) = (finding for finding in check_ports() if finding.name == name)
    return finding


def test_port_in_use_is_only_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("AUTOGRADE_HUB_PORT", str(other.getsockname()[1]))
        busy = check("port of the Hub")
    assert "in use" in busy.found
    assert busy.fix
    assert not busy.needed


def test_running_hub_is_recognised_instead_of_a_port_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        assert check("your Hub") == CheckResult("your Hub", f"runs here: {hub.endpoint}")
        monkeypatch.delenv("HF_ENDPOINT")
        monkeypatch.setenv("AUTOGRADE_HUB_PORT", str(hub.port))
        running = check("port of the Hub")
        assert running == CheckResult("port of the Hub", f"{hub.port}, a Hub of this kit runs here")
