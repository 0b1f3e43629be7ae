"""Example answers, as learners write them: right ones beside the reference, wrong ones beside each misconception.

They are code, because that is what learners write; the wrong models of a misconception are written independently of it.
Tests and sample submissions use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class RightAnswer:
    """A right answer in some style.

    Attributes:
        style: what is special about it, in a few words.
        code: what the learner wrote.
    """

    style: str
    code: str


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that shows a misconception.

    Attributes:
        lost: the ids of the rubric items that it loses, and no others.
        code: what the learner wrote.
    """

    lost: tuple[str, ...]
    code: str


def right(style: str, code: str) -> RightAnswer:
    """Return a right answer; the indentation that all lines of ``code`` share is removed."""
    return RightAnswer(style, dedent(code).lstrip("\n"))


def wrong(lost: str, code: str) -> WrongAnswer:
    """Return a wrong answer; ``lost`` holds the ids of the rubric items that it loses, with blanks between."""
    return WrongAnswer(tuple(lost.split()), dedent(code).lstrip("\n"))


@dataclass(frozen=True)
class AnswerCode:
    """Writes example answers to one question from the lines that differ.

    Attributes:
        start: the code before the lines.
        end: the code after them.
        indent: what each line begins with.
    """

    start: str
    end: str = ""
    indent: str = ""

    def code(self, *lines: str) -> str:
        """Return the code of an answer with these lines."""
        return self.start + "".join(f"{self.indent}{line}\n" for line in lines) + self.end

    def right(self, style: str, *lines: str) -> RightAnswer:
        """Return a right answer with these lines."""
        return RightAnswer(style, self.code(*lines))

    def wrong(self, lost: str, *lines: str) -> WrongAnswer:
        """Return a wrong answer with these lines; ``lost`` as for :func:`wrong`."""
        return wrong(lost, self.code(*lines))


def function(signature: str, imports: str = "") -> AnswerCode:
    """Return what writes functions: ``signature`` is their name and parameters, the lines are their body."""
    return AnswerCode(f"{imports}def {signature}:\n", indent="    ")


def script(name: str) -> AnswerCode:
    """Return what writes cells that fill in a shell script; the lines are the script."""
    return AnswerCode(f'{name} = r"""\n', end='"""\n')
