"""Read, compare and judge answers to a lesson's questions. Contains no widgets."""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from autograde.errors import UnusableQuestions
from autograde.i18n.translation import messages, sentences
from autograde.settings import language
from autograde.widgets.notes import NO_MATHEMATICS, Kind, inline, note, plain
from autograde.widgets.question_bank import LessonQuestion, Option

_ = messages("widgets")

#: Every whole number below it is exact as a float.
_EXACT = 2**53

#: Positions of the chosen choices or of the sorted steps; a number; or a short text.
Answer = tuple[int, ...] | float | str


@dataclass(frozen=True)
class Feedback:
    """Feedback on an answer: a note in a notebook, plain lines elsewhere.

    Attributes:
        right: whether the answer is right; None without an answer.
        opening: the first line.
        lines: the others.
    """

    right: bool | None
    opening: str
    lines: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join(plain(line) for line in (self.opening, *self.lines))

    def _repr_html_(self) -> str:
        kind: Kind = "hint" if self.right is None else "right" if self.right else "otherwise"
        return note(kind, self.opening, *self.lines)


def typed_answer(question: LessonQuestion, typed: str) -> float | str:
    """Parse the typed answer to an open question.

    Raises:
        ValueError: the question needs a number and this is not one; the message is for the learner.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if question.kind == "text":
        return text
    digits = re.sub(r"(?<=\d)[ _,](?=\d{3}\b)", "", text)
    with contextlib.suppress(ValueError):
        return int(digits)
    with contextlib.suppress(ValueError):
        number = float(digits)
        if math.isfinite(number):
            return int(number) if number.is_integer() and abs(number) < _EXACT else number
    raise ValueError(_("‘{typed}’ is not a number. Write digits, for example 12.").format(typed=typed.strip()))


def in_words(question: LessonQuestion, answer: Answer) -> str:
    """Return an answer as text: the chosen choices, the number or the words."""
    if isinstance(answer, tuple):
        texts = [question.choices[position].text.in_language(language()) for position in answer]
        return (" → " if question.kind == "order" else _("; ")).join(texts)
    return str(answer)


def same(question: LessonQuestion, left: Answer, right: Answer) -> bool:
    """Return whether two answers are the same; in texts, case, spaces and final punctuation do not count."""
    if question.kind == "text":
        return _normalized(str(left)) == _normalized(str(right))
    if question.kind == "choice":
        return set(left) == set(right)  # type: ignore[arg-type]
    return left == right


def _normalized(text: str) -> str:
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return " ".join(words).strip("`'\".,;:!?。，；：！？“”‘’ ")


def right_answer(question: LessonQuestion, value: Any = None) -> Answer:
    """Return the right answer from the questions' file; for an open question, ``value``, computed by the lesson.

    Raises:
        UnusableQuestions: the file has no answer, and there is no computed value.
    """
    if question.kind == "order":
        return tuple(range(len(question.choices)))
    if question.kind == "choice":
        return question.right
    answer = question.answer if value is None else value
    if answer is None:
        raise UnusableQuestions(
            f"{question.section}.toml: {question.id}: an open question without an answer is compared with a value.",
            f'Write lesson.compare("{question.id}", value).',
        )
    return str(answer) if question.kind == "text" else float(answer) if isinstance(answer, float) else int(answer)


def compare(question: LessonQuestion, prediction: Answer | None, value: Any = None) -> Feedback:
    """Compare a prediction with the result, and explain the result.

    Args:
        question: the question.
        prediction: the learner's answer; None without one.
        value: the result of the lesson's code, shown with the right answer.

    Raises:
        UnusableQuestions: as :func:`right_answer`.
    """
    answer = right_answer(question, value)
    result = in_words(question, answer)
    if value is not None and question.kind in ("choice", "order"):
        result = _("{result} ({value})").format(result=result, value=value)
    result = _("The result: {result}").format(result=result)
    if prediction is None:
        line = _("You made no prediction; next time, make one before you run the code.")
        return Feedback(None, line, (result, *_reasons(question, answer)))
    line = _("You said: {answer}").format(answer=in_words(question, prediction))
    if same(question, prediction, answer):
        return Feedback(True, _("As you predicted."), (line, result, *_reasons(question, answer)))
    wrong: tuple[int, ...] = ()
    if question.kind == "choice" and isinstance(prediction, tuple):
        wrong = tuple(position for position in prediction if position not in question.right)
    reasons = (*(_reasons(question, wrong) if wrong else ()), *_reasons(question, answer))
    return Feedback(False, _("Not what you predicted."), (line, result, *reasons))


def check(question: LessonQuestion, answer: Answer) -> Feedback:
    """Judge an answer to one of the questions at the end of a lesson; each wrong choice is explained.

    Raises:
        UnusableQuestions: as :func:`right_answer`.
    """
    right = right_answer(question)
    if same(question, answer, right):
        return Feedback(True, _("Right."), _reasons(question, right))
    if question.kind != "choice" or not isinstance(answer, tuple):
        return Feedback(False, _("Not yet."), _reasons(question, right))
    wrong = [position for position in answer if position not in question.right]
    missing = len(set(question.right) - set(answer))
    lines = []
    for position in wrong:
        reason = _reason(question.choices[position])
        lines.append(f"{in_words(question, (position,))}{_(': ')}{reason}" if question.several else reason)
    if not wrong:
        lines.append(_("What you ticked is right. Right answers that you didn't tick: {count}.").format(count=missing))
    return Feedback(False, _("Not yet."), tuple(lines))


def check_order(question: LessonQuestion, order: Sequence[int]) -> Feedback:
    """Judge an order of steps: name the first wrong place, and explain why its step comes later.

    Args:
        question: a question of kind ``"order"``.
        order: for each place, the position of its step in the right order.
    """
    place = next((place for place, step in enumerate(order) if step != place), None)
    if place is None:
        return Feedback(True, _("Right: every step is in its place."), ())
    step = question.choices[order[place]]
    line = _("The first {count} are right.").format(count=place) if place else ""
    where = _("Place {place} is too early for “{step}”.").format(
        place=place + 1, step=step.text.in_language(language())
    )
    return Feedback(False, _("Not yet."), tuple(filter(None, (line, where, _reason(step)))))


def _reason(choice: Option) -> str:
    return choice.reason.in_language(language()) if choice.reason else ""


def _reasons(question: LessonQuestion, answer: Answer) -> tuple[str, ...]:
    if question.kind == "choice" and isinstance(answer, tuple):
        return tuple(filter(None, (_reason(question.choices[position]) for position in answer)))
    return (question.reason.in_language(language()),) if question.reason else ()


def asked(question: LessonQuestion, section: str) -> str:
    """Return the question's text, after ``From lesson 2.3:`` if it is about a lesson other than ``section``."""
    text = question.text.in_language(language())
    if question.section == section:
        return text
    return sentences(_("From lesson {section}:").format(section=question.section), text)


