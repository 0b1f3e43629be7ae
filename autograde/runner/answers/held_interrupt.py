"""Hold back an interrupt while a KeyboardInterrupt would leave something unfinished."""

from __future__ import annotations

import signal
import threading


class HeldInterrupt:
    """Notes SIGINT instead of raising KeyboardInterrupt, from its creation until :meth:`release`.

    Python raises KeyboardInterrupt in the main thread, whichever thread gets the signal; so blocking the signal in one
    thread is not enough, and in other threads nothing has to be held.

    Attributes:
        arrived: whether there was an interrupt.
    """

    def __init__(self) -> None:
        self.arrived = False
        handler = signal.getsignal(signal.SIGINT)
        self._handler = handler if threading.current_thread() is threading.main_thread() else None
        # An ignored signal stays ignored.
        if callable(self._handler):
            signal.signal(signal.SIGINT, self._note)

    def _note(self, *_: object) -> None:
        self.arrived = True

    def release(self) -> None:
        """Raise KeyboardInterrupt again from now on."""
        if callable(self._handler):
            signal.signal(signal.SIGINT, self._handler)
