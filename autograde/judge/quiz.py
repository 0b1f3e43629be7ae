"""A quiz as a question of the judge: a dictionary of choices, a point for each right one, a reason for each wrong one.

A check never shows the right choice: it says why the chosen one is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

from autograde.judge.comparison import Difference
from autograde.judge.describing import code, describe, shorten
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation
from autograde.judge.observation import Sequence as Listed
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
        letters, got = by_name[case.name].letters, difference.got
        if got is None:
            return _("there is no choice yet")
        if isinstance(got, str) and len(got) == 1 and got in letters:
            return _("{choice} is not the right choice", choice=got)
        choices = ", ".join(letters)
        return _("{got} is none of the choices {choices}: write one of these letters", got=typed(got), choices=choices)

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
        normal=_reader(items),
        kind=AnswerKind.ENTRIES,
        advice=_('Write one letter and nothing else under each name, for example "a".'),
        words=words,
    )


def _always(letter: str) -> WrongModel:
    """The wrong model of everybody who chooses ``letter``."""
    return lambda _case: letter


def typed(got: Observation) -> Message:
    """What somebody wrote where a letter belongs, as they wrote it."""
    match got:
        case str():
            return _("‘{text}’", text=shorten(got))
        case bool() | int() | float() | Listed():
            return _("‘{text}’", text=shorten(code(got)))
    return describe(got)


#: What people put around a letter, or around all that they write.
_AROUND = " \t\n'\"`*_‘’“”「」"

#: A letter alone, with or without brackets and a full stop; and one with the choice's text after it.
_ALONE = re.compile(r"[(\[{【<]*\s*([a-z])\s*[)\]}】>.,:;。、]*")
_BEFORE_TEXT = re.compile(r"[(\[{【<]*([a-z])(\s*[)\]}】>.:。、,;–—-]+\s*|\s+)(\S.*)", re.DOTALL)

#: Between letters they make two choices of one; no text of a choice consists of them.
_BETWEEN = ("and", "or", "和", "或", "或者", "与")


def _reader(items: Sequence[Item]) -> Callable[[Observation], Observation]:
    """Reads a choice as people type it: ``"B"``, ``"(b)"``, ``"Ｂ"``, ``"b. A place …"``, or the choice's own words.

    Returns:
        A function that gives the letter, or the value itself when it cannot be told which letter is meant.
    """
    letters = set().union(*(item.letters for item in items))

    @cache
    def meant() -> dict[str, set[str]]:
        """The letters of each choice's own words; made when somebody asks: a catalogue is read for it."""
        words: dict[str, set[str]] = {}
        for item in items:
            for letter, choice in zip(item.letters, item.choices, strict=True):
                for language in ("en", "zh"):
                    words.setdefault(_plain(choice.text.in_language(language)), set()).add(letter)
        return words

    def letter_of(written: str) -> str | None:
        if found := _ALONE.fullmatch(written):
            return found[1]
        if len(same := meant().get(_plain(written), set())) == 1:
            return next(iter(same))
        if not (found := _BEFORE_TEXT.fullmatch(written)):
            return None
        letter, sign, text = found.groups()
        if known := meant().get(_plain(text)):
            return letter if letter in known else None
        # "a place" begins with a letter too: without a sign behind it, the text must be that of a choice.
        words = [word for word in re.findall(r"\w+", text) if word not in _BETWEEN]
        return letter if sign.strip() and any(len(word) > 1 or not word.isascii() for word in words) else None

    def read(value: Observation) -> Observation:
        if not isinstance(value, str):
            return value
        letter = letter_of(unicodedata.normalize("NFKC", value).strip(_AROUND).lower())
        return letter if letter in letters else value

    return read


def _plain(text: str) -> str:
    """The words of a text alone: two people who type the same choice differ in signs and spaces."""
    return "".join(re.findall(r"[\w.]+", unicodedata.normalize("NFKC", text).lower())).strip("._")
