"""Fixtures of all tests: English messages, fixed random examples, a Hub without a socket, a browser."""

from __future__ import annotations

import http.client
import itertools
import re
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from autograde import settings
from autograde.hub import LocalHub
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub

# A run says the same each time, here and in CI. HYPOTHESIS_PROFILE=explore looks for new counterexamples.
# How fast examples are made depends on what else the machine does, so slowness is never a failure.
SLOW = [HealthCheck.too_slow]
hypothesis_settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=SLOW)
hypothesis_settings.register_profile("explore", derandomize=False, deadline=None, suppress_health_check=SLOW)
hypothesis_settings.load_profile(settings.environment().get("HYPOTHESIS_PROFILE", "same"))

#: Folders whose tests wait for kernels, browsers and nbgrader. They begin first, so that no worker waits for a lesson
#: that another one has just begun.
SLOW_FOLDERS = ("course", "grading", "demo", "runner", "notebooks", "pictures", "exercises")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of slow folders first. Tests of one file stay together, in their order."""
    ranks = {name: rank for rank, name in enumerate(SLOW_FOLDERS)}
    here = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        return ranks.get(item.path.relative_to(here).parts[0], len(ranks)) if item.path.is_relative_to(here) else 0

    items.sort(key=rank)


# For fixtures that live longer than one test.
settings.choose_language("en")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that wants another language says so."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")


_numbers = itertools.count(1)


@pytest.fixture
def new_name() -> Callable[[str], str]:
    """A name that nothing else in this run has: ``new_name("ada")``."""
    return lambda stem: f"{stem}-{next(_numbers)}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Hub]:
    """A Hub without a socket: its data, opened."""
    opened = Hub(HubConfig(data=tmp_path / "hub-data", durable=False, password_cost=2**4))
    yield opened
    opened.close()


class Browser:
    """A browser without JavaScript: cookies, forms, redirections only when asked to follow them.

    ``port`` is another than the Hub's where something stands before it.
    """

    def __init__(self, hub: LocalHub, *, port: int = 0, **headers: str) -> None:
        self.hub, self.port, self.cookies, self.headers = hub, port or hub.port, dict[str, str](), headers

    def open(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str):
        if fields is None:
            return self.send(method, path, None, headers)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send(method, path, urllib.parse.urlencode(fields).encode(), headers | kind)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **self.headers, **headers}
        named = {key.replace("_", "-"): value.encode() for key, value in sent.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("set-cookie") or []:
            name, __, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer

    def get(self, path: str, **headers: str):
        return self.open("GET", path, **headers)

    def csrf(self, path: str = "/login") -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, _headers: dict[str, str] | None = None, **fields: str):
        fields = {"csrf": self.csrf()} | fields
        return self.open("POST", path, fields, **(_headers or {}))

    def log_in(self, name: str) -> Browser:
        answer = self.post("/login", username=name, password="correct horse")
        assert answer.status == 303
        return self


@pytest.fixture(scope="session")
def open_browser() -> type[Browser]:
    """Open a browser on a Hub: ``open_browser(hub, Accept_Language="zh")``."""
    return Browser
