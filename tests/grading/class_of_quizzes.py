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
from autograde.grading.execution import Execution, Job
from autograde.grading.pool import Failed
from autograde.grading.receipts import Receipt
from autograde.grading.samples import Sample, submission
from autograde.questions import question
from autograde.settings import KIT
from tests.grading.judged_here import JudgedHere

ASSIGNMENT = "1-introduction"
QUIZ = question("1", "answers")


def notebook(code: str | None = None, language: str = "en") -> NotebookNode:
    """The release with an answer typed in; the right one when None."""
    released = notebooks.read(KIT / "release" / language / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    answers = {"answers": QUIZ.teaching.solution if code is None else code}
    return submission(released, Sample("anyone", language, answers, {}))


def written(book: NotebookNode) -> bytes:
    """The bytes of a notebook file."""
    return json.dumps(book).encode()


def hand_in(root: Path, student: str, content: bytes, name: str = f"{ASSIGNMENT}.ipynb") -> Path:
    """Put a file into ``submitted/``."""
    path = root / "submitted" / student / ASSIGNMENT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def make_course(root: Path) -> Path:
    """A course with the quiz, released in both languages, and the submissions of a class."""
    shutil.copytree(KIT / "source" / ASSIGNMENT, root / "source" / ASSIGNMENT)
    for language in ("en", "zh"):
        shutil.copytree(KIT / "release" / language / ASSIGNMENT, root / "release" / language / ASSIGNMENT)
    hand_in(root, "ada", written(notebook()))
    hand_in(root, "bo", written(notebook(language="zh")), f"{ASSIGNMENT} (1).IPYNB")
    hand_in(root, "cem", written(notebook('answers = {"q1": "A", "q2": "A"}')))
    hand_in(root, "dee", written(notebook("answers = {}", "zh")))
    hand_in(root, "eve", b"")
    hand_in(root, "fay", b"secret").unlink()
    os.mkfifo(root / "submitted" / "fay" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    link = root / "submitted" / "gus" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    link.parent.mkdir(parents=True)
    link.symlink_to(root / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    hand_in(root, "hal", written(notebook("import os\nos._exit(1)")))
    return root


#: Who cannot be graded, and a word of the reason.
QUARANTINED = {"eve": "empty", "fay": "not an ordinary file", "gus": "not an ordinary file", "hal": "ended twice"}
POSSIBLE = float(QUIZ.points)


class Silent:
    """Watches a run; ``after`` is called with the number of submissions that are done."""

    def __init__(self, after: Callable[[int], object] = lambda _number: None) -> None:
        self.receipts: list[Receipt] = []
        self._after = after

    def begins(self, total: int, unchanged: int) -> None:
        """Not of interest."""

    def done(self, receipt: Receipt) -> None:
        """Keep it."""
        self.receipts.append(receipt)
        self._after(len(self.receipts))


def here(jobs: Iterator[Job]) -> Iterator[tuple[Job, Execution | Failed]]:
    """Runs jobs in this process."""
    for job in jobs:
        yield job, JudgedHere().run(job)


def grade(
    root: Path,
    *students: str,
    force: bool = False,
    after: Callable[[int], object] = lambda _n: None,
    runner: batch.Runner = here,
) -> Result:
    """Grade the quiz, in this process unless a runner is given."""
    return batch.grade(Course.open(root), ASSIGNMENT, runner, Silent(after), students=students, force=force)


if __name__ == "__main__":
    # A grader that is killed: after so many submissions, in a transaction, or between the gradebook and the receipt.
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
