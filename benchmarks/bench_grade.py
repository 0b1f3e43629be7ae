"""Measure the time for grading a class.

Goals: 50 ms for a warm submission of a notebook with 10 ms of its own work; 1.5 s for 2.4 and 3, whose answers run git
and models; 100 times as fast as nbgrader for 300 submissions of 2.6, including start-up.

"own" is the time in the learner's cells and answers; "floor" is a submission without cells: two forks, the namespaces
and their end. The answers need a third fork, because they get the hidden cases; docs/grading.md has the shares.
`autograde grade` grades the complete class, each learner's points are compared with the expected ones, and it writes
gradebook, feedback pages and reports. Peers grade a sample, and the rest is extrapolated: stock nbgrader, nbgrader with
our configuration, and otter-grader, whose tests ask the same judge in the learner's process. otter-grader runs without
its containers, which need Docker, in one process, which saves it a start per submission.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import psutil
from rich.console import Console
from rich.table import Table

from autograde import notebooks
from autograde.grading import receipts
from autograde.grading.execution import Job
from autograde.grading.samples import ASSIGNMENT, Sample, samples, submission, three_of
from autograde.grading.sandbox.executor import SandboxExecutor
from autograde.grading.sandbox.learner_handle import LearnerHandle
from autograde.grading.sandbox.referees import Referees
from autograde.grading.sandbox.watching import memory, tree
from autograde.questions import assignments
from autograde.questions.examples import wrong_answers
from autograde.settings import KIT
from tests.grading.stock_class import nbgrader_environment

SEED = "a seed for measurements"

#: A submission with 10 ms of its own work: a cell and an answer without a model.
LIGHT = "light"


def job_of(sample: Sample) -> Job:
    """Return the sample's submission as a job."""
    released = notebooks.read(KIT / "release" / sample.language / sample.assignment / f"{sample.assignment}.ipynb")
    book = submission(released, sample)
    return Job(sample.name, sample.assignment, nbformat.writes(book).encode(), {}, sample.language, SEED)


def only(job: Job, identifiers: tuple[str, ...]) -> Job:
    """Return the job with only these cells."""
    book = nbformat.reads(job.notebook.decode(), as_version=4)
    book.cells = [cell for cell in book.cells if cell.id in identifiers]
    return replace(job, notebook=nbformat.writes(book).encode())


class Own:
    """Adds up the seconds of work in the learner's process."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for owner, name in ((LearnerHandle, "run"), (Referees, "evidence"), (Referees, "evidence_together")):
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
    """Measure the seconds of one warm submission, by assignment."""
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


def class_of(size: int) -> Iterator[Sample]:
    """Yield a class of 2.6: half of the submissions are right, the others have one known wrong answer.

    The text of each answer occurs only once, as in a class, so that nothing is saved by remembering it.
    """
    wrong = [(asked, each) for asked in assignments()["2.6"] for each in wrong_answers(asked)]
    perfect = samples()[0]
    for number in range(size):
        answers, points = dict(perfect.answers), dict(perfect.points)
        if number % 2:
            asked, answer = wrong[number // 2 % len(wrong)]
            answers[asked.function], points[asked.function] = answer.code, answer.points
        own = {function: f"{code.rstrip()}\n# learner {number}" for function, code in answers.items()}
        yield replace(perfect, name=f"learner-{number}", answers=own, points=points)


@contextlib.contextmanager
def course(class_: Iterable[Sample], *, configured: bool = True) -> Iterator[Path]:
    """Yield a new folder with a course and the class's submissions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        shutil.copytree(KIT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
        if configured:
            shutil.copy(KIT / "nbgrader_config.py", folder)
            shutil.copytree(KIT / "release" / "en" / ASSIGNMENT, folder / "release" / "en" / ASSIGNMENT)
        for sample in class_:
            place = folder / "submitted" / sample.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            place.parent.mkdir(parents=True)
            place.write_bytes(job_of(sample).notebook)
        yield folder


