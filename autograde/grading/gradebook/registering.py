"""Register an assignment in the gradebook with ``nbgrader generate_assignment``."""

from __future__ import annotations

import hashlib
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import autograde.judge
import autograde.questions
from autograde.errors import GradingFailed
from autograde.grading.course import Course
from autograde.grading.gradebook.book import Book
from autograde.i18n import messages

_ = messages("cli")


def register(course: Course, assignment: str, book: Book) -> None:
    """Run nbgrader's ``generate_assignment`` if the gradebook lacks the assignment or has other points for it.

    Raises:
        GradingFailed: nbgrader reports an error; the message includes it.
    """
    if _registered(course, assignment, book):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.apps import NbGraderAPI

        answer: dict[str, Any] = NbGraderAPI(config=course.config).generate_assignment(assignment)
    book.nbgrader.db.remove()
    if not answer["success"]:
        last = [line for line in answer.get("log", "").splitlines() if "ERROR" in line or "Error" in line]
        raise GradingFailed(
            _("nbgrader cannot put {assignment} into the gradebook: {reason}").format(
                assignment=assignment, reason=(last or [answer.get("error", "?").strip().splitlines()[-1]])[-1].strip()
            ),
            _("Type nbgrader generate_assignment {assignment} to see all of its messages.").format(
                assignment=assignment
            ),
        )


def _registered(course: Course, assignment: str, book: Book) -> bool:
    from nbgrader.api import MissingEntry

    try:
        notebook = book.nbgrader.find_notebook(assignment, assignment)
        released = course.released(assignment, "en")
    except (MissingEntry, GradingFailed):
        return False
    known = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    kinds = (cell.metadata.get("nbgrader", {}) for cell in released.cells)
    return known == {each["grade_id"]: float(each["points"]) for each in kinds if each.get("grade")}


def exercise_digest(course: Course, assignment: str) -> str:
    """Return a SHA-256 of everything that decides the verdicts: judge, questions, and the released notebook's cells."""
    released = course.released(assignment, "en")
    cells = [f"{cell.source}\n{dict(cell.metadata)}" for cell in released.cells if "nbgrader" in cell.metadata]
    return hashlib.sha256("\n".join([_judge_digest(), *cells]).encode()).hexdigest()


@cache
def _judge_digest() -> str:
    found = hashlib.sha256()
    for package in (autograde.judge, autograde.questions):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
