"""A small class for tests of the batch: the quiz of lesson 1, which needs neither a kernel nor a model."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Never

from nbformat import NotebookNode

from autograde import notebooks
from autograde.grading import batch
from autograde.grading.batch import Result
from autograde.grading.course import Course
from autograde.grading.execution import ExecutedSubmission, Job
from autograde.grading.pool import Failed
from autograde.grading.receipts import Receipt
from autograde.grading.samples import Sample, submission
from autograde.questions import question
from autograde.settings import KIT
from tests.grading.judged_here import JudgedHere

ASSIGNMENT = "1-introduction"
QUIZ = question("1", "answers")


def notebook(code: str | None = None, language: str = "en") -> NotebookNode:
    """Return the released notebook with ``code`` as its answer; with the right answer if None."""
    released = notebooks.read(KIT / "release" / language / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    answers = {"answers": QUIZ.teaching.solution if code is None else code}
    return submission(released, Sample("anyone", language, answers, {}))


def to_bytes(book: NotebookNode) -> bytes:
    """Return the bytes of a notebook file."""
    return json.dumps(book).encode()


def submit(root: Path, student: str, content: bytes, name: str = f"{ASSIGNMENT}.ipynb") -> Path:
    """Write a file to ``submitted/`` and return its path."""
    path = root / "submitted" / student / ASSIGNMENT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def make_course(root: Path) -> Path:
    """Create a course with the quiz, released in both languages, and a class's submissions."""
    shutil.copytree(KIT / "source" / ASSIGNMENT, root / "source" / ASSIGNMENT)
    for language in ("en", "zh"):
        shutil.copytree(KIT / "release" / language / ASSIGNMENT, root / "release" / language / ASSIGNMENT)
    submit(root, "ada", to_bytes(notebook()))
    submit(root, "bo", to_bytes(notebook(language="zh")), f"{ASSIGNMENT} (1).IPYNB")
    submit(root, "cem", to_bytes(notebook('answers = {"q1": "A", "q2": "A"}')))
    submit(root, "dee", to_bytes(notebook("answers = {}", "zh")))
    submit(root, "eve", b"")
    submit(root, "fay", b"secret").unlink()
    os.mkfifo(root / "submitted" / "fay" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    link = root / "submitted" / "gus" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    link.parent.mkdir(parents=True)
    link.symlink_to(root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    submit(root, "hal", to_bytes(notebook("import os\nos._exit(1)")))
    return root


#: Students whose submissions cannot be graded, with a word of the reason.
QUARANTINED = {"eve": "empty", "fay": "not an ordinary file", "gus": "not an ordinary file", "hal": "ended twice"}
POSSIBLE = float(QUIZ.points)


class Silent:
    """Observer of a run that prints nothing; calls ``after`` with the number of finished submissions."""

    def __init__(self, after: Callable[[int], object] = lambda _number: None) -> None:
        self.receipts: list[Receipt] = []
        self._after = after

    def begins(self, total: int, unchanged: int) -> None:
        """Ignore the start."""

    def done(self, receipt: Receipt) -> None:
        """Keep the receipt."""
        self.receipts.append(receipt)
        self._after(len(self.receipts))


def run_in_process(jobs: Iterator[Job]) -> Iterator[tuple[Job, ExecutedSubmission | Failed]]:
    """Run jobs in this process."""
    for job in jobs:
        yield job, JudgedHere().run(job)


def grade(
    root: Path,
    *students: str,
    force: bool = False,
    after: Callable[[int], object] = lambda _n: None,
    runner: batch.Runner = run_in_process,
) -> Result:
    """Grade the quiz, in this process unless a runner is given."""
    return batch.grade(Course.open(root), ASSIGNMENT, runner, Silent(after), students=students, force=force)


if __name__ == "__main__":
    # Kill this process after a number of submissions, in a transaction, or between the gradebook and the receipt.
    import signal

    from autograde.grading import receipts

    def die(*_arguments: object) -> Never:
        os.kill(os.getpid(), signal.SIGKILL)
        raise SystemExit

    moment = sys.argv[2]
    if moment == "receipt":
        receipts.write = die  # type: ignore[assignment]
    if moment == "page":
        batch.page = die  # type: ignore[assignment,attr-defined]
    grade(Path(sys.argv[1]), after=lambda number: die() if str(number) == moment else None)
