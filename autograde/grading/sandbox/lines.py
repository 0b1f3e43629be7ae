"""JSON messages over a Unix socket, one a line, with open files beside them."""

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

#: Longest line in bytes that is read from a learner's process.
LONGEST = 16 * 2**20

#: How often a waiting reader looks at something else, in seconds.
_TICK = 0.1

#: How long the other side may take to read what was sent, in seconds.
_PATIENCE = 10.0

_NO_LIMIT = 2**40

#: Of their own: a notebook may give ``json`` another encoder, or one that writes several lines.
_ENCODER = json.JSONEncoder()


class Closed(Exception):
    """The other side has closed the connection."""


class Late(Exception):
    """Nothing arrived in time."""


class Lines:
    """One end of a connection.

    Attributes:
        socket: the connected socket.
        pid: the process that sent the last message, as this process sees it; 0 when it is unknown.
        files: the file descriptors that came with messages and that were not taken yet.
    """

    def __init__(self, connected: socket.socket, *, longest: int = _NO_LIMIT) -> None:
        self.socket = connected
        self.pid = 0
        self.files: list[int] = []
        self._takes_files = True
        self._longest = longest
        self._received = bytearray()

    def send(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send a message, and open files with it.

        Raises:
            Closed: the other side is gone, or does not read.
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
            seconds: how long to wait; None: for ever.
            meanwhile: called several times a second; may raise.

        Raises:
            Closed: the other side is gone.
            Late: nothing came in time.
            MalformedEvidence: the line is too long, or no JSON object.
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

    def refuse_files(self) -> None:
        """From now on, let the system close files that come with messages: a learner could send thousands."""
        self._takes_files = False

    def close(self) -> None:
        """Close the connection, and the files that were not taken."""
        self.socket.close()
        while self.files:
            os.close(self.files.pop())

    def _wait(self, deadline: float | None, looked: float, meanwhile: Callable[[], None]) -> float:
        """Wait for content; return when ``meanwhile`` was called last.

        The other side may send byte by byte: the deadline and ``meanwhile`` do not wait for a pause.
        """
        # Not select.select: it refuses descriptors from 1024 on.
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        while True:
            now = time.monotonic()
            if now - looked >= _TICK:
                looked = now
                meanwhile()
            if deadline is not None and now > deadline:
                raise Late
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
    """Return two connected ends: ours, which learns the sender's process and limits lines, and one to give away."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return Lines(ours, longest=LONGEST), theirs