@dataclass
class Spent:
    """The time of a command.

    Attributes:
        seconds: wall time.
        processor: processor time of all programs on this machine meanwhile, in seconds. The time of a learner's process
            alone is not available, because it is not reported to a parent when the process is killed with its sandbox.
    """

    seconds: float = 0.0
    processor: float = 0.0


def busy() -> float:
    """Return how long this machine's processors have been busy, in seconds."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq")))


@contextlib.contextmanager
def spending() -> Iterator[Spent]:
    """Yield the time of the commands in the block, which is known at its end."""
    spent, start, before = Spent(), time.perf_counter(), busy()
    yield spent
    spent.seconds, spent.processor = time.perf_counter() - start, busy() - before


@dataclass
class Memory:
    """The peak memory of a process, and of the process with its descendants, in megabytes."""

    alone: float = 0.0
    together: float = 0.0

    def watch(self, pid: int, stop: threading.Event) -> None:
        """Measure every second; shared pages count once."""
        while not stop.wait(1.0):
            self.alone = max(self.alone, memory([pid], 0) / 2**20)
            self.together = max(self.together, memory(tree(pid), 0) / 2**20)


def ours(size: int, jobs: int) -> tuple[Spent, Memory]:
    """Measure time and memory of ``autograde grade``, including start-up, gradebook, feedback pages and reports.

    Every learner's points are compared with the expected ones.
    """
    with course(class_of(size)) as folder:
        used, stop = Memory(), threading.Event()
        command = [sys.executable, "-m", "autograde", "grade", ASSIGNMENT, "--jobs", str(jobs), "--course", str(folder)]
        with spending() as spent:
            process = subprocess.Popen(
                command, cwd=KIT, env=nbgrader_environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            watching = threading.Thread(target=used.watch, args=(process.pid, stop))
            watching.start()
            assert process.wait() == 0
        stop.set()
        watching.join()
        found = {each.student: each for each in receipts.all_of(folder / "reports" / ASSIGNMENT)}
        for sample in class_of(size):
            got = {name: verdict["points"] for name, verdict in found[sample.name].verdicts.items()}
            assert got == dict(sample.points), sample.name
    return spent, used


def through_nbgrader(size: int, *, configured: bool) -> Spent:
    """Measure ``nbgrader autograde`` for a class, including start-up."""
    with course(class_of(size), configured=configured) as folder:
        environment = nbgrader_environment(folder)
        for step in ("generate_assignment", "autograde"):
            command = [sys.executable, "-m", "nbgrader", step, ASSIGNMENT]
            with spending() as spent:
                subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return spent


#: A question in otter-grader's format, which asks the same judge as the graded cell of the nbgrader course.
OTTER_TEST = """\
OK_FORMAT = False
from otter.test_files import test_case
name, points = "{function}", {points}

@test_case(points={points})
def test_{function}(env):
    from autograde.exercises import grade
    assert grade("2.6", "{function}", env) == {points}
"""

#: Grades one submission after another in one process, which is faster than starting ``otter run`` for each.
OTTER = """\
import sys
from pathlib import Path
from otter.api import grade_submission
for path in sorted(Path("submitted").iterdir()):
    found = grade_submission(str(path), "autograder.zip", quiet=True)
    print(path.name, found.total, found.possible)
