"""A browser for tests of how pictures look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from autograde.pictures.browsing import chromium
from autograde.setup import tools


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if tools.CHROMIUM.is_missing():
        pytest.skip("no Chromium on this machine")
    with chromium() as started:
        yield started
