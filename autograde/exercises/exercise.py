"""The objects in a learner's notebook: an exercise and its questions.

``question.check(answer)`` never raises for a wrong answer, ``hint`` gives hints from a guiding question to a partial
example, and ``solution`` shows one right answer. In a notebook they show HTML, elsewhere plain text.
"""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.errors import SolutionWithheld, UnknownAttribute, UnknownLanguage, UnknownQuestion
from autograde.exercises import reporting
from autograde.exercises.asking import ask, ask_smaller
from autograde.exercises.best_verdicts import find_workspace, keep
from autograde.judge import smaller_cases
from autograde.judge.describing import shorten
from autograde.judge.messages import Message, _
from autograde.judge.observation import loads
from autograde.judge.rendering import (
    number,
    sentence_to_html,
    smaller_to_html,
    smaller_to_text,
    to_html,
    to_score,
    to_text,
)
from autograde.judge.verdict import Outcome, Verdict
from autograde.referee import QuestionCard, Referee, connect
from autograde.runner.answers import warm_up
from autograde.runner.answers.notebook import ipython_shell
from autograde.runner.answers.observing import type_name
from autograde.runner.answers.process_copy import can_copy

#: MIME type of a verdict's JSON in a cell's outputs.
VERDICT = "application/vnd.autograde.verdict+json"


class LearnerQuestion:
    """One question of an exercise.

    Attributes:
        verdict: the verdict of the last check; None before the first one.
    """

    def __init__(self, section: str, card: QuestionCard, language: str, referee: Referee, *, possible: float) -> None:
        self._section = section
        self._card = card
        self._possible = possible
        self._language = language
        self._referee = referee
        self.verdict: Verdict | None = None
        self._mistake: object | None = None
        self._times = 0
        self._hints_shown = 0
        # Found now, because an answer may change the working folder.
        self._workspace = find_workspace(Path.cwd())

    def check(self, answer: object = None) -> None:
        """Try the answer on the visible cases and show the result, the first difference, and the next step.

        Args:
            answer: the function itself, without brackets after its name, or the value.
        """
        if settings.graded_run():
            message = _("{function} is graded when all cells have run.", function=self._card.function)
            _show(message.in_language(self._language), sentence_to_html(message, self._language))
            return
        shown = _show_waiting(self._waiting())
        self.verdict = ask(self._referee, self._section, self._card.function, answer, graded=False)
        _last_checked[self._section, self._card.function] = (answer, self.verdict.outcome)
        reporting.report(self._section, self.verdict)
        if self._workspace is not None:
            keep(self._workspace, self._section, self.verdict, self._possible)
        mistake = smaller_cases.mistake(self.verdict)
        self._times = self._times + 1 if mistake is not None and mistake == self._mistake else 1
        self._mistake = mistake
        if (
            mistake is not None
            and self._times >= smaller_cases.PATIENCE
            and (case := ask_smaller(self._referee, self._section, self._card.function, answer)) is not None
        ):
            text = smaller_to_text(self.verdict, case, self._language)
            html = smaller_to_html(self.verdict, case, self._language)
        else:
            text, html = to_text(self.verdict, self._language), to_html(self.verdict, self._language)
        if callable(answer) and not can_copy():
            text += f"\n\n{_IN_THIS_PROCESS.in_language(self._language)}"
            html += sentence_to_html(_IN_THIS_PROCESS, self._language)
        _show(text, html, instead_of=shown)

    def _waiting(self) -> str:
        """Return the line that is shown until the verdict is ready."""
        if not self._card.needs_hub:
            return _("Checking {function} …", function=self._card.function).in_language(self._language)
        return _(
            "Checking {function} on a new Hub … The first check takes some seconds longer, because libraries are "
            "loaded.",
            function=self._card.function,
        ).in_language(self._language)

    def hint(self, number: int | None = None) -> None:
        """Show the next hint, or the hint with this number; 1 is a question, higher numbers reveal more."""
        hints = self._card.hints
        if number is None and self._hints_shown >= len(hints):
            message = _(
                "You have seen all {hints} hints. {solution} shows a solution.",
                hints=len(hints),
                solution=f"exercise.{self._card.function}.solution()",
            )
        elif number is None or (type(number) is int and 1 <= number <= len(hints)):
            number = self._hints_shown + 1 if number is None else number
            self._hints_shown = number
            message = _("Hint {number} of {hints}: {text}", number=number, hints=len(hints), text=hints[number - 1])
        else:
            message = _(
                "There is no hint({given}): write a whole number from 1 to {hints} between the brackets.",
                given=_as_written(number),
                hints=len(hints),
            )
        _show(message.in_language(self._language), sentence_to_html(message, self._language))

    def solution(self) -> None:
        """Show one right answer of several, or why it is not shown."""
        try:
            given = self._referee.solution(self._section, self._card.function)
        except SolutionWithheld as withheld:
            message = _withheld(withheld.until, self._card.function)
            _show(message.in_language(self._language), sentence_to_html(message, self._language))
            return
        introduction = _("One solution; yours may look different:").in_language(self._language)
        code = str(loads(given))
        markdown = f"{introduction}\n\n```python\n{code.rstrip()}\n```\n"
        # JupyterLab shows the code in Markdown, but not in HTML, in the colours of its editor.
        _show(f"{introduction}\n\n{code}", markdown, kind="text/markdown")

    def __repr__(self) -> str:
        title = self._card.title.in_language(self._language)
        points = _("{points} points", points=number(self._card.points)).in_language(self._language)
        text = _("{function}: {title} ({points})", function=self._card.function, title=title, points=points)
        return text.in_language(self._language)


