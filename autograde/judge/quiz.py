"""A quiz as a question of the judge: a dictionary of choices, a point for each right one, a reason for each wrong one.

A check never shows the right choice: it says why the chosen one is wrong.
"""

from __future__ import annotations

import re
import unicodedata
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


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from.

    Attributes:
        text: what the learner reads.
        misconception: the id of the misconception behind a wrong choice; ``""`` for the right one.
        reason: why it is wrong, in a sentence or two; None for the right one.
        short: other words for it in any language, which count when nothing else is written.
    """

    text: Message
    misconception: str = ""
    reason: Message | None = None
    short: tuple[str, ...] = ()


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
    number: int = 1,
    styles: Mapping[str, Mapping[str, str]] | None = None,
) -> Question:
    """The question of a quiz.

    Args:
        identity: section and the name of the learner's dictionary, ``"1/answers"``.
        items: the questions, in their order.
        title: what the quiz is about, a few words.
        next_step: what to do after a wrong choice.
        hints: from a question to a partial answer.
        number: its place among the questions of its notebook, from 1.
        styles: right answers as people write them, by style; only the choices that differ from a plain letter.
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
    """Return what was written instead of a letter, unchanged."""
    match got:
        case str():
            return _("‘{text}’", text=shorten(got))
        case bool() | int() | float() | Listed():
            return _("‘{text}’", text=shorten(code(got)))
    return describe(got)


#: Signs around a letter, or around the whole answer.
_AROUND = " \t\n'\"`*_~<>‘’“”「」"

#: A letter, with or without brackets.
_LETTER = r"[(\[{【<]*\s*([a-z])\s*[)\]}】>]*"

#: Words before a letter and after it that only say that it is the choice.
_CHOSEN = (
    r"(?:(?:i(?:'d| would)? (?:choose|chose|pick|take|say|go (?:with|for)|think|believe)"
    r"|(?:the |my )?(?:final |right |correct )?(?:answer|choice|option|letter)(?: is| =)?|opt\.?|it(?: i|')s|definitely"
    r"|应?该?选择?了?|我?选择?了?|选项|(?:我的)?(?:正确|最终)?答案(?:是|为|选|应该?是)?|我(?:认为|觉得)是?|答|就是|第)\s*[:：=]?\s*)*"
)
_CHOICE = r"\s*(?:is (?:the )?(?:right|correct)(?: (?:one|choice|answer|option))?|选?项|正确|对)?"
_ALONE = re.compile(rf"{_CHOSEN}{_LETTER}{_CHOICE}[\s.!,:;。、)]*")

#: A letter with something after it: a sign and a text, or a blank and a text.
_BEFORE_TEXT = re.compile(
    rf"{_CHOSEN}{_LETTER}(\s*[.:。、,;!–—-]+\s*|\s+|(?<=[)\]}}】>])|(?=[\u4e00-\u9fff]))(\S.*)", re.DOTALL
)

#: Signs and words of an answer that is undecided, or names several choices.
_UNDECIDED = re.compile(
    r"[?/]|\b(?:or|maybe|perhaps|probably|possibly|might|could|unsure|guess\w*|either|both|idk|else|alternatively)\b"
    r"|\b(?:not|isn't|don't|dont|no) (?:quite |so |really |very |too )?(?:sure|certain|know|idea|[b-z]\b)"
    r"|或|也许|可能|不确定|不知道|还是|大概|似乎|好像|要么|不太|说不定|猜"
)

#: Words by which a choice is named that is not meant.
_NEGATED = re.compile(r"\b(?:not|no|never|without)\b|n't\b|不|没")

#: Another letter in the text after the first one; "a" is an article where a word follows.
_ANOTHER = re.compile(r"(?<![a-z0-9_'.])(?:[b-h]|a(?!\s+[a-z]{2}))(?![a-z0-9_'.])")

#: Fewest characters of a choice's own words, so that they may stand for the whole: letters, and Chinese characters.
_FEWEST, _FEWEST_CHINESE = 4, 2
#: So many of them after the choice's letter leave no doubt.
_LONG = 10


def _reader(items: Sequence[Item]) -> Callable[[Observation], Observation]:
    """Reads a choice as people type it: ``"B"``, ``"(b)"``, ``"Ｂ"``, ``"option b"``, ``"选 b"``, ``"b. A place …"``,
    or the choice's own words. An answer that names two choices, or expresses doubt, is not a choice.

    Returns:
        A function that gives the letter, or the value itself when it cannot be told which letter is meant.
    """
    letters = set().union(*(item.letters for item in items))

    @cache
    def meant() -> tuple[tuple[str, str], ...]:
        """The own words of each choice with its letter; made when needed: a catalogue is read for it."""
        return tuple(
            (_plain(choice.text.in_language(language)), letter)
            for item in items
            for letter, choice in zip(item.letters, item.choices, strict=True)
            for language in ("en", "zh")
        )

    short = tuple(
        (_plain(words), letter)
        for item in items
        for letter, choice in zip(item.letters, item.choices, strict=True)
        for words in choice.short
    )

    def same_words(words: str) -> set[str]:
        return {letter for own, letter in (*meant(), *short) if own == words}

    def by_words(text: str) -> set[str]:
        """The letters of the choices that have these words, or some of them, or stand whole in the text."""
        words = _plain(text)
        if (same := same_words(words)) or _UNDECIDED.search(text):
            return same
        fewest = _FEWEST if words.isascii() else _FEWEST_CHINESE
        parts = {letter for own, letter in meant() if len(words) >= fewest and words in own}
        negated = _NEGATED.search(text) is not None
        # "No token." is a choice of its own.
        return parts or {
            letter for own, letter in meant() if own in words and (not negated or own.startswith(("no", "不")))
        }

    def letter_of(written: str) -> str | None:
        if found := _ALONE.fullmatch(written):
            return found[1]
        if "?" in written:
            return None
        if len(same := same_words(_plain(written))) == 1:
            return next(iter(same))
        found = _BEFORE_TEXT.fullmatch(written)
        letter, sign, text = found.groups() if found else ("", "", "")
        if text and (known := same_words(_plain(text))):
            return letter if letter in known else None
        if len(same := by_words(written)) == 1:
            return next(iter(same))
        if not text:
            return None
        words = _plain(text)
        if len(words) >= _LONG and any(words in own for own, its in meant() if its == letter):
            return letter
        if _UNDECIDED.search(text) or _ANOTHER.search(text.replace(f"({letter})", "")):
            return None
        # "a place" begins with a letter too: after a blank, English must give a reason.
        clear = sign.strip() or not text.isascii() or text.startswith(("because", "since ")) or sign == ""
        clear = clear or letter in by_words(text)
        return letter if clear and len(_plain(text)) > 1 else None

    def read(value: Observation) -> Observation:
        if not isinstance(value, str):
            return value
        letter = letter_of(unicodedata.normalize("NFKC", value).strip(_AROUND).lower())
        return letter if letter in letters else value

    return read


def _plain(text: str) -> str:
    """Return the words of a text without signs, and without an article at its start."""
    words = re.findall(r"[\w.]+", unicodedata.normalize("NFKC", text).lower().replace("_", " "))
    return "".join(words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words).strip("._")
