"""Wait for something that another thread or process does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` returns True, at most 20 seconds."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        os.sched_yield()