"""


def through_otter(size: int, python: Path) -> Spent:
    """Measure otter-grader for a class, including start-up, without containers, which need Docker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for path in ("tests", "submitted"):
            (folder / path).mkdir()
        for asked in assignments()["2.6"]:
            text = OTTER_TEST.format(function=asked.function, points=asked.points)
            (folder / "tests" / f"{asked.function}.py").write_text(text)
        class_ = list(class_of(size))
        for sample in class_:
            book = nbformat.reads(job_of(sample).notebook.decode(), as_version=4)
            book.cells = [cell for cell in book.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
            (folder / "submitted" / f"{sample.name}.ipynb").write_text(nbformat.writes(book))
        environment = nbgrader_environment(folder) | {"PATH": f"{python.parent}:/usr/bin:/bin"}
        make = [str(python), "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"]
        subprocess.run(make, cwd=folder, env=environment, capture_output=True, check=True)
        command = [str(python), "-c", OTTER]
        with spending() as spent:
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        got = dict(line.split()[:2] for line in done.stdout.splitlines() if line.startswith("learner-"))
        for sample in class_:
            # A test passes or fails, so there is no partial credit.
            whole = sum(asked.points for asked in assignments()["2.6"] if sample.points[asked.function] == asked.points)
            assert float(got[f"{sample.name}.ipynb"]) == whole, done.stdout + done.stderr
    return spent


def a_class(size: int, jobs: int, sample: int, otter: Path) -> Table:
    """Measure the time for a class of 2.6, by grader."""
    columns = ("grader", "graded", "s", "s each", f"s for {size}", "times as fast", "processors' s each", "times less")
    table = Table(*columns, title=f"A class of {size}")
    peers: list[Spent] = []

    def row(name: str, many: int, one: Spent, all_of_them: Spent) -> None:
        each = (all_of_them.seconds - one.seconds) / (many - 1)
        processor = (all_of_them.processor - one.processor) / (many - 1)
        whole = one.seconds + each * (size - 1)
        peers.append(Spent(whole, processor))
        table.add_row(
            name, str(many), f"{all_of_them.seconds:.1f}", f"{each:.3f}", f"{whole:.0f}{'*' * (many < size)}",
            f"{peers[0].seconds / whole:.1f}", f"{processor:.3f}", f"{peers[0].processor / processor:.1f}",
        )  # fmt: skip

    some, more = min(1 + sample, size), min(1 + 10 * sample, size)
    row("nbgrader", some, *(through_nbgrader(each, configured=False) for each in (1, some)))
    if otter.exists():
        row("otter-grader", some, *(through_otter(each, otter) for each in (1, some)))
    else:
        table.add_row(f"otter-grader: there is no {otter}")
    row("nbgrader with our configuration", more, *(through_nbgrader(each, configured=True) for each in (1, more)))
    row(f"autograde grade, {jobs} jobs", size, *(ours(each, jobs)[0] for each in (1, size)))
    table.caption = (
        "* extrapolated from the submissions that were graded. otter-grader without its containers, which need Docker. "
        "Only the last line writes feedback pages and reports, too."
    )
    return table


def growth(sizes: list[int], jobs: int) -> Table:
    """Measure time and memory of ``autograde grade`` by class size."""
    columns = ("submissions", "s", "s each", "processors' s each", "MB of the grader", "MB of all processes")
    table = Table(*columns, title="Growth of a class of 2.6, with the largest memory")
    for size in sizes:
        spent, used = ours(size, jobs)
        table.add_row(
            str(size), f"{spent.seconds:.1f}", f"{spent.seconds / size:.3f}", f"{spent.processor / size:.3f}",
            f"{used.alone:.0f}", f"{used.together:.0f}",
        )  # fmt: skip
    return table


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=3, help="submissions that a peer grades beyond the first")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--growth", type=int, nargs="*", default=[10, 100, 1000, 3000])
    parser.add_argument(
        "--otter", type=Path, default=KIT / ".tools/otter/bin/python", help="a Python with otter-grader"
    )
    parser.add_argument("--only", choices=("warm", "class", "growth"))
    chosen = parser.parse_args()
    console = Console()
    console.print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the first measurement")
    if chosen.only in (None, "warm"):
        console.print(each_assignment(chosen.repeats))
    if chosen.only in (None, "class"):
        console.print(a_class(chosen.submissions, chosen.jobs, chosen.sample, chosen.otter))
    if chosen.only in (None, "growth"):
        console.print(growth(chosen.growth, chosen.jobs))


if __name__ == "__main__":
    main()