def asked_as_html(question: LessonQuestion, section: str) -> str:
    """Return the question's text as the heading of its widget."""
    return f'<p style="margin: 0.6em 0 0.2em; line-height: 1.4"><b>{inline(asked(question, section))}</b></p>'


def letters(count: int) -> str:
    """Return the letters for ``count`` choices: ``abc``."""
    return "abcdefghijklmnopqrstuvwxyz"[:count]


def as_text(question: LessonQuestion, section: str) -> str:
    """Return the question and its choices as plain text, for places that show no widgets."""
    lines = [plain(asked(question, section))]
    choices = question.choices if question.kind == "choice" else ()
    lines += [
        f"  {letter}) {plain(choice.text.in_language(language()))}"
        for letter, choice in zip(letters(len(choices)), choices, strict=True)
    ]
    return "\n".join(lines)


def as_html(question: LessonQuestion, section: str, *, answer: bool) -> str:
    """Return the question and its choices as HTML, for places that show no widgets (nbconvert, a viewer).

    Args:
        question: the question.
        section: section of the lesson that shows it.
        answer: whether to include the right answer, folded.
    """
    body = f"<p><b>{inline(asked(question, section))}</b></p>"
    if question.kind == "choice":
        items = "".join(f"<li>{inline(choice.text.in_language(language()))}</li>" for choice in question.choices)
        body += f'<ol type="a">{items}</ol>'
    if answer:
        right = right_answer(question)
        lines = [in_words(question, right), *_reasons(question, right)]
        body += f"<details><summary>{escape(_('Answer'))}</summary>{'<br>'.join(map(inline, lines))}</details>"
    return f"<div {NO_MATHEMATICS}>{body}</div>"
