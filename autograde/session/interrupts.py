"""Convert termination signals into KeyboardInterrupt."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt inside the block also for SIGTERM (``kill``) and SIGHUP (a closed terminal).

    SIGINT is included because a shell makes background jobs ignore it.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
