"""The learner's end of the socket: a client for a judging side in another process."""

from __future__ import annotations

import socket
import threading
from typing import BinaryIO, Self, cast

from autograde import json_lines
from autograde.errors import (
    GradedLater,
    KitError,
    MalformedEvidence,
    RefereeUnreachable,
    SolutionWithheld,
    UnknownQuestion,
)

#: Errors that the other side may report by name.
_ERRORS: dict[str, type[KitError]] = {
    error.__name__: error for error in (GradedLater, UnknownQuestion, SolutionWithheld, MalformedEvidence)
}


class RemoteReferee:
    """Implements :class:`autograde.referee.protocol.Referee` over a stream socket; a context manager that closes it."""

    def __init__(self, connection: socket.socket) -> None:
        # A cell may have called socket.setdefaulttimeout().
        connection.settimeout(None)
        self._connection = connection
        self._stream = cast(BinaryIO, connection.makefile("rwb"))
        #: A notebook may check from several threads, so each request must wait for its own answer.
        self._lock = threading.Lock()

    @classmethod
    def at(cls, path: str) -> RemoteReferee:
        """Connect to the Unix socket at ``path``.

        Raises:
            RefereeUnreachable: nothing listens at the path.
        """
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except OSError as error:
            connection.close()
            raise RefereeUnreachable(f"The grader does not answer at {path}: {error.strerror or error}.") from error
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()
        self._connection.close()

    def sections(self) -> str:
        """See :class:`Referee`."""
        return self._ask("sections")

    def cards(self, section: str) -> str:
        """See :class:`Referee`."""
        return self._ask("cards", section)

    def solution(self, section: str, function: str) -> str:
        """See :class:`Referee`."""
        return self._ask("solution", section, function)

    def cases(self, section: str, function: str, graded: bool) -> str:
        """See :class:`Referee`."""
        return self._ask("cases", section, function, graded)

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """See :class:`Referee`."""
        return self._ask("prepare", section, function, graded, case)

    def between(self) -> None:
        """See :class:`Referee`."""
        self._ask("between")

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """See :class:`Referee`."""
        self._ask("observe", section, function, graded, case)

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """See :class:`Referee`."""
        return self._ask("verdict", section, function, graded, evidence)

    def smaller_cases(self, section: str, function: str) -> str:
        """See :class:`Referee`."""
        return self._ask("smaller_cases", section, function)

    def smaller(self, section: str, function: str, evidence: str) -> str:
        """See :class:`Referee`."""
        return self._ask("smaller", section, function, evidence)

    def common_cause(self, section: str, function: str, arguments: str, answer: str) -> str:
        """See :class:`Referee`."""
        return self._ask("common_cause", section, function, arguments, answer)

    def close(self) -> None:
        """See :class:`Referee`. The connection stays open for the next question."""
        self._ask("close")

    def _ask(self, method: str, *arguments: str | bool) -> str:
        try:
            with self._lock:
                json_lines.send(self._stream, {"method": method, "arguments": list(arguments)})
                answer = json_lines.receive(self._stream)
        except OSError as error:
            raise RefereeUnreachable(f"The connection to the grader broke: {error.strerror or error}.") from error
        if answer is None:
            raise RefereeUnreachable("The grader closed the connection.")
        if (failed := answer.get("error")) is not None:
            raise _ERRORS.get(str(failed), RefereeUnreachable)(str(answer.get("what", "")), str(answer.get("fix", "")))
        return str(answer.get("result", ""))
