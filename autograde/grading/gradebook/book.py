"""nbgrader's gradebook, opened once for a class; each submission is saved in one transaction."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Load, Session, scoped_session, sessionmaker

from autograde.errors import GradingFailed
from autograde.grading.gradebook.checking import check
from autograde.i18n import messages

_ = messages("cli")


@dataclass(frozen=True)
class Points:
    """What the gradebook says about one question of a submission.

    Attributes:
        auto: points given by the grader; None if there are none.
        manual: points given by a person; None if there are none.
        extra: extra credit.
        possible: maximum points.
        waiting: whether a person still has to grade it.
    """

    auto: float | None
    manual: float | None
    extra: float
    possible: float
    waiting: bool

    @property
    def open(self) -> bool:
        """Whether neither the grader nor a person has given points."""
        return self.auto is None and self.manual is None

    @property
    def score(self) -> float:
        """The points that count: a person's if there are any, otherwise the grader's."""
        given = self.manual if self.manual is not None else self.auto
        return (given or 0.0) + self.extra


@dataclass(frozen=True)
class Sheet:
    """An assignment's cells in the gradebook.

    Attributes:
        assignment: its name, which is also that of its notebook.
        id: the assignment's id.
        notebook: the notebook's id.
        others: whether the assignment has other notebooks in the gradebook.
        cells: the cells' names by id.
        graded, commented: the ids of the cells that have a grade, and of those that have a comment.
        sources: the released cells by name, with the attributes of nbgrader's ``SourceCell``.
        possible: the maximum points of each graded cell, by name.
    """

    assignment: str
    id: str
    notebook: str
    others: bool
    cells: Mapping[str, str]
    graded: Sequence[str]
    commented: Sequence[str]
    sources: Mapping[str, Any]
    possible: Mapping[str, float]

    def find_source_cell(self, name: str, *_names: str) -> Any:
        """Return a released cell, as nbgrader's gradebook does.

        Raises:
            MissingEntry: there is no such cell.
        """
        from nbgrader.api import MissingEntry

        if name not in self.sources:
            raise MissingEntry(f"No such source cell: {name}")
        return self.sources[name]

    def find_graded_cell(self, name: str, *_names: str) -> Any:
        """Return a graded cell's points, as nbgrader's gradebook does."""
        return SimpleNamespace(max_score=self.possible[name])


class _DeferredCommit:
    """A session whose ``commit`` does nothing: a submission is saved at the end of its transaction."""

    def commit(self) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Rows:
    """The gradebook's rows for one submission, read at once; passed to nbgrader's preprocessors as their gradebook.

    Attributes:
        sheet: of the assignment.
        submission, notebook: nbgrader's objects.
        grades, comments: nbgrader's objects, by the name of the cell.
        before: the points that were stored; empty for a new submission.
        penalty_before: the late penalty that was stored.
    """

    sheet: Sheet
    submission: Any
    notebook: Any
    grades: Mapping[str, Any]
    comments: Mapping[str, Any]
    before: Mapping[str, Points] = field(default_factory=dict)
    penalty_before: float = 0.0
    db: _DeferredCommit = field(default_factory=_DeferredCommit)

    def find_grade(self, cell: str, *_names: str) -> Any:
        """Return a cell's grade, as nbgrader's gradebook does."""
        return self.grades[cell]

    def find_comment(self, cell: str, *_names: str) -> Any:
        """Return a cell's comment, as nbgrader's gradebook does."""
        return self.comments[cell]

    def points(self) -> dict[str, Points]:
        """Return the current points, saved or not."""
        return {name: _points(self.sheet, grade) for name, grade in self.grades.items()}

    def changed(self) -> dict[str, tuple[float, float]]:
        """Return the grader's points before and now, by graded cell, where they differ; empty for a new submission.

        A late penalty that differs is ``late_penalty``.
        """
        found = {
            name: (self.before[name].auto or 0.0, points.auto or 0.0)
            for name, points in self.points().items()
            if name in self.before and self.before[name].auto != points.auto
        }
        if self.before and self.penalty_before != self.penalty:
            found["late_penalty"] = (self.penalty_before, self.penalty)
        return found

    @property
    def penalty(self) -> float:
        """The points deducted for a late submission."""
        return self.notebook.late_submission_penalty or 0.0

    def score(self) -> float:
        """Return the total points of all questions, before a penalty."""
        return sum(points.score for points in self.points().values())


class _FlushingSession(Session):
    """A session whose ``commit`` only flushes, because nbgrader's functions commit after every cell."""

    def commit(self) -> None:
        """Flush the changes without ending the transaction."""
        self.flush()

    def save(self) -> None:
        """Commit the transaction."""
        super().commit()


