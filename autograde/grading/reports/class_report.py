"""Build the class report from the gradebook, which decides the points, and from the receipts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograde.errors import UnknownQuestion
from autograde.grading import receipts
from autograde.grading.gradebook.book import Book, Points
from autograde.grading.gradebook.saving import function_of
from autograde.grading.receipts import Receipt
from autograde.judge.messages import Message, verbatim
from autograde.questions import assignment as questions_of

#: Number of the slowest and of the most unusual submissions that are listed.
MOST = 10


class ReportedState(StrEnum):
    """The state of a learner's submission."""

    GRADED = "graded"
    WAITING = "waiting"
    NOT_GRADED = "not-graded"
    MISSING = "missing"


@dataclass(frozen=True)
class Answer:
    """A learner's result for one question.

    Attributes:
        points: points that count; None while there are none.
        outcome: outcome of the judge's verdict; ``""`` without one.
        misconception: name of the misconception; ``""`` if none was recognised.
        manual: whether a person gave the points.
    """

    points: float | None
    outcome: str = ""
    misconception: str = ""
    manual: bool = False


@dataclass(frozen=True)
class Learner:
    """A learner's row in the report.

    Attributes:
        id, name, email, number: the learner's data in the class list; ``number`` is the learning platform's.
        state: the state of the submission.
        answers: results by function.
        penalty: points deducted for a late submission.
        total: points that count, after the penalty; None while a grade is missing.
        language: language of the notebook.
        reason: why the submission could not be graded.
        notes: repairs, and limits that were exceeded.
        seconds, peak_memory: wall time and peak memory (bytes) of the run.
        submitted: submission time from ``timestamp.txt``.
        surname: the last name, with which ``name`` ends.
    """

    id: str
    name: str = ""
    email: str = ""
    number: str = ""
    state: ReportedState = ReportedState.MISSING
    answers: Mapping[str, Answer] | None = None
    penalty: float = 0.0
    total: float | None = None
    language: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_memory: int = 0
    submitted: str = ""
    surname: str = ""


@dataclass(frozen=True)
class MisconceptionReport:
    """A known wrong answer and the learners who gave it."""

    id: str
    function: str
    explanation: Message
    learners: tuple[str, ...]


@dataclass(frozen=True)
class QuestionReport:
    """The class's results for one question.

    Attributes:
        function: its name.
        title: its title.
        possible: maximum points.
        outcomes: number of learners by outcome of the verdict.
        points: number of learners by points, in order.
    """

    function: str
    title: Message
    possible: float
    outcomes: Mapping[str, int]
    points: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class ClassReport:
    """The report on a class.

    Attributes:
        assignment: its name.
        made: when the report was made, in UTC.
        possible: maximum points.
        questions: questions in the order of the notebook.
        learners: everyone in the class list or with a submission of this assignment, sorted by name.
        misconceptions: misconceptions, the most common first.
        slowest: ids of the learners with the longest runs, the slowest first.
        strangest: ids of the learners with the most repairs and notes, the highest number first.
    """

    assignment: str
    made: str
    possible: float
    questions: tuple[QuestionReport, ...]
    learners: tuple[Learner, ...]
    misconceptions: tuple[MisconceptionReport, ...]
    slowest: tuple[str, ...]
    strangest: tuple[str, ...]


def build(book: Book, assignment: str, folder: Path) -> ClassReport:
    """Return the report on an assignment.

    Args:
        book: the gradebook.
        assignment: the assignment's name in the gradebook.
        folder: the assignment's report folder, with its receipts.
    """
    sheet = book.sheet(assignment)
    found = {each.student: each for each in receipts.all_of(folder)}
    points, penalties = book.class_points(sheet)
    cells = {function_of(name): name for name in sheet.possible}
    titles = _titles(assignment)
    order = [each for each in titles if each in cells] + sorted(set(cells) - set(titles))
    everyone = [
        _learner(student, found.get(student.id), points.get(student.id), penalties.get(student.id, 0.0), cells, order)
        for student in sorted(book.nbgrader.students, key=lambda each: (_name(each) or each.id).casefold())
    ]
    learners = _without_strangers(everyone, book.submitters())
    run = [each for each in learners if each.seconds]
    odd = [each for each in learners if each.notes]
    return ClassReport(
        assignment,
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        sum(sheet.possible.values()),
        tuple(
            _question(function, titles.get(function, verbatim(function)), sheet.possible[cells[function]], learners)
            for function in order
        ),
        learners,
        _misconceptions(found.values(), learners),
        tuple(each.id for each in sorted(run, key=lambda each: -each.seconds)[:MOST]),
        tuple(each.id for each in sorted(odd, key=lambda each: -len(each.notes))[:MOST]),
    )