def _withheld(until: str, function: str) -> Message:
    """Return the message that explains why there is no solution; ``until`` as in :class:`SolutionWithheld`."""
    if not until:
        return _("The solution of {function} is not available in a graded run.", function=function)
    if until == "off":
        return _(
            "Your instructor has switched solutions off. A hint may help: {hint}", hint=f"exercise.{function}.hint()"
        )
    return _(
        "Your instructor shows solutions from {day} on. Until then, a hint may help: {hint}",
        day=until,
        hint=f"exercise.{function}.hint()",
    )


class Exercise:
    """An assignment, with its questions as attributes named after the learner's functions."""

    def __init__(self, questions: Mapping[str, LearnerQuestion], language: str) -> None:
        self._questions = dict(questions)
        self._language = language

    def __getattr__(self, name: str) -> LearnerQuestion:
        if name.startswith("_"):
            # A special attribute looked up by Python or IPython is never a question.
            raise AttributeError(name)
        questions: dict[str, LearnerQuestion] = self.__dict__["_questions"]
        if name in questions:
            return questions[name]
        what = _("This exercise has no question {name}.", name=name)
        fix = _("Its questions are: {names}.", names=", ".join(questions))
        if near := get_close_matches(name, questions, 1):
            fix = _("Did you mean {name}?", name=near[0])
        raise UnknownAttribute(what.in_language(self._language), fix.in_language(self._language))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._questions]

    def __repr__(self) -> str:
        def line(question: LearnerQuestion) -> str:
            done = question.verdict is not None and question.verdict.outcome is Outcome.CORRECT
            return f"{'✓' if done else '○'} {question!r}"

        return "\n".join(map(line, self._questions.values()))


class _Chosen:
    """The language of this process's notebook, for graded cells, which are independent of the cells before them."""

    language: str | None = None


#: The last answer to each question that was checked in this process, with the outcome, by section and question.
_last_checked: dict[tuple[str, str], tuple[object, Outcome]] = {}


#: Note below a verdict on Windows.
_IN_THIS_PROCESS = _(
    "On this system your function runs in the notebook's own process: what it changes there stays changed, and only "
    "the stop button ends a loop that never ends."
)


def _stay_off_the_internet() -> None:
    """Point ``huggingface_hub`` at an unreachable address in a notebook without one of the kit's Hubs.

    Otherwise a learner's function that is called manually would create or upload something on huggingface.co.
    """
    if settings.endpoint() is None and hasattr(ipython_shell(), "kernel") and "huggingface_hub" not in sys.modules:
        settings.set_environment({**settings.environment(), "HF_ENDPOINT": settings.NO_HUB})


