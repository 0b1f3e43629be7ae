"""What a learner may know of a question before answering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograde.judge.messages import Message
from autograde.judge.question import Question


@dataclass(frozen=True)
class Card:
    """A question without its answers.

    Attributes:
        function: name of the learner's function, or of the value that the learner fills in.
        title: what it is about, in a few words.
        points: what it is worth.
        hints: from a question to a partial example.
        replayed: whether the task needs a throw-away Hub.
    """

    function: str
    title: Message
    points: float
    hints: tuple[Message, ...] = ()
    replayed: bool = False

    @classmethod
    def of(cls, question: Question) -> Card:
        """Return the card of ``question``."""
        return cls(
            question.function,
            question.teaching.title,
            float(question.points),
            question.teaching.hints,
            replayed=question.act is not None,
        )

    def to_json(self) -> dict[str, object]:
        """Return the card as a JSON value."""
        return {
            "function": self.function,
            "title": self.title.to_json(),
            "points": self.points,
            "hints": [hint.to_json() for hint in self.hints],
            "replayed": self.replayed,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Card:
        """Return the card that :meth:`to_json` wrote."""
        hints = value["hints"]
        assert isinstance(hints, list)
        return cls(
            str(value["function"]),
            Message.from_json(value["title"]),
            float(str(value["points"])),
            tuple(Message.from_json(hint) for hint in hints),
            replayed=bool(value["replayed"]),
        )
