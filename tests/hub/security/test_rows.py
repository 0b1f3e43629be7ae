"""Every attack of ``make attack-hub`` as a test, against a Hub on a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograde.hub.config import HubConfig
from autograde.hub.server import RunningHub

from . import battery


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # An eighth of the usual cost, because the attacks make the Hub hash hundreds of passwords.
    data = tmp_path_factory.mktemp("attacked") / "data"
    running = RunningHub(HubConfig(data=data, durable=False, password_cost=2**12))
    running.start()
    yield f"http://127.0.0.1:{running.port}"
    running.stop()


@pytest.mark.parametrize("line", battery.rows(), ids=lambda line: line.attack.__name__)
def test_attack_is_blocked(endpoint: str, line: battery.Row) -> None:
    number = battery.rows().index(line)
    line.attack(battery.Target(endpoint, f"127.0.{1 + number // 250}.{1 + number % 250}"))
