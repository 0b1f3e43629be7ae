"""Example answers as learners write them: right ones in several styles, and wrong ones for each misconception.

They are code, like learners' answers; the wrong models of a misconception are written independently of them.
Tests and sample submissions use them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import dedent
from types import EllipsisType


@dataclass(frozen=True)
class RightAnswer:
    """A right answer in some style.

    Attributes:
        style: its characteristic in a few words.
        code: what the learner wrote.
    """

    style: str
    code: str


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that shows a misconception.

    Attributes:
        lost: the ids of exactly the rubric items that it loses.
        code: what the learner wrote.
    """

    lost: tuple[str, ...]
    code: str


def right(style: str, code: str) -> RightAnswer:
    """Return a right answer; the common indentation of ``code`` is removed."""
    return RightAnswer(style, dedent(code).lstrip("\n"))


def wrong(lost: str, code: str) -> WrongAnswer:
    """Return a wrong answer; ``lost`` lists the ids of the rubric items that it loses, separated by spaces."""
    return WrongAnswer(tuple(lost.split()), dedent(code).lstrip("\n"))


#: A fake token, assembled here so that secret scanners do not report this file.
TOKEN = "hf_" + 34 * "A"


@dataclass(frozen=True)
class AnswerCode:
    """Builds example answers to one question from named steps.

    Attributes:
        start: the code before the lines, after the imports.
        end: the code after them.
        indent: indentation of each line.
        steps: the lines of a right answer in order, by name.
        imports: the code that the notebook has above the answer.
    """

    start: str
    end: str = ""
    indent: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    imports: str = ""

    @property
    def solution(self) -> str:
        """The right answer that the steps make, without the imports."""
        return self._answer(line for _name, line in self.steps)

    def code(self, *lines: str) -> str:
        """Return the code of an answer with these lines."""
        return self.imports + self._answer(lines)

    def _answer(self, lines: Iterable[str]) -> str:
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
            before: lines before the first step.
            changed: replacements for steps by name: one line, or several in which ``...`` stands for the step's own
                line; ``()`` removes the step.

        Raises:
            KeyError: a step does not exist.
        """
        if unknown := set(changed) - {name for name, _line in self.steps}:
            raise KeyError(f"no step {', '.join(sorted(unknown))}")
        lines = list(before)
        for name, own in self.steps:
            instead = changed.get(name, own)
            lines += [instead] if isinstance(instead, str) else [own if line is ... else line for line in instead]
        return self.wrong(lost, *lines)


def function(signature: str, imports: str = "", **steps: str) -> AnswerCode:
    """Return an :class:`AnswerCode` for functions with this name and parameters; the lines are the body."""
    return AnswerCode(f"def {signature}:\n", indent="    ", steps=tuple(steps.items()), imports=imports)


def script(name: str, **steps: str) -> AnswerCode:
    """Return an :class:`AnswerCode` for cells with a shell script; the lines are the script."""
    return AnswerCode(f'{name} = r"""\n', end='"""\n', steps=tuple(steps.items()))
