"""Create a question from a quiz: the answer is a dictionary of choices, with a point for each right one.

A check explains why a wrong choice is wrong, but never shows the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference
from autograde.judge.describing import code, describe, shorten
from autograde.judge.evidence import AnswerKind
from autograde.judge.examples import right, wrong
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation
from autograde.judge.observation import Sequence as Listed
from autograde.judge.question import Misconception, Presentation, Question, RubricItem, Teaching, WrongModel
from autograde.judge.quiz_reading import ChoiceWords, choice_of, words_of


@dataclass(frozen=True)
class Choice:
    """A choice.

    Attributes:
        text: its text.
        misconception: the id of the misconception behind a wrong choice; ``""`` for the right one.
        reason: why it is wrong, in a sentence or two; None for the right one.
        short: alternative words for it in any language, accepted if the learner writes nothing else.
    """

    text: Message
    misconception: str = ""
    reason: Message | None = None
    short: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuizQuestion:
    """One question of a quiz.

    Attributes:
        name: the key in the learner's dictionary.
        about: the topic in a few words.
        text: the text of the question.
        choices: the choices, lettered ``a``, ``b``, ``c`` in order; exactly one, the right one, has no ``reason``.
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
    items: Sequence[QuizQuestion],
    *,
    title: Message,
    next_step: Message,
    hints: tuple[Message, ...],
    number: int = 1,
    styles: Mapping[str, Mapping[str, str]] | None = None,
) -> Question:
    """Return the question for a quiz.

    Args:
        identity: section and the name of the learner's dictionary, ``"1/answers"``.
        items: the quiz's questions in order.
        title: the topic in a few words.
        next_step: what to do after a wrong choice.
        hints: hints, from a guiding question to a partial answer.
        number: its position among the questions of its notebook, from 1.
        styles: right answers as people write them, by style; only choices that are not written as a plain letter.
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
        return _(
            "{got} isn't one of the choices {choices}: write one of these letters", got=typed(got), choices=choices
        )

    def code(**changed: str) -> str:
        choices = {item.name: item.right for item in items} | changed
        return f"{function} = {{\n" + "".join(f'    "{name}": "{each}",\n' for name, each in choices.items()) + "}\n"

    return Question(
        id=identity,
        number=number,
        kind=AnswerKind.ENTRIES,
        visible=tuple(Case(item.name, item.name, _("question {name}", name=item.name), (item.name,)) for item in items),
        hidden=None,
        oracle=lambda case: by_name[case.name].right,
        rubric=tuple(RubricItem(item.name, item.about, 1.0, (item.name,)) for item in items),
        normal=_reader(items),
        misconceptions=tuple(
            Misconception(
                choice.misconception,
                choice.reason,
                next_step,
                (_always(letter),),
                case=item.name,
                examples=(wrong(item.name, code(**{item.name: letter})),),
            )
            for item in items
            for letter, choice in zip(item.letters, item.choices, strict=True)
            if choice.reason is not None
        ),
        teaching=Teaching(
            title=title,
            hints=hints,
            solution=code(),
            expectation=_("a dictionary of choices"),
            advice=_('Write one letter and nothing else under each name, for example "a".'),
            right=tuple(right(style, code(**changed)) for style, changed in (styles or {}).items()),
        ),
        presentation=Presentation(words=words),
    )


def _always(letter: str) -> WrongModel:
    """Return the wrong model that chooses ``letter``."""
    return lambda _case: letter


def typed(got: Observation) -> Message:
    """Quote the text that was written instead of a letter."""
    match got:
        case str():
            return _("‘{text}’", text=shorten(got))
        case bool() | int() | float() | Listed():
            return _("‘{text}’", text=shorten(code(got)))
    return describe(got)


def _reader(items: Sequence[QuizQuestion]) -> Callable[[Case, Observation], Observation]:
    """Return a function that reads a typed choice and returns its letter, or the unchanged value if it is unclear."""
    by_name = {item.name: item for item in items}

    @cache
    def words(name: str) -> tuple[list[ChoiceWords], list[ChoiceWords]]:
        """Return the words of the choices' texts and of the alternatives; on demand, because it loads a catalogue."""
        choices = [*zip(by_name[name].letters, by_name[name].choices, strict=True)]
        texts = [
            (words_of(each.text.in_language(language)), letter) for letter, each in choices for language in ("en", "zh")
        ]
        return texts, [(words_of(short), letter) for letter, each in choices for short in each.short]

    def read(case: Case, value: Observation) -> Observation:
        if not isinstance(value, str):
            return value
        letter = choice_of(value, case.name, *words(case.name), by_name[case.name].letters)
        return value if letter is None else letter

    return read
