"""How work in a copy of a process reports to the process that waits for it: lines through a socket."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

#: Lines of the copy besides its reports, and the byte that acknowledges a report.
STARTED, PROGRESS, DONE, FAILED, NOTED = b"started", b"progress", b"done ", b"failed ", b"."


class SetupFailed(Exception):
    """The work could not even begin; the message says why. Not a mistake of the learner."""


class Channel(Protocol):
    """How the work reports to the process that waits for it."""

    def start(self) -> None:
        """Tell that the preparations are over: the time begins now."""

    def send(self, text: str) -> None:
        """Report a result: one line of text. The time begins anew."""

    def progress(self) -> None:
        """Tell that the work is getting on."""


#: What is done in a copy.
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
        # What is printed from now on belongs to the next report.
        os.read(self.writing, 1)

    def progress(self) -> None:
        """See :class:`Channel`."""
        self.write(PROGRESS)

    def write(self, line: bytes) -> None:
        """Write one line."""
        content = line + b"\n"
        while content:
            content = content[os.write(self.writing, content) :]
