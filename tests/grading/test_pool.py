"""Workers that cannot start are not the submissions' fault; a worker that dies costs one submission only."""

from __future__ import annotations

import os

import pytest

from autograde.errors import GradingFailed, MissingTool
from autograde.grading.execution import Execution, Job
from autograde.grading.pool import Failed, run_jobs

pytestmark = pytest.mark.timeout(120)


class Echo:
    """Gives a job's notebook back; one that says ``die`` ends the process, one that says ``raise`` raises."""

    def run(self, job: Job) -> Execution:
        """Run one."""
        if job.notebook == b"die":
            os._exit(3)
        if job.notebook == b"raise":
            raise ValueError("not my day")
        return Execution(job.notebook, {}, 0.0)

    def close(self) -> None:
        """Nothing to close."""


class DiesAtOnce(Echo):
    """Its process ends before it is made."""

    def __init__(self) -> None:
        os._exit(4)


class NoSandbox(Echo):
    """Cannot be made on this machine."""

    def __init__(self) -> None:
        raise MissingTool("No sandbox here.", "Use another machine.")


def jobs(*notebooks: bytes) -> list[Job]:
    return [Job(str(number), "1", each) for number, each in enumerate(notebooks)]


def test_a_worker_that_dies_costs_its_submission_only() -> None:
    found = {job.student: result for job, result in run_jobs(iter(jobs(b"a", b"die", b"raise", b"b")), Echo, workers=2)}
    assert [each.notebook for each in (found["0"], found["3"]) if isinstance(each, Execution)] == [b"a", b"b"]
    assert found["1"] == Failed("The process that ran it ended twice (exit code 3).")
    assert found["2"] == Failed("ValueError: not my day")


def test_a_worker_that_cannot_start_stops_the_run_and_blames_no_submission() -> None:
    with pytest.raises(GradingFailed, match="could not start"):
        list(run_jobs(iter(jobs(b"a", b"b")), DiesAtOnce, workers=1))


def test_a_machine_without_a_sandbox_stops_the_run_with_the_executors_sentence() -> None:
    with pytest.raises(GradingFailed) as raised:
        list(run_jobs(iter(jobs(b"a" * 10**6, b"b")), NoSandbox, workers=2))
    assert (raised.value.what, raised.value.fix) == ("No sandbox here.", "Use another machine.")
