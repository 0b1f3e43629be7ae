"""Routes are compiled, and their parts imported, on the first request."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from autograde.hub import LocalHub, Visitor
from autograde.hub.app import ROUTE_GROUPS, all_routes
from autograde.hub.permissions import OPEN
from autograde.hub.routing import Route


async def empty(request: Request) -> Response:
    return Response()


def test_hub_answers_its_first_request_without_importing_handlers() -> None:
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


def test_download_imports_neither_pages_nor_the_rest_of_the_api() -> None:
    code = """
import http.client, sys
from autograde.hub import LocalHub
with LocalHub() as hub:
    hub.create_user("ada")
    hub.create_repository("ada/m", files={"a.txt": b"text"})
    connection = http.client.HTTPConnection("127.0.0.1", hub.port)
    connection.request("GET", "/ada/m/resolve/main/a.txt")
    assert connection.getresponse().read() == b"text"
    connection.close()
assert "autograde.hub.api.files" in sys.modules
unneeded = {f"autograde.hub.{name}" for name in ("routes.api", "routes.front", "routes.pages", "api.discussions")}
assert not unneeded & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    "route", [route for group in ROUTE_GROUPS for route in group.routes], ids=lambda route: route.path
)
def test_path_of_a_route_leads_to_the_group_that_contains_it(route: Route) -> None:
    kinds = {"types": "models", "kinds": "datasets", "buckets": "buckets", "state": "enable"}
    path = re.sub(r"\{(\w+):(\w+)\}", lambda found: kinds.get(found[2], "x"), route.path)
    scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    first = next(group for group in ROUTE_GROUPS if group.matches(scope)[0] is Match.FULL)
    assert route in first.routes


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/lfs/ticket", Match.FULL),
        ("DELETE", "/lfs/ticket", Match.PARTIAL),
        ("GET", "/other/ticket", Match.NONE),
        ("GET", "/lfs/ticket/more", Match.NONE),
    ],
)
def test_route_matches_as_one_of_starlette_does(method: str, path: str, expected: Match) -> None:
    route = Route("/lfs/{ticket:seg}", empty, permission=OPEN, methods=["GET", "PUT"])
    match, found = route.matches({"type": "http", "method": method, "path": path, "root_path": ""})
    assert match is expected
    if match is Match.FULL:
        assert found["path_params"] == {"ticket": "ticket"}


def test_every_route_is_listed_once() -> None:
    listed = [(method, route.path) for route in all_routes() for method in route.permissions]
    assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize("name", ["raw", "resolve", "info"])
def test_dataset_named_like_a_segment_of_a_path_has_files_and_pages(hub: LocalHub, name: str) -> None:
    """``/datasets/ada/raw/tree/main`` is a page of the dataset ``ada/raw``, not a file of a model ``datasets/ada``."""
    hub.create_user(f"a-{name}")
    hub.create_repository(f"a-{name}/{name}", type="dataset", files={"a.txt": b"text"})
    visitor = Visitor(hub.endpoint)
    page = visitor.get(f"/datasets/a-{name}/{name}/tree/main")
    assert "a.txt" in page
    assert visitor.get(f"/datasets/a-{name}/{name}/resolve/main/a.txt") == "text"
