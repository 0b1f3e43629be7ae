"""How long it takes to grade a class.

Promises: 50 ms a submission, once warm, for a notebook whose own work is 10 ms; 1.5 s for 2.4 and 3, whose answers run
git and models; 100 times as fast as nbgrader at 300 submissions of 2.6, start-up included.

"own" is the time in the learner's cells and answers; "floor" is a submission without any cell: the fork, the
namespaces and their end. Peers grade a sample, and the rest is extrapolated: nbgrader without our configuration, and
nbgrader with it. otter-grader has no form of these exercises, so it is not here.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from autograde import notebooks
from autograde.grading.execution import Job
from autograde.grading.learner_handle import LearnerHandle
from autograde.grading.pool import run_jobs
from autograde.grading.referees import Referees
from autograde.grading.samples import ASSIGNMENT, Sample, samples, submission, three_of
from autograde.grading.sandboxed import SandboxExecutor
from autograde.questions import assignments
from autograde.questions.examples import wrong_answers
from autograde.settings import KIT
from tests.grading.stock_class import nbgrader_environment

SEED = "a seed for measurements"

#: The learner's process does 10 ms of work of its own: nothing but a cell and an answer without a model.
LIGHT = "light"


def job_of(sample: Sample) -> Job:
    """The sample's submission."""
    released = notebooks.read(KIT / "release" / sample.language / sample.assignment / f"{sample.assignment}.ipynb")
    book = submission(released, sample)
    return Job(sample.name, sample.assignment, nbformat.writes(book).encode(), {}, sample.language, SEED)


def only(job: Job, identifiers: tuple[str, ...]) -> Job:
    """The job with these cells alone."""
    book = nbformat.reads(job.notebook.decode(), as_version=4)
    book.cells = [cell for cell in book.cells if cell.id in identifiers]
    return replace(job, notebook=nbformat.writes(book).encode())


class Own:
    """Adds up the seconds that the learner's process works."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for owner, name in ((LearnerHandle, "run"), (Referees, "evidence")):
            self._measure(owner, name)

    def _measure(self, owner: type, name: str) -> None:
        before = getattr(owner, name)

        def measured(*arguments: object, **options: object) -> object:
            start = time.perf_counter()
            try:
                return before(*arguments, **options)
            finally:
                self.seconds += time.perf_counter() - start

        setattr(owner, name, measured)


def each_assignment(repeats: int) -> Table:
    """Seconds of one warm submission, by assignment."""
    perfect = {sample.assignment: job_of(sample) for section in ("2.4", "3") for sample in three_of(section)[:1]}
    whole = job_of(samples()[0])
    jobs = {
        "no cell (the floor)": only(whole, ()),
        LIGHT: only(whole, ("segment-ids", "grade-segment-ids")),
        ASSIGNMENT: whole,
        **perfect,
    }
    table = Table("submission", "ms", "own ms", "overhead ms", "slowest ms", title="One warm submission, median")
    own, executor = Own(), SandboxExecutor()
    try:
        for name, job in jobs.items():
            executor.run(job)
            found = []
            for _ in range(repeats):
                own.seconds = 0.0
                found.append((executor.run(job).seconds, own.seconds))
            all_of_it = statistics.median(each for each, _own in found)
            of_it = statistics.median(each for _all, each in found)
            slowest = max(each for each, _own in found)
            table.add_row(name, *(f"{1e3 * each:.0f}" for each in (all_of_it, of_it, all_of_it - of_it, slowest)))
    finally:
        executor.close()
    return table


def class_of(size: int) -> Iterator[Job]:
    """Submissions of 2.6: all right, or with one of the wrong answers."""
    wrong = [(asked.function, each.code) for asked in assignments()["2.6"] for each in wrong_answers(asked)]
    perfect = samples()[0]
    for number in range(size):
        function, code = wrong[number % len(wrong)]
        answers = {**perfect.answers, function: code} if number % 2 else perfect.answers
        yield job_of(replace(perfect, name=f"learner-{number}", answers=answers))


def ours(size: int, workers: int) -> float:
    """Seconds to run a class, start-up included."""
    start = time.perf_counter()
    done = sum(1 for _job, _execution in run_jobs(class_of(size), SandboxExecutor, workers))
    assert done == size
    return time.perf_counter() - start


def through_nbgrader(size: int, *, configured: bool) -> float:
    """Seconds of ``nbgrader autograde`` for a class, start-up included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(KIT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
        if configured:
            shutil.copy(KIT / "nbgrader_config.py", folder)
        for job in class_of(size):
            place = folder / "submitted" / job.student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            place.parent.mkdir(parents=True)
            place.write_bytes(job.notebook)
        command = [sys.executable, "-m", "nbgrader"]
        environment = nbgrader_environment(folder)
        for step in ("generate_assignment", "autograde"):
            start = time.perf_counter()
            subprocess.run([*command, step, ASSIGNMENT], cwd=folder, env=environment, capture_output=True, check=True)
        return time.perf_counter() - start


def a_class(size: int, workers: int, sample: int) -> Table:
    """Seconds for a class of 2.6, by grader."""
    table = Table("grader", "submissions", "s", "s each", f"s for {size}", "times", title=f"A class of {size}")
    small, large = through_nbgrader(1, configured=False), through_nbgrader(1 + sample, configured=False)
    peer = small + (large - small) / sample * (size - 1)
    table.add_row("nbgrader", str(1 + sample), f"{large:.1f}", f"{(large - small) / sample:.2f}", f"{peer:.0f}*", "1")
    small, large = through_nbgrader(1, configured=True), through_nbgrader(1 + 5 * sample, configured=True)
    all_of_it = small + (large - small) / (5 * sample) * (size - 1)
    table.add_row(
        "nbgrader with our configuration", str(1 + 5 * sample), f"{large:.1f}",
        f"{(large - small) / (5 * sample):.3f}", f"{all_of_it:.0f}*", f"{peer / all_of_it:.0f}",
    )  # fmt: skip
    seconds = ours(size, workers)
    table.add_row(
        f"ours, {workers} workers", str(size), f"{seconds:.1f}", f"{seconds / size:.3f}", f"{seconds:.0f}",
        f"{peer / seconds:.0f}",
    )  # fmt: skip
    table.caption = "* extrapolated from the submissions that were graded"
    return table


def growth(sizes: list[int], workers: int) -> Table:
    """Seconds and memory by size of the class."""
    table = Table("submissions", "s", "s each", "peak MB of the grader", title="Growth")
    for size in sizes:
        seconds = ours(size, workers)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table.add_row(str(size), f"{seconds:.1f}", f"{seconds / size:.3f}", f"{peak:.0f}")
    return table


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=3, help="submissions that a peer grades beyond the first")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--growth", type=int, nargs="*", default=[10, 100])
    parser.add_argument("--only", choices=("warm", "class", "growth"))
    chosen = parser.parse_args()
    console = Console()
    if chosen.only in (None, "warm"):
        console.print(each_assignment(chosen.repeats))
    if chosen.only in (None, "class"):
        console.print(a_class(chosen.submissions, chosen.workers, chosen.sample))
    if chosen.only in (None, "growth"):
        console.print(growth(chosen.growth, chosen.workers))


if __name__ == "__main__":
    main()
