"""Save a graded notebook's points in an open gradebook with nbgrader's own preprocessors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    AssignLatePenalties,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)
from traitlets import TraitError
from traitlets.config import Config

from autograde.errors import GradingFailed, UnusableNotebook
from autograde.grading.gradebook.book import Book, Rows, Sheet
from autograde.i18n import messages
from autograde.judge.verdict import Outcome

_ = messages("cli")


def quiet_log() -> logging.Logger:
    """Return a logger that discards the messages of nbgrader's preprocessors."""
    log = logging.Logger("nbgrader")
    log.addHandler(logging.NullHandler())
    return log


def function_of(cell: str) -> str:
    """Return the function that a graded cell grades, from the cell's name: ``grade-segment-ids`` → ``segment_ids``."""
    return cell.removeprefix("grade-").replace("-", "_")


class _Overwrite(OverwriteCells):  # type: ignore[misc]
    """nbgrader's ``OverwriteCells``, with the assignment's cells read once per class."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore points, type and text of locked cells; the repair has already put every cell in its place."""
        _take(self, resources)
        return NbGraderPreprocessor.preprocess(self, nb, resources)  # type: ignore[no-any-return]


class _Save(SaveAutoGrades):  # type: ignore[misc]
    """The same preprocessor of nbgrader, using the open gradebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save each graded cell's points."""
        _take(self, resources)
        return NbGraderPreprocessor.preprocess(self, nb, resources)  # type: ignore[no-any-return]


class _Late(AssignLatePenalties):  # type: ignore[misc]
    """The same preprocessor of nbgrader, using the open gradebook."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Assign the penalty of the course's plugin to a late submission."""
        _take(self, resources)
        rows: Rows = self.gradebook
        rows.notebook.late_submission_penalty = self.penalty(rows, self.student_id)
        return nb, resources

    def penalty(self, rows: Rows, student: str) -> float | None:
        """Return the plugin's penalty for a submission with these points; None if it is not late."""
        if (late := rows.submission.total_seconds_late) <= 0:
            return None
        self.init_plugin()
        score = rows.score()
        penalty = self.plugin_inst.late_submission_penalty(student, score, late)
        return None if penalty is None else float(self._check_late_penalty(SimpleNamespace(score=score), penalty))


def _take(preprocessor: Any, resources: dict[str, Any]) -> None:
    """Give a preprocessor the names, and the gradebook that it would otherwise open itself."""
    found = resources["nbgrader"]
    preprocessor.notebook_id, preprocessor.assignment_id = found["notebook"], found["assignment"]
    preprocessor.student_id, preprocessor.gradebook = found["student"], found["gradebook"]


