"""Run each hostile or unusual submission in the real sandbox and report what went wrong."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat

import autograde
from autograde.errors import UnusableNotebook
from autograde.grading.execution import ExecutedSubmission
from autograde.grading.sandbox import SandboxLimits
from autograde.grading.sandbox.executor import SandboxExecutor
from autograde.grading.sandbox.learner_handle import LearnerHandle
from autograde.grading.sandbox.watching import tree
from tests.grading.attacks.forging import FORGING
from tests.grading.attacks.honest_but_unusual import HONEST_BUT_UNUSUAL
from tests.grading.attacks.leaking import LEAKING
from tests.grading.attacks.neighbours import NEIGHBOURS
from tests.grading.attacks.notebooks import ATTACKS, SECOND_GRADED_CELL, STARTED, Attack
from tests.grading.attacks.resources import RESOURCES
from tests.grading.attacks.structure import STRUCTURE, Damage

#: Small enough for bombs to reach them soon; an honest cell that makes torch import its compiler needs some 450 MB.
LIMITS = SandboxLimits(
    cell_seconds=20, grace_seconds=1, notebook_seconds=60, memory=600 * 2**20, processes=100,
    disk_bytes=100 * 2**20, file_bytes=256 * 2**20,
)  # fmt: skip

FORGED = "forged points"
CROSSED = "cross-learner effects"
STOPPED = "batches stopped"
LEAKED = "hidden values leaked"
LEFT = "processes left"
CHANGED = "files changed outside"
LOST = "honest submissions that lost a point"
HELD = "limits that did not hold"
KINDS = (FORGED, CROSSED, STOPPED, LEAKED, LEFT, CHANGED, LOST, HELD)

#: By module: the kind of problem if a submission's outputs are not as expected, and the submissions.
BATTERY: Mapping[str, tuple[str, tuple[Attack, ...]]] = {
    "first": (LEAKED, ATTACKS),
    "forging": (FORGED, FORGING),
    "leaking": (LEAKED, LEAKING),
    "neighbours": (CROSSED, NEIGHBOURS),
    "resources": (HELD, RESOURCES),
    "honest but unusual": (LOST, HONEST_BUT_UNUSUAL),
}

#: The name of files that attacks try to make outside of the sandbox.
MARK = "left-by-an-attack"

#: The secret of :meth:`Attack.job`.
SECRET = "the course's secret"

#: A problem: one of :data:`KINDS`, and what was seen.
Problem = tuple[str, str]


def cases() -> list[tuple[str, str, Attack | Damage]]:
    """Return every submission, with its module's name and the kind of its problems."""
    found: list[tuple[str, str, Attack | Damage]] = [
        (name, kind, attack) for name, (kind, attacks) in BATTERY.items() for attack in attacks
    ]
    return found + [("structure", STOPPED, damage) for damage in STRUCTURE]


def try_case(case: Attack | Damage, kind: str, executor: SandboxExecutor) -> list[Problem]:
    """Run a submission, then the case's next submission if it has one; return what went wrong."""
    found = list(_damage(case, executor) if isinstance(case, Damage) else _attack(case, kind, executor))
    if isinstance(case, Attack) and case.then is not None:
        found += [(CROSSED, what) for _kind, what in _attack(case.then, CROSSED, executor, "ada")]
    return found + [(LEFT, what) for what in _processes_left(executor)]


def _attack(case: Attack, kind: str, executor: SandboxExecutor, student: str = "mallory") -> Iterator[Problem]:
    executor._limits = replace(LIMITS, cell_seconds=case.cell_seconds)
    try:
        with _start_told():
            done = executor.run(case.job(student))
        book = _valid(done)
    except Exception as error:
        yield STOPPED, f"{type(error).__name__}: {error}"
        return
    shown = str([cell.get("outputs") for cell in book.cells])
    points = _points(book, without=SECOND_GRADED_CELL)
    if points != case.points or done.verdicts["segment_ids"]["points"] != case.points:
        yield FORGED if points > case.points else LOST, f"{points} points: {shown[-2000:]}"
    yield from ((kind, f"{text!r} is not in {shown[:2000]}") for text in case.shows if text not in shown)
    yield from ((LEAKED, f"{text!r} is shown") for text in (*case.hides, SECRET) if text in shown)
    if case.noted is not None and bool(done.notes) != case.noted:
        yield HELD, f"the notes are {done.notes}"
    if len(done.notebook) > 2_000_000:
        yield HELD, f"a notebook of {len(done.notebook)} bytes"


@contextlib.contextmanager
def _start_told() -> Iterator[None]:
    """Replace :data:`STARTED` in the cells; before the first one, loading the libraries may take seconds."""
    run, started = LearnerHandle.run, ""

    def told(learner: LearnerHandle, source: str, seconds: float) -> tuple[object, bool, int | None]:
        nonlocal started
        started = started or repr(time.time())
        return run(learner, source.replace(STARTED, started), seconds)

    with mock.patch.object(LearnerHandle, "run", told):
        yield


def _damage(case: Damage, executor: SandboxExecutor) -> Iterator[Problem]:
    executor._limits = LIMITS
    try:
        job = case.job()
    except UnusableNotebook:
        if case.usable:
            yield LOST, "the notebook is called unusable"
        return
    if not case.usable:
        yield STOPPED, "the notebook is called usable"
    try:
        points = _points(_valid(executor.run(job)))
    except Exception as error:
        yield STOPPED, f"{type(error).__name__}: {error}"
        return
    if points != case.points:
        yield FORGED if points > case.points else LOST, f"{points} points"


def _valid(done: ExecutedSubmission) -> Any:
    book = nbformat.reads(done.notebook.decode(), as_version=4)
    nbformat.validate(book)
    return book


def _points(book: Any, without: str = "") -> float:
    """Return the points of a notebook as nbgrader counts them, without the points of one cell."""
    found = 0.0
    for cell in book.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and about.get("grade_id") != without:
            last = cell.outputs[-1] if cell.outputs else None
            if last is None:
                found += about["points"]
            elif last.output_type == "execute_result":
                found += min(float(last.data["text/plain"]), about["points"])
    return found


def _pid_of(executor: SandboxExecutor) -> int:
    own = executor.template().own
    assert own is not None
    return own.process.pid


def _processes_left(executor: SandboxExecutor) -> list[str]:
    """Return the learners' processes that are still below the template after killed ones have had time to end."""
    end = time.monotonic() + 5
    while True:
        # The template's process waits for one that waits for the one with the libraries.
        living = [line for pid in tree(_pid_of(executor)) if (line := _living(pid))]
        if len(living) <= 3:
            return []
        if time.monotonic() > end:
            return living[3:]
        os.sched_yield()


def _living(pid: int) -> str:
    """Return id and name of a process; empty if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    name, _bracket, rest = stat.rpartition(")")
    return "" if rest.split()[0] in "ZX" else name


def files_left() -> list[str]:
    """Return the files that attacks have made outside of the sandbox."""
    package = Path(autograde.__file__).parent
    folders = ("/", "/tmp", "/var", "/var/tmp", "/run", "/dev/shm", "/usr", "/etc", Path.home(), Path.cwd(),
               package, package.parent, Path(os.__file__).parent)  # fmt: skip
    return [str(path) for folder in folders if (path := Path(folder, MARK)).exists()]


def fingerprint() -> dict[str, tuple[int, int]]:
    """Return size and modification time of the kit's files and of a standard library package, by path."""
    folders = (Path(autograde.__file__).parent, Path(os.__file__).parent / "json")
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