def open_exercise(section: str | float, *, language: str | None = None, referee: Referee | None = None) -> Exercise:
    """Return the exercise of a section of the tutorial.

    Args:
        section: ``"2.6"``, or the number 2.6.
        language: ``"en"`` or ``"zh"``; None uses the language in the settings.
        referee: the judging side; None uses the one in the settings, or this process.

    Raises:
        UnknownLanguage: the course does not exist in this language.
        UnknownQuestion: there is no exercise for the section.
    """
    by = referee or connect()
    sections: Any = loads(by.sections())
    chosen = _known_language(language)
    section = str(section) if type(section) in (int, float) else section
    if type(section) is not str or section not in sections:
        what = _("There is no exercise for section {section}.", section=_as_written(section))
        fix = _("Choose one of: {choices}.", choices=", ".join(f'"{each}"' for each in sections))
        raise UnknownQuestion(what.in_language(chosen), fix.in_language(chosen))
    _Chosen.language = chosen
    listed: Any = loads(by.cards(section))
    cards = [QuestionCard.from_json(each) for each in listed]
    if any(card.needs_hub for card in cards):
        _stay_off_the_internet()
    if any(card.needs_models for card in cards) and not settings.graded_run():
        warm_up.start()
    if not settings.graded_run() and reporting.is_wanted(settings.endpoint()):
        notice = _("Your teacher sees which question you check and whether the answer is right. Your code is not sent.")
        _show(notice.in_language(chosen), sentence_to_html(notice, chosen))
    possible = sum(card.points for card in cards)
    questions = {card.function: LearnerQuestion(section, card, chosen, by, possible=possible) for card in cards}
    return Exercise(questions, chosen)


def _known_language(language: object) -> str:
    """Return the language of an exercise; ``"zh-CN"`` and ``"en_GB"`` are accepted, too.

    Raises:
        UnknownLanguage: the course does not exist in this language.
    """
    if language is None:
        return settings.language()
    if type(language) is str and (found := re.split("[-_]", language.lower())[0]) in settings.LANGUAGES:
        return found
    what = _("This course does not exist in the language {language}.", language=_as_written(language))
    fix = _("Choose one of: {choices}.", choices=", ".join(f'"{each}"' for each in settings.LANGUAGES))
    raise UnknownLanguage(what.in_language(settings.language()), fix.in_language(settings.language()))


def _as_written(value: object) -> str:
    """Return a short representation of a value; for objects with their own ``repr``, only the type."""
    written = repr(value) if type(value) in (int, float, bool, str, type(None)) else type_name(value)
    return shorten(written, 40)


def grade(section: str, function: str, namespace: Mapping[str, object], *, referee: Referee | None = None) -> float:
    """Try a notebook's function on the graded cases, show the verdict, and return the points.

    A graded cell ends with this call, so that nbgrader uses its value as the cell's score. From the cells above, it
    needs only the function. The feedback is shown as display output, because text on stderr would lose all points. The
    verdict's data are added under the MIME type :data:`VERDICT`. If the learner's check has just shown the same outcome
    of the same answer, only the points are shown, except to a grader.

    Args:
        section: ``"2.6"``.
        function: the name of the function, and of the question.
        namespace: the notebook's ``globals()``.
        referee: the judging side; None uses the one in the settings, or this process.
    """
    language = _Chosen.language or settings.language()
    answer = namespace.get(function)
    verdict = ask(referee or connect(), section, function, answer, graded=True)
    checked, outcome = _last_checked.get((section, function), (None, None))
    for_grader = settings.graded_run() or settings.run_by_nbgrader()
    explained = checked is answer and outcome is verdict.outcome and not for_grader
    text, html = (render(verdict, language, explained=explained) for render in (to_text, to_html))
    _show(text, html, {VERDICT: verdict.to_json()})
    return to_score(verdict)


def _show(
    text: str,
    rich: str,
    data: Mapping[str, object] | None = None,
    *,
    kind: str = "text/html",
    instead_of: str | None = None,
) -> None:
    """Show rich output in a notebook, with ``data`` for programs, and plain text everywhere else.

    Args:
        text: output for a terminal.
        rich: output for a notebook.
        data: further MIME types.
        kind: MIME type of ``rich``.
        instead_of: the result of :func:`_show_waiting`, whose line is replaced.
    """
    shell = ipython_shell()
    if shell is None or not hasattr(shell, "kernel"):
        print(text)  # noqa: T201 - a terminal's learner reads it
        return
    content = {"text/plain": text, kind: rich, **(data or {})}
    if instead_of is None:
        shell.display_pub.publish(content)
    else:
        shell.display_pub.publish(content, transient={"display_id": instead_of}, update=True)


def _show_waiting(line: str) -> str | None:
    """Show a line in a notebook immediately; return its display id, for :func:`_show` to replace it."""
    shell = ipython_shell()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    identity = secrets.token_hex(8)
    shell.display_pub.publish({"text/plain": line}, transient={"display_id": identity})
    return identity
