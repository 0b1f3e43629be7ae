"""Limit the time of a call."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

#: How often the call is interrupted again, in seconds, when its code swallows the interruption.
_AGAIN = 0.2


class OutOfTime(BaseException):
    """Raised when a call takes too long. Not an ``Exception``, so that ``except Exception`` does not catch it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`OutOfTime` inside when it lasts longer than ``seconds`` of wall time.

    It needs Unix signals and the main thread. Elsewhere there is no limit but the notebook's own stop button.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    armed = True
    swallowed = False
    tracing = sys.gettrace()

    def interrupt(_signal: int, frame: FrameType | None) -> None:
        nonlocal swallowed
        if armed:
            if swallowed:
                _raise_in_handlers(frame)
            swallowed = True
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        armed = False
        sys.settrace(tracing)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise_in_handlers(frame: FrameType | None) -> None:
    """See to it that the next line of the interrupted code raises too: in ``try: ... except: pass`` that is the
    handler's, which the ``try`` around it does not catch."""

    def tracer(at: FrameType, event: str, _argument: object) -> object:
        if _is_own(at):
            return None
        if event == "line":
            raise OutOfTime
        return tracer

    sys.settrace(tracer)  # type: ignore[arg-type]  # the type of a tracer refers to itself
    while frame is not None and not _is_own(frame):
        frame.f_trace = tracer
        frame = frame.f_back


def _is_own(frame: FrameType) -> bool:
    """Whether a frame is the kit's, or of what it uses to put things back."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in ("autograde", "contextlib", "logging")