class Book:
    """An open gradebook.

    Attributes:
        nbgrader: nbgrader's own ``Gradebook``; its commits take effect at the end of :meth:`saving`.
    """

    def __init__(self, url: str, course: str) -> None:
        check(url)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's models make SQLAlchemy warn
            from nbgrader.api import Gradebook

            try:
                self.nbgrader: Any = Gradebook(url, course)
            except SQLAlchemyError as error:
                raise GradingFailed(
                    _("The gradebook cannot be opened: {reason}.").format(reason=str(error).splitlines()[0]),
                    _("Copy it to a safe place, then type: nbgrader db upgrade"),
                ) from error
        self.nbgrader.db.remove()
        self.nbgrader.db = scoped_session(sessionmaker(class_=_FlushingSession, bind=self.nbgrader.engine, future=True))

    @contextmanager
    def saving(self) -> Iterator[Any]:
        """Save the block's changes to the gradebook; roll them back if it raises."""
        session: _FlushingSession = self.nbgrader.db()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield self.nbgrader
                session.save()
        except SQLAlchemyError as error:
            session.rollback()
            raise GradingFailed(
                _("The gradebook cannot be written: {reason}.").format(reason=str(error).splitlines()[0]),
                _("Close other programs that use it, then type the command again: it goes on where it stopped."),
            ) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            # Otherwise the objects of earlier submissions stay in memory and are examined at every flush.
            session.expunge_all()

    def sheet(self, assignment: str) -> Sheet:
        """Return the assignment's cells, which are the same for every submission.

        Raises:
            GradingFailed: the gradebook does not have the assignment.
        """
        from nbgrader.api import MissingEntry

        try:
            notebook = self.nbgrader.find_notebook(assignment, assignment)
        except MissingEntry as error:
            raise no_assignment(assignment) from error
        cells = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.solution_cells, *notebook.task_cells)}
        sources = {
            cell.name: SimpleNamespace(
                name=cell.name, cell_type=cell.cell_type, source=cell.source, checksum=cell.checksum, locked=cell.locked
            )
            for cell in notebook.source_cells
        }
        possible = {cell.name: float(cell.max_score) for cell in (*notebook.grade_cells, *notebook.task_cells)}
        return Sheet(
            assignment,
            notebook.assignment.id,
            notebook.id,
            len(notebook.assignment.notebooks) > 1,
            cells,
            tuple(cell.id for cell in (*notebook.grade_cells, *notebook.task_cells)),
            tuple(cell.id for cell in (*notebook.solution_cells, *notebook.task_cells)),
            sources,
            possible,
        )

    def rows(self, sheet: Sheet, student: str, timestamp: datetime | None = None) -> Rows:
        """Return a submission's rows, after creating the student and the submission if they are missing.

        Args:
            sheet: of the assignment.
            student: the learner.
            timestamp: when it was submitted, in UTC; None leaves the time that is stored.
        """
        rows: Rows | None = self._stored_rows(sheet, student)
        if rows is None:
            if self.nbgrader.db.scalar(_queries().student, {"student": student}) is None:
                self.nbgrader.add_student(student)
            if not sheet.others:
                return self._new_rows(sheet, student, timestamp)
            self.nbgrader.add_submission(sheet.assignment, student)
            rows = replace(self._stored_rows(sheet, student), before={})
        if timestamp is not None:
            rows.submission.timestamp = timestamp
        return rows

    def _stored_rows(self, sheet: Sheet, student: str) -> Any:
        """Return a submission's rows; None if it has none."""
        db, queries = self.nbgrader.db, _queries()
        key = {"assignment": sheet.id, "notebook": sheet.notebook, "student": student}
        found = db.execute(queries.submission, key).one_or_none()
        if found is None:
            return None
        submission, notebook = found
        grades = db.scalars(queries.grades, {"notebook": notebook.id, "cells": sheet.graded})
        comments = db.scalars(queries.comments, {"notebook": notebook.id, "cells": sheet.commented})
        rows = _rows(sheet, submission, notebook, grades, comments)
        return replace(rows, before=rows.points(), penalty_before=rows.penalty)

    def _new_rows(self, sheet: Sheet, student: str, timestamp: datetime | None) -> Rows:
        """Create the same rows as nbgrader's ``add_submission``, without reading the assignment's cells again."""
        from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook, new_uuid

        submission = SubmittedAssignment(id=new_uuid(), assignment_id=sheet.id, student_id=student, timestamp=timestamp)
        notebook = SubmittedNotebook(id=new_uuid(), notebook_id=sheet.notebook, assignment_id=submission.id)
        self.nbgrader.db.add_all((submission, notebook))
        # Only what is stored can find its assignment, which decides whether it is late.
        self.nbgrader.db.flush()
        grades = [Grade(cell_id=cell, notebook_id=notebook.id) for cell in sheet.graded]
        comments = [Comment(cell_id=cell, notebook_id=notebook.id) for cell in sheet.commented]
        self.nbgrader.db.add_all((*grades, *comments))
        return _rows(sheet, submission, notebook, grades, comments)

    def class_points(self, sheet: Sheet) -> tuple[dict[str, dict[str, Points]], dict[str, float]]:
        """Return every submission's points, by student and graded cell, and the penalties, by student."""
        from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook

        query = self.nbgrader.db.query
        notebooks = dict[str, str]()
        penalties = dict[str, float]()
        for notebook, student in (
            query(SubmittedNotebook, SubmittedAssignment.student_id)
            .options(_columns(SubmittedNotebook))
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .filter(SubmittedNotebook.notebook_id == sheet.notebook)
        ):
            notebooks[notebook.id] = student
            penalties[student] = notebook.late_submission_penalty or 0.0
        points: dict[str, dict[str, Points]] = {student: {} for student in notebooks.values()}
        for grade in query(Grade).options(_columns(Grade)).filter(Grade.cell_id.in_(list(sheet.cells))):
            if grade.notebook_id in notebooks:
                points[notebooks[grade.notebook_id]][sheet.cells[grade.cell_id]] = _points(sheet, grade)
        return points, penalties

    def submitters(self, sheet: Sheet | None = None) -> frozenset[str]:
        """Return the ids of the students with a submission of an assignment; of any assignment without ``sheet``."""
        from nbgrader.api import SubmittedAssignment

        students = select(SubmittedAssignment.student_id).distinct()
        if sheet is not None:
            students = students.where(SubmittedAssignment.assignment_id == sheet.id)
        return frozenset(self.nbgrader.db.scalars(students))

    def close(self) -> None:
        """Close the connection."""
        self.nbgrader.close()


