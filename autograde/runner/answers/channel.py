"""Report the results of work in a copy of a process to the waiting process: lines through a socket."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

#: Lines that the copy sends besides its reports, and the byte that acknowledges a report.
STARTED, PROGRESS, DONE, FAILED, NOTED = b"started", b"progress", b"done ", b"failed ", b"."


class SetupFailed(Exception):
    """The work could not start, for the reason in the message. This is not the learner's mistake."""


class Channel(Protocol):
    """Sends reports from the work to the waiting process."""

    def start(self) -> None:
        """Report the end of the preparations; the time limit starts now."""

    def send(self, text: str) -> None:
        """Report a result, one line of text, and restart the time limit."""

    def progress(self) -> None:
        """Report that the work makes progress."""


#: The work to do in a copy.
Work = Callable[[Channel], None]


@dataclass(frozen=True)
class SocketChannel:
    """Writes reports into a socket."""

    writing: int

    def start(self) -> None:
        """See :class:`Channel`."""
        self.write(STARTED)

    def send(self, text: str) -> None:
        """See :class:`Channel`."""
        sys.stdout.flush()
        self.write(text.encode())
        # Wait for the acknowledgement: later output belongs to the next report.
        os.read(self.writing, 1)

    def progress(self) -> None:
        """See :class:`Channel`."""
        self.write(PROGRESS)

    def write(self, line: bytes) -> None:
        """Write one line."""
        content = line + b"\n"
        while content:
            content = content[os.write(self.writing, content) :]
