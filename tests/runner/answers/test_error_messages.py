"""Shortening exception messages: codes, addresses and generic advice of libraries are removed."""

from __future__ import annotations

import pytest

from autograde.judge.observation import Raised
from autograde.runner.answers.calling import call
from autograde.runner.answers.error_messages import plain_message


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("'x' is not in list", "'x' is not in list"),
        ("no value... yet", "no value... yet"),
        ("\x1b[31mred\x1b[0m and \x1b]8;;http://x\x1b\\linked\x1b]8;;\x1b\\", "red and linked"),
        (
            "403 Forbidden: You don't have the rights.\nCannot access content at: http://127.0.0.1:1/api.\n"
            "Make sure your token has the correct permissions.",
            "403 Forbidden: You don't have the rights",
        ),
        (
            "Client error '409 Conflict' for url 'http://127.0.0.1:1/api' (Request ID: Root=1-2)\n"
            "For more information check: https://example.org/409\n\nYou already created this model repo: ada/m",
            "Client error '409 Conflict': You already created this model repo: ada/m",
        ),
        (
            "404 Client Error. (Request ID: 1-2)\n\nRepository Not Found for url: http://127.0.0.1:1/m/x.\n"
            "Please make sure you specified the correct `repo_id` and `repo_type`.\nIf you are trying to access a "
            "private or gated repo, make sure you are authenticated and your token has the required permissions.\n"
            "For more details, see https://example.org/authentication",
            "404 Client Error. Repository Not Found for url: http://127.0.0.1:1/m/x",
        ),
        ("x" * 1_000, "x" * 500),
    ],
)
def test_plain_message_keeps_the_specific_part(message: str, kept: str) -> None:
    assert plain_message(message) == kept


def test_exception_of_a_call_is_reported_with_a_plain_message() -> None:
    def answer() -> None:
        raise ValueError("\x1b[1mtoo\x1b[0m\nlate")

    reply = call(answer, [])
    assert isinstance(reply.value, Raised)
    assert (reply.value.type, reply.value.message) == ("ValueError", "too late")