def unlisted(learners: Iterable[Learner]) -> frozenset[str]:
    """Return the ids of the learners with a submission who are not in the class list.

    nbgrader's gradebook has a row for every folder in ``submitted/``, also for one with a wrong name.
    """
    learners = tuple(learners)
    return frozenset(each.id for each in _with_nothing_but_an_id(learners) if each.state is not ReportedState.MISSING)


def _with_nothing_but_an_id(learners: Sequence[Learner]) -> tuple[Learner, ...]:
    """Return the learners without name, address and number; none if all are like that, as without a class list."""
    found = tuple(each for each in learners if not (each.name or each.email or each.number))
    return found if len(found) < len(learners) else ()


def _without_strangers(everyone: Sequence[Learner], submitters: frozenset[str]) -> tuple[Learner, ...]:
    """Return the learners without those whose only trace is another assignment's folder.

    Someone with nothing but an id who never submitted anything can only come from the class list.
    """
    strangers = {
        each.id for each in _with_nothing_but_an_id(everyone) if each.state is ReportedState.MISSING
    } & submitters
    return tuple(each for each in everyone if each.id not in strangers)


def _titles(assignment: str) -> dict[str, Message]:
    try:
        return {each.function: each.teaching.title for each in questions_of(assignment.partition("-")[0])}
    except UnknownQuestion:
        return {}


def _name(student: Any) -> str:
    return " ".join(part for part in (student.first_name, student.last_name) if part)


def _learner(
    student: Any,
    receipt: Receipt | None,
    points: Mapping[str, Points] | None,
    penalty: float,
    cells: Mapping[str, str],
    order: list[str],
) -> Learner:
    who = {
        "id": student.id,
        "name": _name(student),
        "email": student.email or "",
        "number": student.lms_user_id or "",
        "surname": student.last_name or "",
    }
    if points is None:
        return Learner(**who)
    verdicts = receipt.verdicts if receipt is not None else {}
    answers = {
        function: _answer(points[cells[function]], verdicts.get(function, {}))
        for function in order
        if cells[function] in points
    }
    missing = any(each.points is None for each in answers.values())
    waiting = any(each.waiting for each in points.values())
    failed = missing and receipt is not None and bool(receipt.reason)
    state = ReportedState.NOT_GRADED if failed else ReportedState.WAITING if waiting else ReportedState.GRADED
    total = None if missing else sum(each.points or 0.0 for each in answers.values()) - penalty
    learner = Learner(**who, state=state, answers=answers, penalty=penalty, total=total)
    if receipt is None:
        return learner
    return replace(
        learner,
        language=receipt.language,
        reason=receipt.reason,
        notes=receipt.notes,
        seconds=receipt.seconds,
        peak_memory=receipt.peak_memory,
        submitted=receipt.submitted,
    )


def _answer(points: Points, verdict: Mapping[str, Any]) -> Answer:
    given = points.manual if points.manual is not None else points.auto
    named = verdict.get("misconception") or {}
    return Answer(
        None if given is None else points.score,
        str(verdict.get("outcome", "")),
        str(named.get("id", "")),
        points.manual is not None,
    )


def _question(function: str, title: Message, possible: float, learners: tuple[Learner, ...]) -> QuestionReport:
    answers = [each.answers[function] for each in learners if each.answers and function in each.answers]
    outcomes = Counter(each.outcome for each in answers if each.outcome)
    points = Counter(each.points for each in answers if each.points is not None)
    return QuestionReport(function, title, possible, dict(sorted(outcomes.items())), tuple(sorted(points.items())))


def _misconceptions(found: Any, learners: tuple[Learner, ...]) -> tuple[MisconceptionReport, ...]:
    known = {each.id for each in learners}
    groups: dict[tuple[str, str], tuple[Message, list[str]]] = {}
    for receipt in found:
        for function, verdict in receipt.verdicts.items():
            named = verdict.get("misconception")
            if named and receipt.student in known:
                try:
                    explanation = Message.from_json(named["explanation"])
                except ValueError:
                    continue
                key = function, str(named["id"])
                groups.setdefault(key, (explanation, []))[1].append(receipt.student)
    made = [
        MisconceptionReport(name, function, explanation, tuple(sorted(students)))
        for (function, name), (explanation, students) in groups.items()
    ]
    return tuple(sorted(made, key=lambda each: (-len(each.learners), each.function, each.id)))
