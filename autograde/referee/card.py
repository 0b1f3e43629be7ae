"""The part of a question that a learner may see before answering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograde.judge.messages import Message
from autograde.judge.question import FirstArgument, Question


@dataclass(frozen=True)
class QuestionCard:
    """A question without its answers.

    Attributes:
        function: the name of the learner's function or variable.
        title: the topic in a few words.
        points: its points.
        hints: hints, from a guiding question to a partial example.
        needs_hub: whether the task needs a temporary Hub.
        needs_models: whether its check imports the libraries for models, which takes seconds.
    """

    function: str
    title: Message
    points: float
    hints: tuple[Message, ...] = ()
    needs_hub: bool = False
    needs_models: bool = False

    @classmethod
    def of(cls, question: Question) -> QuestionCard:
        """Return the card of ``question``."""
        return cls(
            question.function,
            question.teaching.title,
            float(question.points),
            question.teaching.hints,
            needs_hub=question.execution is not None,
            needs_models=question.first in (FirstArgument.MODEL, FirstArgument.TOKENIZER)
            or any(case.initial.model is not None for case in question.visible),
        )

    def to_json(self) -> dict[str, object]:
        """Return the card as a JSON value."""
        return {
            "function": self.function,
            "title": self.title.to_json(),
            "points": self.points,
            "hints": [hint.to_json() for hint in self.hints],
            "needs_hub": self.needs_hub,
            "needs_models": self.needs_models,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> QuestionCard:
        """Return the card that :meth:`to_json` wrote."""
        hints = value["hints"]
        assert isinstance(hints, list)
        return cls(
            str(value["function"]),
            Message.from_json(value["title"]),
            float(str(value["points"])),
            tuple(Message.from_json(hint) for hint in hints),
            needs_hub=bool(value["needs_hub"]),
            needs_models=bool(value["needs_models"]),
        )
