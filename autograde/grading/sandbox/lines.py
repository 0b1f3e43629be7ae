"""Send and receive JSON messages, one per line, and open files over a Unix socket."""

from __future__ import annotations

import array
import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from autograde.errors import MalformedEvidence
from autograde.json_lines import message_in

#: Longest line that is accepted from a learner's process, in bytes.
LONGEST = 16 * 2**20

#: Interval at which a waiting reader calls ``meanwhile``, in seconds.
_TICK = 0.1

#: Timeout for the other side to read a message, in seconds.
_PATIENCE = 10.0

_NO_LIMIT = 2**40

#: Separate instances, because a notebook may replace ``json``'s encoder, or make it write several lines.
_ENCODER = json.JSONEncoder()


class Closed(Exception):
    """The other side has closed the connection."""


class TimedOut(Exception):
    """Nothing arrived in time."""


class Lines:
    """One end of a connection.

    Attributes:
        socket: the connected socket.
        pid: the process that sent the last message, as this process sees it; 0 when it is unknown.
        files: file descriptors received with messages and not yet used.
    """

    def __init__(self, connected: socket.socket, *, longest: int = _NO_LIMIT) -> None:
        self.socket = connected
        self.pid = 0
        self.files: list[int] = []
        self._takes_files = True
        self._longest = longest
        self._received = bytearray()

    def send(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send a message, with open files.

        Raises:
            Closed: the other side has closed the connection, or does not read.
        """
        content = _ENCODER.encode(message).encode() + b"\n"
        self.socket.settimeout(_PATIENCE)
        try:
            if files:
                sent = socket.send_fds(self.socket, [content], list(files))
                content = content[sent:]
            self.socket.sendall(content)
        except OSError as error:
            raise Closed(str(error)) from error

    def receive(self, seconds: float | None = None, meanwhile: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """Return the next message.

        Args:
            seconds: timeout; None waits forever.
            meanwhile: called several times a second; may raise.

        Raises:
            Closed: the other side has closed the connection.
            TimedOut: nothing arrived in time.
            MalformedEvidence: the line is too long, or not a JSON object.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        searched, looked = 0, time.monotonic()
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > self._longest:
                raise MalformedEvidence(f"A message is longer than {self._longest} bytes.")
            looked = self._wait(deadline, looked, meanwhile)
            self._read()
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return message_in(line)

    def has_message(self) -> bool:
        """Return whether a message has already been read, so that :meth:`receive` would not wait."""
        return b"\n" in self._received

    def refuse_files(self) -> None:
        """Reject files in later messages, because a learner could send thousands."""
        self._takes_files = False

    def close(self) -> None:
        """Close the connection and the unused files."""
        self.socket.close()
        while self.files:
            os.close(self.files.pop())

    def _wait(self, deadline: float | None, looked: float, meanwhile: Callable[[], None]) -> float:
        """Wait for data; return the time at which ``meanwhile`` was last called.

        The deadline and ``meanwhile`` apply even while the other side sends byte by byte.
        """
        # select.select does not support descriptors above 1023.
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        while True:
            now = time.monotonic()
            if now - looked >= _TICK:
                looked = now
                meanwhile()
            if deadline is not None and now > deadline:
                raise TimedOut
            left = _TICK if deadline is None else min(_TICK, deadline - now)
            if poll.poll(left * 1000 + 1):
                return looked

    def _read(self) -> None:
        room = socket.CMSG_SPACE(struct.calcsize("3i"))
        if self._takes_files:
            room += socket.CMSG_SPACE(8 * array.array("i").itemsize)
        try:
            content, beside, _flags, _address = self.socket.recvmsg(1 << 16, room)
        except OSError as error:
            raise Closed(str(error)) from error
        for level, kind, data in beside:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                found = array.array("i")
                found.frombytes(data[: len(data) - len(data) % found.itemsize])
                self.files += found
            elif (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                self.pid = struct.unpack("3i", data)[0]
        if not content:
            raise Closed("end of file")
        self._received += content


def pair() -> tuple[Lines, socket.socket]:
    """Return two connected ends: ours, which receives the sender's process id and limits lines, and one to pass on."""
    local, remote = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    local.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return Lines(local, longest=LONGEST), remote
