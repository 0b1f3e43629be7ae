"""Ask the judging side for the common cause of one wrong answer; for widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograde import settings
from autograde.judge.observation import dumps, loads, to_json
from autograde.referee import Referee, connect
from autograde.runner.answers.observing import observe


@dataclass(frozen=True)
class CommonCause:
    """A misconception in the learner's language.

    Attributes:
        id: its stable name, ``"separator-in-second"``.
        explanation: one sentence about the concept, in the reader's language.
    """

    id: str
    explanation: str


def common_cause(
    section: str, function: str, arguments: tuple[object, ...], answer: object, referee: Referee | None = None
) -> CommonCause | None:
    """Return the misconception that explains the ``answer`` of ``function`` to ``arguments``.

    Returns:
        None for a right answer, or if no or several misconceptions match.

    Raises:
        UnknownQuestion: the question does not exist.
    """
    from autograde.judge.messages import Message

    judging_side = referee or connect()
    texts = (dumps(to_json(observe(value))) for value in (arguments, answer))
    found: Any = loads(judging_side.common_cause(section, function, *texts))
    if found is None:
        return None
    return CommonCause(found["id"], Message.from_json(found["explanation"]).in_language(settings.language()))
