"""Grade every submission of an assignment in parallel; one bad submission never stops the run."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from autograde.errors import GradingFailed
from autograde.files import write_file
from autograde.grading import receipts, reports
from autograde.grading.course import Course
from autograde.grading.execution import ExecutedSubmission, Job, to_bytes
from autograde.grading.gradebook.book import Book, Rows
from autograde.grading.gradebook.people import ClassMember, enter
from autograde.grading.gradebook.registering import exercise_digest, register
from autograde.grading.gradebook.saving import Saver, fill_in, function_of, quiet_log
from autograde.grading.pool import ExecutorFactory, Failed, run_jobs
from autograde.grading.receipts import Receipt
from autograde.grading.reports.feedback import page
from autograde.grading.submissions import jobs
from autograde.grading.submissions.jobs import Submission
from autograde.i18n import messages

_ = messages("cli")

#: Longest id of a learner in bytes: its receipt's name has ``.json`` as well, and file systems allow 255.
_LONGEST_ID = 250

#: Runs jobs and yields each result as soon as it is ready.
Runner = Callable[[Iterator[Job]], Iterator[tuple[Job, ExecutedSubmission | Failed]]]


class Watcher(Protocol):
    """Receives the progress of a run."""

    def begins(self, total: int, unchanged: int) -> None:
        """``total`` submissions will be graded; ``unchanged`` are up to date."""

    def done(self, receipt: Receipt) -> None:
        """A submission was graded or quarantined."""


@dataclass(frozen=True)
class Change:
    """A question of a submission whose points have changed.

    Attributes:
        student: the learner.
        function: the question.
        before, after: the grader's points.
        why: what changed: the submission, the exercise, or neither.
        verdict: what the judge says now; None when the submission could not be run.
    """

    student: str
    function: str
    before: float
    after: float
    why: str
    verdict: Mapping[str, Any] | None


@dataclass
class Result:
    """The result of a run.

    Attributes:
        assignment: its name.
        graded: students graded in this run.
        unchanged: students who were up to date.
        quarantined: students whose submission could not be graded, each with the reason.
        outdated: students who were graded with another version of the exercise and were not graded again.
        changes: questions whose points changed.
        missing: names of the people of the class list without a submission.
        unlisted: ids of those with a submission who are not in the class list.
        reports: paths of the class reports.
    """

    assignment: str
    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    quarantined: dict[str, str] = field(default_factory=dict)
    outdated: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    reports: tuple[Path, ...] = ()


def local_runner(factory: ExecutorFactory, workers: int) -> Runner:
    """Return a runner with ``workers`` processes on this machine."""
    return partial(run_jobs, factory=factory, workers=workers)


def grade(
    course: Course,
    assignment: str,
    runner: Runner,
    watcher: Watcher,
    *,
    students: Sequence[str] = (),
    people: Sequence[ClassMember] = (),
    force: bool = False,
) -> Result:
    """Grade an assignment's submissions that are new or changed.

    Each submission is saved before the next one, so that a run after a crash continues where this one stopped.

    Args:
        course: the course.
        assignment: the assignment's full name.
        runner: where submissions are run.
        watcher: receives the progress.
        students: ids of the learners to grade; everyone with a submission when empty.
        people: the class list, which is entered in the gradebook.
        force: also grade submissions that are up to date.

    Raises:
        GradingFailed: the gradebook cannot be used, or one of ``students`` has no submission.
    """
    found = jobs.students(course, assignment)
    if missing := [each for each in students if each not in found]:
        raise GradingFailed(
            _("There is no submission of {assignment} by {names}.").format(
                assignment=assignment, names=", ".join(missing)
            ),
            _("Look in the folder {folder}.").format(folder=course.root / "submitted"),
        )
    unusable = {each: why for each in found if (why := _why_unusable(each))}
    chosen = [each for each in students or found if each not in unusable]
    book = Book(course.directory.db_url, course.directory.course_id)
    try:
        register(course, assignment, book)
        enter(book, people)
        run = _ClassRun(course, assignment, book, watcher, force=force)
        result = run.through(chosen, runner)
        for name, why in unusable.items():
            result.quarantined[name.encode("utf-8", "replace").decode()] = why
        folder = course.reports(assignment)
        report = reports.build(book, assignment, folder)
        absent = tuple(each.name or each.id for each in report.learners if each.state is reports.ReportedState.MISSING)
        strangers = tuple(sorted(reports.unlisted(report.learners)))
        written = tuple(reports.write(report, folder))
        return replace(result, missing=absent, unlisted=strangers, reports=written)
    finally:
        book.close()


class _ClassRun:
    """Grades the class once."""

    def __init__(self, course: Course, assignment: str, book: Book, watcher: Watcher, *, force: bool) -> None:
        self._course, self._assignment, self._book = course, assignment, book
        self._watcher, self._force = watcher, force
        self._sheet = book.sheet(assignment)
        self._saved = book.submitters(self._sheet)
        self._saver = Saver(book, self._sheet, course.config, quiet_log())
        self._reports = course.reports(assignment)
        self._seed = receipts.digest(course.seed())
        self._exercise = exercise_digest(course, assignment)
        self._pending: dict[str, Submission] = {}
        self._result = Result(assignment)

    def through(self, students: Iterable[str], runner: Runner) -> Result:
        """Grade the submissions that are new or changed."""
        todo = [each for each in students if not self._up_to_date(each)]
        self._watcher.begins(len(todo), len(self._result.unchanged))
        for job, found in runner(self._jobs(todo)):
            submission = self._pending.pop(job.student)
            if isinstance(found, Failed):
                self._quarantine(submission, found.reason)
            else:
                self._keep(submission, found)
        return self._result

    def _up_to_date(self, student: str) -> bool:
        before = receipts.find(self._reports, student)
        if self._force or before is None or before.seed != self._seed:
            return False
        handed_in = jobs.digest(self._course, self._assignment, student)
        if before.submission != handed_in or student not in self._saved:
            return False
        if not before.reason and self._saver.has_other_penalty(student):
            return False
        if before.exercise != self._exercise:
            self._result.outdated.append(student)
        if before.reason:
            self._result.quarantined[student] = before.reason
        self._result.unchanged.append(student)
        return True

    def _jobs(self, students: Iterable[str]) -> Iterator[Job]:
        """Yield the submissions that can be run; the others are quarantined at once."""
        for student in students:
            submission = jobs.read(self._course, self._assignment, student, self._saver.restored)
            if submission.job is None:
                self._quarantine(submission, submission.reason, submission.fix)
            else:
                self._pending[student] = submission
                yield submission.job

    def _keep(self, submission: Submission, execution: ExecutedSubmission) -> None:
        """Save the result of a submission: gradebook, files, feedback, and finally the receipt."""
        try:
            notebook = nbformat.v4.reads(execution.notebook.decode())
            with self._book.saving():
                rows = self._saver.save(
                    notebook, submission.student, _time(submission), execution.verdicts, same=self._same(submission)
                )
                self._write(submission, notebook, rows)
                points = rows.changed()
        except (GradingFailed, OSError):
            raise
        except Exception as error:  # nbgrader raises errors of many kinds
            self._quarantine(submission, _("nbgrader cannot save it: {reason}.").format(reason=error))
            return
        self._note_changes(submission, points, execution.verdicts)
        # Leave out the seed: it would let a reader of the receipt generate the hidden cases.
        verdicts = {name: dict(verdict) | {"seed": ""} for name, verdict in execution.verdicts.items()}
        receipt = replace(
            self._receipt(submission),
            verdicts=verdicts,
            notes=(*submission.notes, *execution.notes),
            seconds=round(execution.seconds, 3),
            peak_memory=execution.peak_memory,
        )
        self._finish(receipt)

    def _quarantine(self, submission: Submission, reason: str, fix: str = "") -> None:
        """Save that a submission could not be graded: its grade stays open, and its comment has the reason.

        The learner reads the comment; ``fix``, what to do about it, is for the teacher.
        """
        comment = _("This submission could not be graded. Ask your teacher what to do next. The reason: {reason}")
        notebook = copy.deepcopy(self._course.released(self._assignment, submission.language))
        with self._book.saving():
            rows = self._saver.quarantine(
                submission.student, _time(submission), comment.format(reason=reason), same=self._same(submission)
            )
            self._write(submission, notebook, rows)
            points = rows.changed()
        self._note_changes(submission, points, {})
        for_the_teacher = f"{reason} {fix}".strip()
        self._result.quarantined[submission.student] = for_the_teacher
        self._finish(replace(self._receipt(submission), reason=for_the_teacher))

    def _write(self, submission: Submission, notebook: NotebookNode, rows: Rows) -> None:
        """Write ``autograded/`` and ``feedback/``; scores and comments are put into ``notebook``."""
        # nbgrader does not allow them in autograded/.
        graded_notebook = to_bytes(notebook)
        html = page(notebook, fill_in(notebook, rows))
        name = self._assignment
        files = dict(submission.job.files) if submission.job is not None else {}
        files |= submission.own
        graded, feedback = (
            self._course.folder(step, submission.student, name)
            for step in (self._course.directory.autograded_directory, self._course.directory.feedback_directory)
        )
        _fill(graded, files | {f"{name}.ipynb": graded_notebook}, 0o444)
        _fill(feedback, files | {f"{name}.html": html.encode("utf-8", "replace")}, 0o644)

    def _same(self, submission: Submission) -> bool:
        before = receipts.find(self._reports, submission.student)
        return before is not None and before.submission == submission.digest

    def _note_changes(
        self,
        submission: Submission,
        points: Mapping[str, tuple[float, float]],
        verdicts: Mapping[str, Mapping[str, Any]],
    ) -> None:
        old = receipts.find(self._reports, submission.student) if points else None
        for cell, (first, now) in points.items():
            function = function_of(cell)
            why = _("graded again")
            if old is not None and old.submission != submission.digest:
                why = _("another submission")
            elif old is not None and old.exercise != self._exercise:
                why = _("the exercise changed")
            self._result.changes.append(Change(submission.student, function, first, now, why, verdicts.get(function)))

    def _receipt(self, submission: Submission) -> Receipt:
        return Receipt(
            student=submission.student,
            assignment=self._assignment,
            language=submission.language,
            submission=submission.digest,
            seed=self._seed,
            exercise=self._exercise,
            versions=receipts.versions(),
            notes=submission.notes,
            submitted=submission.timestamp,
            graded=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )

    def _finish(self, receipt: Receipt) -> None:
        receipts.write(receipt, self._reports)
        self._result.graded.append(receipt.student)
        self._watcher.done(receipt)


def _why_unusable(name: str) -> str:
    """Return why the name of a folder in ``submitted`` cannot be a learner's id; empty if it can."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        # Python represents other bytes as lone surrogates, which the gradebook cannot hold.
        return _("The name of this folder in submitted is not UTF-8. Rename the folder to the learner's id.")
    if size > _LONGEST_ID:
        return _("The name of this folder in submitted is too long. Rename the folder to the learner's id.")
    return ""


def _time(submission: Submission) -> datetime | None:
    """Return when the submission was handed in, in UTC; None if its timestamp is missing or invalid."""
    try:
        return parse_utc(submission.timestamp) if submission.timestamp else None
    except (ValueError, OverflowError):
        return None


def _fill(folder: Path, files: Mapping[str, bytes], mode: int) -> None:
    """Make ``folder`` contain exactly ``files``, without those in a folder that has the name of another file."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)
    for name, content in files.items():
        if not any(str(parent) in files for parent in PurePosixPath(name).parents):
            write_file(folder / name, content, mode)
