"""The example answers of all questions with their expected results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograde.judge.question import Question


@dataclass(frozen=True)
class Example:
    """An answer as a learner writes it.

    Attributes:
        question: its question.
        code: the learner's code.
        misconception: the id of the expected misconception; ``""`` for a right answer.
        lost: the ids of the rubric items that it must lose.
        style: the characteristic of a right answer.
    """

    question: Question
    code: str
    misconception: str = ""
    lost: tuple[str, ...] = ()
    style: str = ""

    @property
    def section(self) -> str:
        """The question's section."""
        return self.question.section

    @property
    def function(self) -> str:
        """The name of the function or variable that it defines."""
        return self.question.function

    @property
    def points(self) -> float:
        """The expected points."""
        return float(sum(item.points for item in self.question.rubric if item.id not in self.lost))

    @property
    def name(self) -> str:
        """The question and the misconception or style, for people."""
        return f"{self.question.id}-{self.misconception or self.style}"


def right_answers(question: Question) -> Iterator[Example]:
    """Yield right answers to a question in styles other than the solution's."""
    for answer in question.teaching.right:
        yield Example(question, answer.code, style=answer.style)


def wrong_answers(question: Question) -> Iterator[Example]:
    """Yield wrong answers to a question, in the order of its misconceptions."""
    for misconception in question.misconceptions:
        for answer in misconception.examples:
            yield Example(question, answer.code, misconception.id, answer.lost)
