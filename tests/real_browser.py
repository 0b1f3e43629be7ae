"""A browser with JavaScript, for tests of pages, pictures and lessons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from autograde.pictures import browsing
from autograde.setup import tools


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Start this machine's Chromium with further arguments; skip the test if there is none."""
    if tools.CHROMIUM.is_missing():
        pytest.skip("no Chromium on this machine")
    with browsing.chromium(*arguments) as started:
        yield started
