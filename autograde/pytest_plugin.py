"""The ``local_hub`` fixture: a real Hub for anybody's tests. Installed with the kit; nothing to import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autograde.hub import LocalHub


@pytest.fixture
def local_hub() -> Iterator[LocalHub]:
    """A fresh, empty Hub on a free port, stopped and removed after the test."""
    from autograde.hub import LocalHub

    with LocalHub() as hub:
        yield hub