class Saver:
    """Saves the submissions of one assignment one after another with the same preprocessors.

    nbgrader validates the metadata of every cell against a JSON schema three times per submission. This is skipped,
    because the repair has replaced the metadata with those of the release.

    Args:
        book: the open gradebook.
        sheet: of the assignment.
        config: nbgrader's configuration.
        log: where nbgrader's preprocessors write.

    Raises:
        GradingFailed: the configuration has an invalid setting, such as a plugin that cannot be imported.
    """

    def __init__(self, book: Book, sheet: Sheet, config: Config, log: Any) -> None:
        self._book, self._sheet = book, sheet
        options = {"config": config, "log": log}
        try:
            self._overwrite = _Overwrite(**options)
            clear = ClearMetadataPreprocessor(**options)
            self._late = _Late(**options)
            steps = (IgnorePattern(**options), clear, LimitOutput(**options), _Save(**options), self._late)
        except TraitError as error:
            raise GradingFailed(
                _("A setting in nbgrader_config.py cannot be used: {problem}").format(problem=error),
                _("If it names a plugin of your own, let Python find it: sys.path.append(str(ROOT)) in that file."),
            ) from error
        # As in nbgrader, some are off unless the course's configuration switches them on.
        self._steps = [each for each in steps if each.enabled]

    def restored(self, notebook: NotebookNode, student: str) -> NotebookNode:
        """Give a repaired notebook the points, types and texts that nbgrader stores for the released cells; modify it.

        Raises:
            UnusableNotebook: nbgrader cannot restore them.
        """
        try:
            notebook, _resources = self._overwrite.preprocess(notebook, self._resources(student, self._sheet))
            return notebook
        except Exception as error:  # nbgrader raises many types of errors for a damaged notebook
            raise UnusableNotebook(
                _("nbgrader cannot restore the notebook's cells: {reason}.").format(reason=error),
                _("Ask for the .ipynb file that was released."),
            ) from error

    def save(
        self,
        notebook: NotebookNode,
        student: str,
        timestamp: datetime | None,
        verdicts: Mapping[str, Mapping[str, object]],
        *,
        same: bool,
    ) -> Rows:
        """Save a submission's points, comments and penalty within the caller's transaction.

        Args:
            notebook: the executed notebook; modified by nbgrader's preprocessors.
            student: the learner's id.
            timestamp: when it was submitted, in UTC; None if unknown.
            verdicts: the judge's verdicts by function.
            same: whether this submission was graded before.
        """
        rows = self._book.rows(self._sheet, student, timestamp)
        resources = self._resources(student, rows)
        for each in self._steps:
            notebook, resources = each.preprocess(notebook, resources)
        for name, grade in rows.grades.items():
            # If the check itself failed, a person decides, rather than a 0.
            if verdicts.get(function_of(name), {}).get("outcome") == Outcome.OUR_FAULT.value:
                grade.auto_score, grade.needs_manual_grade = None, True
        _keep_graded_by_hand(rows, same=same)
        return rows

    def has_other_penalty(self, student: str) -> bool:
        """Return whether a saved submission now has another late penalty: its due date, extension or points changed."""
        if not self._late.enabled:
            return False
        with self._book.saving():
            rows = self._book.rows(self._sheet, student)
            try:
                return (self._late.penalty(rows, student) or 0.0) != rows.penalty
            except Exception:  # the plugin is the course's own; grading the submission reports its error
                return True

    def quarantine(self, student: str, timestamp: datetime | None, comment: str, *, same: bool) -> Rows:
        """Save that a submission could not be graded: its grade stays open, and each question has the comment."""
        rows = self._book.rows(self._sheet, student, timestamp)
        rows.notebook.late_submission_penalty = None
        for grade in rows.grades.values():
            grade.auto_score, grade.needs_manual_grade = None, True
        for each in rows.comments.values():
            each.auto_comment = comment
        _keep_graded_by_hand(rows, same=same)
        return rows

    def _resources(self, student: str, gradebook: Rows | Sheet) -> dict[str, Any]:
        name = self._sheet.assignment
        return {"nbgrader": {"notebook": name, "assignment": name, "student": student, "gradebook": gradebook}}


def _keep_graded_by_hand(rows: Rows, *, same: bool) -> None:
    """Do not ask again for points that a person gave to the same submission with the same result of the grader."""
    for name, grade in rows.grades.items():
        before = rows.before.get(name)
        if before is not None and before.manual is not None and not before.waiting:
            grade.needs_manual_grade = not same or before.auto != grade.auto_score


def fill_in(notebook: NotebookNode, rows: Rows) -> dict[str, Any]:
    """Put scores and comments into the cells' metadata, as nbgrader's ``GetGrades`` does.

    Returns:
        The notebook's ``notebook`` (its name), ``score``, ``max_score`` and ``late_penalty``.
    """
    points = rows.points()
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        name = about.get("grade_id")
        if name in rows.comments:
            comment = rows.comments[name]
            about["comment"] = comment.manual_comment if comment.manual_comment is not None else comment.auto_comment
        if name in points:
            about["score"], about["points"] = points[name].score, points[name].possible
            about["open"] = points[name].open
    return {
        "notebook": rows.sheet.assignment,
        "score": rows.score() - rows.penalty,
        "max_score": sum(rows.sheet.possible.values()),
        "late_penalty": rows.penalty,
    }
