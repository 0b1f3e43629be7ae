"""The questions of the lessons: read from ``questions/<section>.toml`` and checked.

A file contains the questions *about* its section, which a later lesson may repeat. A question in another section's file
has ``about = "2.4"``. Each table is a question::

    [files-in-a-new-repository]
    question.en = "How many files does a new repository hold?"
    question.zh = "新仓库里有几个文件？"
    [[files-in-a-new-repository.choices]]
    text.en = "None"
    text.zh = "没有文件"
    reason.en = "…"                   # why it is wrong or right; a wrong choice needs one
    reason.zh = "…"
    [[files-in-a-new-repository.choices]]
    text.en = "One"
    text.zh = "一个"
    right = true                      # one or more; with several the learner ticks boxes

``kind = "number"`` or ``kind = "text"`` makes it an open question without choices, with an ``answer`` unless the
lesson's code computes it. ``kind = "order"`` makes it a list of ``steps`` to sort, written in the right order. A text
that is the same in both languages (a command) may be written once: ``text = "git add ."``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from autograde.errors import UnknownQuestion, UnusableQuestions
from autograde.i18n.translation import messages
from autograde.settings import LANGUAGES

_ = messages("widgets")

#: The folder of the question files.
FOLDER = Path(__file__).parent / "questions"

Kind = Literal["choice", "number", "text", "order"]

#: The allowed keys of a question and of a choice or step; any other is reported as a typo.
_QUESTION_KEYS = {"about", "kind", "question", "choices", "steps", "answer", "reason"}
_CHOICE_KEYS = {"text", "right", "reason"}

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Text:
    """A text in English, Chinese, and possibly other languages."""

    en: str
    zh: str
    others: tuple[tuple[str, str], ...] = ()

    def in_language(self, language: str) -> str:
        """Return the text in ``language``, or in English if there is none."""
        return {"en": self.en, "zh": self.zh, **dict(self.others)}.get(language, self.en)


@dataclass(frozen=True)
class Option:
    """A choice, or a step to sort.

    Attributes:
        text: its text.
        right: whether it is right.
        reason: why it is right or wrong; for a step, why it is at this position.
    """

    text: Text
    right: bool = False
    reason: Text | None = None


@dataclass(frozen=True)
class LessonQuestion:
    """A question of a lesson.

    Attributes:
        id: its name, unique in the course.
        section: the section that it is about, for example ``"2.4"``.
        kind: how it is answered.
        text: the question's text.
        choices: the choices; for ``"order"``, the steps in the right order.
        answer: the right answer to an open question, if it is not computed by the lesson.
        reason: the explanation of an open question.
    """

    id: str
    section: str
    kind: Kind
    text: Text
    choices: tuple[Option, ...] = ()
    answer: float | str | None = None
    reason: Text | None = None

    @property
    def right(self) -> tuple[int, ...]:
        """The positions of the right choices, counted from 0."""
        return tuple(position for position, choice in enumerate(self.choices) if choice.right)

    @property
    def several(self) -> bool:
        """Whether more than one choice is right, so that the learner ticks boxes."""
        return len(self.right) > 1


def question(identity: str, folder: Path = FOLDER) -> LessonQuestion:
    """Return the question with this id.

    Raises:
        UnknownQuestion: it does not exist.
        UnusableQuestions: a question file is invalid.
    """
    found = bank(folder)
    if identity not in found:
        raise UnknownQuestion(
            _("There is no question called {id!r}.").format(id=identity),
            _("Write its id as in autograde/widgets/questions."),
        )
    return found[identity]


@cache
def bank(folder: Path = FOLDER) -> Mapping[str, LessonQuestion]:
    """Return every question of the course by its id, in the order of the sections.

    Raises:
        UnusableQuestions: a file is invalid; the error names the file and the id.
    """
    found: dict[str, LessonQuestion] = {}
    for path in sorted(folder.glob("*.toml")):
        for each in read(path):
            if each.id in found:
                raise UnusableQuestions(f"{path.name}: {each.id}: {found[each.id].section}.toml has this id already.")
            found[each.id] = each
    return found


def read(path: Path) -> Iterator[LessonQuestion]:
    """Yield the questions in one file.

    Raises:
        UnusableQuestions: it is not TOML, or a question is invalid.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableQuestions(f"{path.name} cannot be read: {error}.") from error
    for identity, table in tables.items():
        try:
            yield _question(identity, path.stem, table)
        except ValueError as error:
            raise UnusableQuestions(f"{path.name}: {identity}: {error}") from error


