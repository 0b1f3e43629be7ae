"""Wait for something that another thread or process does."""

from __future__ import annotations

import threading
from collections.abc import Callable


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` returns True. Only the time limit of the test ends it earlier."""
    # Blocks between the checks: a loop that only checks would keep the interpreter from the Hub's threads.
    pause = threading.Event()
    while not condition():
        pause.wait(0.005)
