"""Example answers, as learners write them: right ones beside the reference, wrong ones beside each misconception.

They are code, because that is what learners write; the wrong models of a misconception are written independently of it.
Tests and sample submissions use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from types import EllipsisType


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
        steps: the lines of a right answer, in their order, each with a name.
    """

    start: str
    end: str = ""
    indent: str = ""
    steps: tuple[tuple[str, str], ...] = ()

    def code(self, *lines: str) -> str:
        """Return the code of an answer with these lines."""
        return self.start + "".join(f"{self.indent}{line}\n" for line in lines) + self.end

    def right(self, style: str, *lines: str) -> RightAnswer:
        """Return a right answer with these lines."""
        return RightAnswer(style, self.code(*lines))

    def wrong(self, lost: str, *lines: str) -> WrongAnswer:
        """Return a wrong answer with these lines; ``lost`` as for :func:`wrong`."""
        return wrong(lost, self.code(*lines))

    def wrong_step(self, lost: str, *before: str, **changed: str | tuple[str | EllipsisType, ...]) -> WrongAnswer:
        """Return a wrong answer that differs from the right one in some steps.

        Args:
            lost: as for :func:`wrong`.
            before: lines in front of the first step.
            changed: what takes the place of a step, by its name: one line, or several, in which ``...`` stands for the
                step's own line; ``()`` leaves the step out.

        Raises:
            KeyError: there is no such step.
        """
        if unknown := set(changed) - {name for name, _line in self.steps}:
            raise KeyError(f"no step {', '.join(sorted(unknown))}")
        lines = list(before)
        for name, own in self.steps:
            instead = changed.get(name, own)
            lines += [instead] if isinstance(instead, str) else [own if line is ... else line for line in instead]
        return self.wrong(lost, *lines)


def function(signature: str, imports: str = "", **steps: str) -> AnswerCode:
    """Return what writes functions: ``signature`` is their name and parameters, the lines are their body."""
    return AnswerCode(f"{imports}def {signature}:\n", indent="    ", steps=tuple(steps.items()))


def script(name: str, **steps: str) -> AnswerCode:
    """Return what writes cells that fill in a shell script; the lines are the script."""
    return AnswerCode(f'{name} = r"""\n', end='"""\n', steps=tuple(steps.items()))