def _question(identity: str, section: str, table: Any) -> LessonQuestion:
    if not _KEBAB.fullmatch(identity):
        raise ValueError("an id is lower-case words joined by hyphens.")
    if not isinstance(table, dict):
        raise ValueError("a question is a table.")
    _refuse_unknown_keys(table, _QUESTION_KEYS)
    kind = table.get("kind", "choice")
    if kind not in get_args(Kind):
        raise ValueError(f"kind is one of {', '.join(get_args(Kind))}, not {kind!r}.")
    made = LessonQuestion(
        id=identity,
        section=str(table.get("about", section)),
        kind=kind,
        text=_text(table.get("question"), "question"),
        choices=tuple(_choices(table.get("steps" if kind == "order" else "choices", []))),
        answer=table.get("answer"),
        reason=_text(table["reason"], "reason") if "reason" in table else None,
    )
    _check(made)
    return made


def _choices(tables: Any) -> Iterator[Option]:
    if not isinstance(tables, list):
        raise ValueError("choices and steps are written with two pairs of brackets: [[id.choices]].")
    for number, table in enumerate(tables, start=1):
        _refuse_unknown_keys(table, _CHOICE_KEYS)
        reason = _text(table["reason"], f"reason of choice {number}") if "reason" in table else None
        yield Option(_text(table.get("text"), f"text of choice {number}"), table.get("right", False) is True, reason)


def _check(made: LessonQuestion) -> None:
    texts = [choice.text for choice in made.choices]
    if len(set(texts)) != len(texts):
        raise ValueError("two choices have the same text.")
    if made.kind == "choice":
        _check_choices(made)
    elif made.kind == "order":
        _check_steps(made.choices)
    elif made.choices:
        raise ValueError("an open question has no choices.")
    elif made.kind == "number" and isinstance(made.answer, str):
        raise ValueError(f"the answer of a number question is a number, not {made.answer!r}.")
    elif made.kind == "text" and not isinstance(made.answer, str | None):
        raise ValueError(f"the answer of a text question is a text, not {made.answer!r}.")


def _check_choices(made: LessonQuestion) -> None:
    if len(made.choices) < 2:
        raise ValueError("a question needs at least two choices.")
    if not made.right:
        raise ValueError("no choice is right: write right = true for at least one.")
    for number, choice in enumerate(made.choices, start=1):
        if not choice.right and choice.reason is None:
            raise ValueError(f"choice {number} is wrong and has no reason.")
    if made.answer is not None:
        raise ValueError("a question with choices has no answer of its own.")


def _check_steps(steps: Sequence[Option]) -> None:
    if len(steps) < 3:
        raise ValueError("a question with steps to sort needs at least three of them.")
    for number, step in enumerate(steps, start=1):
        if step.reason is None:
            raise ValueError(f"step {number} has no reason that says why it comes there.")


def _text(found: Any, where: str) -> Text:
    if isinstance(found, str) and found.strip():
        return Text(found, found)
    if isinstance(found, dict):
        missing = [language for language in ("en", "zh") if not str(found.get(language, "")).strip()]
        if not missing and set(found) <= set(LANGUAGES):
            texts = {language: str(text).strip() for language, text in found.items()}
            return Text(texts.pop("en"), texts.pop("zh"), tuple(sorted(texts.items())))
        if missing:
            raise ValueError(f"{where} has no {' and no '.join(missing)}.")
    raise ValueError(f"{where} is missing, or is not written as {where.split()[0]}.en and {where.split()[0]}.zh.")


def _refuse_unknown_keys(table: Any, known: set[str]) -> None:
    if not isinstance(table, dict):
        raise ValueError("choices and steps are tables.")
    if unknown := sorted(set(table) - known):
        raise ValueError(f"unknown key {unknown[0]!r}: known are {', '.join(sorted(known))}.")
