"""The Hub of a workspace: only one at a time, on the same port as before."""

from __future__ import annotations

import re
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from autograde import settings
from autograde.errors import FolderUnusable
from autograde.session import workspace_hub
from autograde.session.ports import Ports, free_port
from autograde.session.workspace_hub import WorkspaceHub
from tests.local_requests import OPENER


def test_hub_uses_the_port_of_the_last_start(tmp_path: Path) -> None:
    last, before = free_port(), free_port()
    Ports(hub=(last, before)).write(tmp_path)
    with WorkspaceHub(tmp_path, say=pytest.fail) as hub:
        assert hub.server.port == last
    assert Ports.read(tmp_path).hub == (last, before)


def test_hub_moves_to_the_next_port_with_a_message_if_its_port_is_in_use(tmp_path: Path) -> None:
    messages: list[str] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        Ports(hub=(taken,)).write(tmp_path)
        with WorkspaceHub(tmp_path, say=messages.append) as hub:
            assert hub.server.port > taken
            assert str(taken) in messages[0]
            assert Ports.read(tmp_path).hub == (hub.server.port, taken)
            assert f"insteadOf = http://127.0.0.1:{taken}/" in (tmp_path / "gitconfig-moved").read_text()


def test_second_hub_of_a_workspace_is_refused_and_the_first_is_found(tmp_path: Path) -> None:
    assert workspace_hub.find(tmp_path) is None
    with WorkspaceHub(tmp_path, say=lambda _line: None) as hub:
        hub.announce("http://127.0.0.1:1/lab")
        with pytest.raises(FolderUnusable, match=re.escape("http://127.0.0.1:1/lab")):
            WorkspaceHub(tmp_path, say=pytest.fail)
        assert workspace_hub.find_or_start(tmp_path) == (hub.endpoint, None)
    assert workspace_hub.find(tmp_path) is None


@pytest.mark.parametrize(
    ("variables", "pages"),
    [
        ({}, "http://127.0.0.1:{port}"),
        (
            {"JUPYTERHUB_PUBLIC_URL": "https://jupyter.example.org/user/ada/"},
            "https://jupyter.example.org/user/ada/proxy/{port}",
        ),
        (
            {
                "JUPYTERHUB_PUBLIC_URL": "https://other.example/",
                "AUTOGRADE_PUBLIC_URL": "https://a.example/hub-{port}/",
            },
            "https://a.example/hub-{port}",
        ),
    ],
)
def test_hub_is_reached_at_the_notebook_servers_public_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], pages: str
) -> None:
    for name in ("JUPYTERHUB_PUBLIC_URL", "AUTOGRADE_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    Ports(hub=(free_port(),)).write(tmp_path)
    with WorkspaceHub(tmp_path, say=pytest.fail) as hub:
        wanted = pages.format(port=hub.server.port)
        assert settings.pages(hub.endpoint) == wanted
        assert settings.pages("http://class.example:8960") == "http://class.example:8960", (
            "the address of another machine's Hub was changed"
        )
        request = urllib.request.Request(f"{hub.endpoint}/healthz", headers={"Host": wanted.split("/")[2]})
        with OPENER.open(request, timeout=10) as answer:
            assert answer.status == 200
        stranger = urllib.request.Request(f"{hub.endpoint}/healthz", headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            OPENER.open(stranger, timeout=10)
        refused.value.close()
        assert refused.value.code == 421
