"""A class with a teacher, for the tests of the teacher's pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograde.classroom import CLASSROOM
from autograde.hub import LocalHub
from tests.plain_browser import Browser


@pytest.fixture(scope="module")
def room() -> Iterator[LocalHub]:
    """A class with a teacher, tina."""
    with LocalHub(extensions=(CLASSROOM,)) as hub:
        hub.create_user("tina", password="correct horse", administrator=True)
        yield hub


@pytest.fixture
def tina(room: LocalHub, open_browser: type[Browser]) -> Browser:
    """The teacher's browser, logged in."""
    return open_browser(room).log_in("tina")
