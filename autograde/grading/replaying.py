"""Replay a receipt: grade the same submission with the same seed again, and compare the verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograde.errors import GradingFailed
from autograde.grading import receipts
from autograde.grading.batch import Runner
from autograde.grading.course import Course
from autograde.grading.gradebook.book import Book, no_assignment
from autograde.grading.gradebook.checking import is_there
from autograde.grading.gradebook.registering import exercise_digest
from autograde.grading.gradebook.saving import Saver, quiet_log
from autograde.grading.pool import Failed
from autograde.grading.receipts import Receipt
from autograde.grading.submissions import jobs
from autograde.i18n import messages

_ = messages("cli")


@dataclass(frozen=True)
class Replay:
    """The result of a replay.

    Attributes:
        receipt: the replayed receipt.
        different: functions whose verdict differs.
        remarks: other differences: the exercise, package versions.
    """

    receipt: Receipt
    different: tuple[str, ...]
    remarks: tuple[str, ...]


def replay(course: Course, path: Path, runner: Runner) -> Replay:
    """Grade a receipt's submission again; nothing is saved.

    Raises:
        GradingFailed: the receipt cannot be read, the submission or the seed has changed, or the submission cannot be
            run.
    """
    try:
        receipt = receipts.read(path)
    except FileNotFoundError:
        raise GradingFailed(
            _("There is no receipt {file}.").format(file=path), _("Look in reports/ASSIGNMENT/receipts.")
        ) from None
    if not is_there(course.directory.db_url):
        # Opening it would create one.
        raise no_assignment(receipt.assignment)
    book = Book(course.directory.db_url, course.directory.course_id)
    try:
        saver = Saver(book, book.sheet(receipt.assignment), course.config, quiet_log())
        submission = jobs.read(course, receipt.assignment, receipt.student, saver.restored)
    finally:
        book.close()
    if submission.digest != receipt.submission:
        raise GradingFailed(
            _("{student} has handed in something else since this receipt was made.").format(student=receipt.student),
            _("Put the submission of that time back into submitted/."),
        )
    if receipts.digest(course.seed()) != receipt.seed:
        raise GradingFailed(
            _("The course's seed has changed since this receipt was made."),
            _("Restore the file grading-seed from that time."),
        )
    if submission.job is None:
        return Replay(receipt, () if receipt.reason else tuple(receipt.verdicts), _remarks(course, receipt))
    ((_job, found),) = runner(iter([submission.job]))
    if isinstance(found, Failed):
        raise GradingFailed(found.reason)
    before, after = receipt.outcome(), receipts.outcome(found.verdicts)
    functions = sorted({*before, *after})
    different = tuple(each for each in functions if before.get(each) != after.get(each))
    return Replay(receipt, different, _remarks(course, receipt))


def _remarks(course: Course, receipt: Receipt) -> tuple[str, ...]:
    remarks = []
    if receipt.exercise != exercise_digest(course, receipt.assignment):
        remarks.append(_("The exercise has changed since then."))
    now = receipts.versions()
    for name, version in sorted(receipt.versions.items()):
        if now.get(name) != version:
            remarks.append(
                _("{name} was {then} then and is {now} now.").format(name=name, then=version, now=now.get(name, "–"))
            )
    return tuple(remarks)
