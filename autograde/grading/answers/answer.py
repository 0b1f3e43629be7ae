"""An answer as somebody writes it, and what it must get."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong answer that people really give.

    Attributes:
        section: of the question's assignment.
        function: the question's function or value.
        code: what the learner wrote.
        misconception: the name that the judge must give it.
        lost: the rubric items that it must lose, and no others.
    """

    section: str
    function: str
    code: str
    misconception: str
    lost: tuple[str, ...]


@dataclass(frozen=True)
class RightAnswer:
    """A right answer in some style; ``style`` says which."""

    section: str
    function: str
    style: str
    code: str


@dataclass(frozen=True)
class Section:
    """Writes down the answers of one assignment."""

    section: str

    def wrong(self, function: str, misconception: str, lost: str, code: str) -> WrongAnswer:
        """A wrong answer that loses the items whose ids stand in ``lost``, with spaces between."""
        return WrongAnswer(self.section, function, dedent(code).lstrip("\n"), misconception, tuple(lost.split()))

    def right(self, function: str, style: str, code: str) -> RightAnswer:
        """A right answer."""
        return RightAnswer(self.section, function, style, dedent(code).lstrip("\n"))
