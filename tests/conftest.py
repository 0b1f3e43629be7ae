"""Fixtures for all tests: English messages, reproducible random examples, Hubs, a browser."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from autograde import settings
from autograde.hub import LocalHub
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from tests.plain_browser import Browser

# Examples are the same in every run, also in CI. HYPOTHESIS_PROFILE=explore looks for new counterexamples.
# Generating examples takes longer on a busy machine, so slowness is not a failure.
SLOW = [HealthCheck.too_slow]
hypothesis_settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=SLOW)
hypothesis_settings.register_profile("explore", derandomize=False, deadline=None, suppress_health_check=SLOW)
hypothesis_settings.load_profile(settings.environment().get("HYPOTHESIS_PROFILE", "same"))

#: Folders whose tests wait for kernels, browsers and nbgrader. They run first, so that at the end no worker waits for
#: another one's lesson.
SLOW_FOLDERS = ("course", "grading", "demo", "runner", "notebooks", "pictures", "exercises")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of slow folders first. Tests of one file stay together, in their order."""
    ranks = {name: rank for rank, name in enumerate(SLOW_FOLDERS)}
    here = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        return ranks.get(item.path.relative_to(here).parts[0], len(ranks)) if item.path.is_relative_to(here) else 0

    items.sort(key=rank)


# By default, torch's threads wait actively for each other and use processors that other tests need.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# For fixtures of a wider scope than one test.
settings.choose_language("en")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the language to English; a test that needs another one sets it."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")


_numbers = itertools.count(1)


@pytest.fixture
def new_name() -> Callable[[str], str]:
    """A function that returns a name that is unique in this run: ``new_name("ada")``."""
    return lambda stem: f"{stem}-{next(_numbers)}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Hub]:
    """A Hub without a socket: only its opened data."""
    opened = Hub(HubConfig(data=tmp_path / "hub-data", durable=False, password_cost=2**4))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    """A Hub for the tests of one module; ``local_hub`` is one for a single test."""
    with LocalHub() as running:
        yield running


@pytest.fixture(scope="session")
def open_browser() -> type[Browser]:
    """Open a browser on a Hub: ``open_browser(hub, Accept_Language="zh")``."""
    return Browser
