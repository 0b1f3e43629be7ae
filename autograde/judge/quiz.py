"""A quiz as a question of the judge: a dictionary of choices, a point for each right one, a reason for each wrong one.

A check never shows the right choice: it says why the chosen one is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation
from autograde.judge.question import AnswerKind, Case, Misconception, Question, RubricItem, WrongModel


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from.

    Attributes:
        text: what the learner reads.
        misconception: the name of the belief behind a wrong choice; ``""`` for the right one.
        reason: why it is wrong, in a sentence or two; None for the right one.
    """

    text: Message
    misconception: str = ""
    reason: Message | None = None


@dataclass(frozen=True)
class Item:
    """One question of a quiz.

    Attributes:
        name: the key in the learner's dictionary.
        about: what it is about, a few words.
        text: the question itself.
        choices: lettered ``a``, ``b``, ``c`` in their order; exactly one has no reason against it.
    """

    name: str
    about: Message
    text: Message
    choices: tuple[Choice, ...]

    @property
    def letters(self) -> str:
        """The letters of the choices, ``"abcd"``."""
        return ascii_lowercase[: len(self.choices)]

    @property
    def right(self) -> str:
        """The letter of the right choice."""
        (letter,) = (letter for letter, choice in zip(self.letters, self.choices, strict=True) if choice.reason is None)
        return letter


def quiz(
    identity: str,
    items: Sequence[Item],
    *,
    title: Message,
    next_step: Message,
    hints: tuple[Message, ...],
    points: float = 1.0,
) -> Question:
    """The question of a quiz.

    Args:
        identity: section and the name of the learner's dictionary, ``"1/answers"``.
        items: the questions, in their order.
        title: what the quiz is about, a few words.
        next_step: what to do after a wrong choice.
        hints: from a question to a partial answer.
        points: for each right choice.
    """
    by_name = {item.name: item for item in items}
    function = identity.rpartition("/")[2]

    def words(case: Case, difference: Difference) -> Message:
        letters = by_name[case.name].letters
        if difference.got is None:
            return _("there is no choice yet")
        if isinstance(difference.got, str) and difference.got in letters and difference.got:
            return _("{choice} is not the right choice", choice=difference.got)
        return _("{got} is none of the choices {choices}", got=describe(difference.got), choices=", ".join(letters))

    filled = "".join(f'    "{item.name}": "{item.right}",\n' for item in items)
    return Question(
        id=identity,
        function=function,
        title=title,
        visible=tuple(Case(item.name, item.name, _("question {name}", name=item.name), (item.name,)) for item in items),
        hidden=None,
        oracle=lambda case: by_name[case.name].right,
        rubric=tuple(RubricItem(item.name, item.about, points, (item.name,)) for item in items),
        misconceptions=tuple(
            Misconception(
                choice.misconception,
                choice.reason,
                next_step,
                (_always(letter),),
                case=item.name,
            )
            for item in items
            for letter, choice in zip(item.letters, item.choices, strict=True)
            if choice.reason is not None
        ),
        hints=hints,
        solution=f"{function} = {{\n{filled}}}\n",
        expectation=_("a dictionary of choices"),
        normal=_letter,
        kind=AnswerKind.ENTRIES,
        words=words,
    )


def _always(letter: str) -> WrongModel:
    """The wrong model of everybody who chooses ``letter``."""
    return lambda _case: letter


def _letter(value: Observation) -> Observation:
    """A choice as people type it, ``"B"``, ``"b)"`` or ``" b "``, as its letter."""
    return value.strip().rstrip(".)").lower() if isinstance(value, str) else value
