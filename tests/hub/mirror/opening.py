"""A Hub without a server, for commands that work on its data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograde.hub.config import HubConfig
from autograde.hub.core import Hub


@contextmanager
def opened(data: Path) -> Iterator[Hub]:
    """Open the Hub in a data folder, and close it at the end of the block."""
    hub = Hub(HubConfig(data=data, durable=False))
    try:
        yield hub
    finally:
        hub.close()