def no_assignment(name: str) -> GradingFailed:
    """Return the error for a gradebook without an assignment."""
    return GradingFailed(
        _("The gradebook does not have the assignment {assignment}.").format(assignment=name),
        _("Restore the gradebook from a copy, or type: autograde grade {assignment}").format(assignment=name),
    )


class _Queries(NamedTuple):
    """The queries for one submission, which are made only once because that takes longer than to run them.

    Their conditions name every column of an index: reading all rows of a class for each of its submissions would be
    slow. For the same reason they leave out the sums in nbgrader's tables.
    """

    student: Any
    submission: Any
    grades: Any
    comments: Any


@cache
def _queries() -> _Queries:
    from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook

    student: Any = bindparam("student")
    notebook: Any = bindparam("notebook")
    cells: Any = bindparam("cells", expanding=True)
    return _Queries(
        select(Student.id).where(Student.id == student),
        select(SubmittedAssignment, SubmittedNotebook)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedAssignment.assignment_id == bindparam("assignment"), SubmittedAssignment.student_id == student)
        .where(SubmittedNotebook.notebook_id == notebook)
        .options(_columns(SubmittedAssignment), _columns(SubmittedNotebook)),
        select(Grade).where(Grade.cell_id.in_(cells), Grade.notebook_id == notebook).options(_columns(Grade)),
        select(Comment).where(Comment.cell_id.in_(cells), Comment.notebook_id == notebook),
    )


def _columns(table: Any) -> Load:
    """Return the option of a query that reads only the table's own columns."""
    return Load(table).load_only(*(getattr(table, column.key) for column in table.__table__.columns))


def _rows(sheet: Sheet, submission: Any, notebook: Any, grades: Iterable[Any], comments: Iterable[Any]) -> Rows:
    return Rows(
        sheet,
        submission,
        notebook,
        {sheet.cells[each.cell_id]: each for each in grades},
        {sheet.cells[each.cell_id]: each for each in comments},
    )


def _points(sheet: Sheet, grade: Any) -> Points:
    return Points(
        grade.auto_score,
        grade.manual_score,
        grade.extra_credit or 0.0,
        sheet.possible[sheet.cells[grade.cell_id]],
        bool(grade.needs_manual_grade),
    )
