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


def function(signature: str, *lines: str, imports: str = "") -> str:
    """Return the code of a function: ``signature`` is its name and parameters, ``lines`` are its body."""
    return f"{imports}def {signature}:\n" + "".join(f"    {line}\n" for line in lines)


def script(name: str, *lines: str) -> str:
    """Return the code of a cell that fills in a shell script."""
    return f'{name} = r"""\n' + "".join(f"{line}\n" for line in lines) + '"""\n'
