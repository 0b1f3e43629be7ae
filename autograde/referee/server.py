"""The judging end of the socket: a server for one learner's process per connection.

A learner's process may be hostile: only the methods of the interface can be called, with strings and booleans as
arguments, and messages are limited in length.
"""

from __future__ import annotations

import socket
from typing import BinaryIO, cast

from autograde import json_lines
from autograde.errors import KitError, MalformedEvidence
from autograde.referee.protocol import Referee

#: The methods that may be called, and the types of their arguments.
METHODS: dict[str, tuple[type, ...]] = {
    "sections": (),
    "cards": (str,),
    "solution": (str, str),
    "cases": (str, str, bool),
    "prepare": (str, str, bool, str),
    "between": (),
    "observe": (str, str, bool, str),
    "verdict": (str, str, bool, str),
    "smaller_cases": (str, str),
    "smaller": (str, str, str),
    "common_cause": (str, str, str, str),
    "close": (),
}


def serve(referee: Referee, connection: socket.socket) -> None:
    """Answer requests on ``connection`` until the other side closes it or breaks the protocol.

    The referee's Hub is stopped at the end in every case.
    """
    stream = cast(BinaryIO, connection.makefile("rwb"))
    try:
        while (request := json_lines.receive(stream)) is not None:
            json_lines.send(stream, answer(referee, request))
    except (OSError, MalformedEvidence):
        # The client has disconnected or violates the protocol, so there is no one to answer.
        pass
    finally:
        referee.close()
        connection.close()


def answer(referee: Referee, request: dict[str, object]) -> dict[str, object]:
    """Return the answer to one request: ``{"result": …}``, or ``{"error", "what", "fix"}``. Never raises."""
    method, arguments = request.get("method"), request.get("arguments")
    types = METHODS.get(method) if isinstance(method, str) else None
    if types is None or not isinstance(arguments, list) or list(map(type, arguments)) != list(types):
        return {"error": "MalformedEvidence", "what": "This request does not have the agreed form.", "fix": ""}
    try:
        return {"result": getattr(referee, str(method))(*arguments)}
    except KitError as error:
        return {"error": type(error).__name__, "what": error.what, "fix": error.fix}
    except Exception as error:
        # Hide details of an error on this side, because they could contain an expected value.
        return {"error": "Failed", "what": f"The judging side failed ({type(error).__name__}).", "fix": ""}
