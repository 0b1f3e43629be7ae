"""Handlers and routes that are imported and compiled on their first request."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.routing import Match

from autograde.hub import app, late
from autograde.hub.permissions import OPEN

SOURCE = Path(app.__file__).read_text(encoding="utf-8")
NAMED = {f"api.{name}" for __, __, name, __ in app._api()} | set(re.findall(r'"((?:api|pages)\.\w+\.\w+)"', SOURCE))
NAMES = sorted(NAMED | set(re.findall(r'"(failures\.\w+)"', SOURCE)))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_leads_to_something_that_can_be_called(name: str) -> None:
    assert callable(late.load(name))


def test_a_hub_answers_its_first_request_without_the_handlers_of_others() -> None:
    code = """
import http.client, sys
from autograde.hub import LocalHub
with LocalHub() as hub:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()
loaded = [name for name in sys.modules if name.startswith(("autograde.hub.api.", "autograde.hub.pages."))]
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/lfs/ticket", Match.FULL),
        ("DELETE", "/lfs/ticket", Match.PARTIAL),
        ("GET", "/other/ticket", Match.NONE),
        ("GET", "/lfs/ticket/more", Match.NONE),
    ],
)
def test_an_address_matches_as_a_route_does(method: str, path: str, expected: Match) -> None:
    address = late.Address("/lfs/{ticket:seg}", app._unknown, permission=OPEN, methods=["GET", "PUT"])
    match, found = address.matches({"type": "http", "method": method, "path": path, "root_path": ""})
    assert match is expected
    if match is Match.FULL:
        assert found["path_params"] == {"ticket": "ticket"}
