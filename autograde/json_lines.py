"""Exchange messages between two processes: one JSON object per line, limited in length.

Used between a learner's process and the judging side, and between the grader and its sandbox.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from autograde.errors import MalformedEvidence

#: Longest line in bytes. The largest honest message is evidence with tensors, a few hundred kilobytes.
LONGEST_LINE = 16 * 2**20


def send(stream: BinaryIO, message: dict[str, object]) -> None:
    """Write one message and flush it."""
    stream.write(json.dumps(message, ensure_ascii=True, allow_nan=False).encode() + b"\n")
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """Read one message; return None if the other side has closed the connection.

    Raises:
        MalformedEvidence: the line is too long, or is not a JSON object.
    """
    line = stream.readline(LONGEST_LINE + 1)
    if not line:
        return None
    if len(line) > LONGEST_LINE:
        raise MalformedEvidence(f"A message is longer than {LONGEST_LINE} bytes.")
    return message_in(line)


def message_in(line: bytes) -> dict[str, Any]:
    """Parse the message in a line.

    Raises:
        MalformedEvidence: it is not a JSON object.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MalformedEvidence(f"A message is not JSON: {error}.") from error
    if not isinstance(message, dict):
        raise MalformedEvidence("A message is not a JSON object.")
    return message
