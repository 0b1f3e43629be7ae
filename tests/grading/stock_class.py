"""A class of sample submissions, graded by nbgrader's unmodified commands in a temporary course."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograde import notebooks
from autograde.errors import GradingFailed
from autograde.exercises.exercise import VERDICT
from autograde.grading.samples import ASSIGNMENT, Sample, samples, submission
from autograde.hub.environment import client_environment
from autograde.judge.verdict import Verdict

#: Samples with one wrong answer each, to different questions, that are combined into one submission: a kernel that
#: imports torch and transformers takes eight seconds of processor time.
_TOGETHER = ("halves", "no-batch-axis", "segments-as-mask", "hard-coded-768")

#: nbgrader's three steps, by their commands.
STEPS = ("generate_assignment", "autograde", "generate_feedback")


@dataclass(frozen=True)
class Graded:
    """A sample after grading.

    Attributes:
        sample: the submission and its expected result.
        points: the points in the gradebook, by function.
        verdicts: the judge's verdicts in the graded notebook, by function.
        feedback: the page for the learner.
    """

    sample: Sample
    points: dict[str, float]
    verdicts: dict[str, Verdict]
    feedback: Path

    @property
    def misconceptions(self) -> dict[str, str]:
        """The ids of the misconceptions that the judge named, by function."""
        return {
            function: verdict.misconception.id
            for function, verdict in self.verdicts.items()
            if verdict.misconception is not None
        }

    @property
    def as_expected(self) -> bool:
        """Whether points and misconceptions are as expected and the feedback page exists."""
        return (
            self.points == dict(self.sample.points)
            and self.misconceptions == dict(self.sample.misconceptions)
            and self.feedback.is_file()
        )


def class_of_samples() -> tuple[Sample, ...]:
    """Return the sample submissions; those in ``_TOGETHER`` are combined into one with four wrong answers."""
    alone = tuple(sample for sample in samples() if sample.name not in _TOGETHER)
    first, *others = (sample for sample in samples() if sample.name in _TOGETHER)
    answers, points, misconceptions = dict(first.answers), dict(first.points), dict(first.misconceptions)
    for other in others:
        for function, misconception in other.misconceptions.items():
            answers[function], points[function] = other.answers[function], other.points[function]
            misconceptions[function] = misconception
    assert set(misconceptions.values()) == set(_TOGETHER)
    return *alone, Sample("four-wrong", "en", answers, points, misconceptions)


def make_course(folder: Path, kit: Path, class_: tuple[Sample, ...]) -> None:
    """Create an nbgrader course in ``folder``: the kit's ``source`` and the class's submissions.

    Raises:
        UnusableNotebook: the kit has no release.
    """
    shutil.copytree(kit / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    for sample in class_:
        released = notebooks.read(kit / "release" / sample.language / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        place = folder / "submitted" / sample.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(notebooks.canonical(submission(released, sample)), encoding="utf-8")


def grade(folder: Path, class_: tuple[Sample, ...], say: Callable[[str], None]) -> list[Graded]:
    """Run nbgrader's three steps on the course in ``folder`` and read the results.

    Args:
        folder: made by :func:`make_course`.
        class_: the samples in it.
        say: called with a line for each step and each learner.

    Raises:
        GradingFailed: one of nbgrader's commands failed.
    """
    for step in STEPS:
        say(f"nbgrader {step} {ASSIGNMENT}")
        for learner in _nbgrader(folder, step):
            if step == "autograde":
                say(f"  {learner}")
    found = scores(folder)
    return [
        Graded(
            sample,
            found.get(sample.name, {}),
            verdicts_in(folder / "autograded" / sample.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"),
            folder / "feedback" / sample.name / ASSIGNMENT / f"{ASSIGNMENT}.html",
        )
        for sample in class_
    ]


def nbgrader_environment(folder: Path) -> dict[str, str]:
    """Return an environment for nbgrader's commands on the course in ``folder``, without the user's configuration."""
    environment = client_environment("http://127.0.0.1:9", folder / "home")
    binaries = Path(sys.executable).parent
    return environment | {
        # The models are tiny: on a busy machine, threads cost more time than they save.
        "OMP_NUM_THREADS": "1",
        # nbgrader starts alembic by name.
        "PATH": f"{binaries}:{environment.get('PATH', '')}",
        "HOME": str(folder / "home"),
        "JUPYTER_CONFIG_DIR": str(folder / "home" / "jupyter"),
        "IPYTHONDIR": str(folder / "home" / "ipython"),
    }


def _nbgrader(folder: Path, step: str) -> Iterator[str]:
    """Run one nbgrader command; yield each learner's name when it reaches them."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nbgrader", step, ASSIGNMENT],
        cwd=folder,
        env=nbgrader_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    lines: list[str] = []
    seen: set[str] = set()
    with process:
        for line in process.stdout:
            lines.append(line)
            # Each submission is read twice, first from submitted/, then from autograded/.
            found = re.search(r"Converting notebook .*[/\\]submitted[/\\]([^/\\]+)[/\\]", line)
            if found and found[1] not in seen:
                seen.add(found[1])
                yield found[1]
    if process.returncode:
        raise GradingFailed(f"nbgrader {step} failed: {''.join(lines[-15:]).strip()}", f"The course is in {folder}.")


def scores(folder: Path, assignment: str = ASSIGNMENT) -> dict[str, dict[str, float]]:
    """Return the points in the gradebook of the course in ``folder``, by learner and function."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's models make SQLAlchemy warn
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
            return {
                found.student.id: {
                    grade.cell.name.removeprefix("grade-").replace("-", "_"): float(grade.score)
                    for notebook in found.notebooks
                    for grade in notebook.grades
                }
                for found in gradebook.assignment_submissions(assignment)
            }


def verdicts_in(path: Path) -> dict[str, Verdict]:
    """Return the verdicts in a graded notebook's outputs, by function."""
    found = (
        Verdict.from_json(output.data[VERDICT])
        for cell in notebooks.read(path).cells
        for output in cell.get("outputs", [])
        if VERDICT in output.get("data", {})
    )
    return {verdict.function: verdict for verdict in found}
