"""A worker that cannot start stops the run; a worker that dies fails only its submission."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from autograde.errors import GradingFailed, MissingTool
from autograde.grading.execution import ExecutedSubmission, Job
from autograde.grading.pool import Failed, _work, run_jobs

pytestmark = pytest.mark.timeout(120)


class Echo:
    """Returns a job's notebook; the content ``die`` ends the process, ``raise`` raises an exception."""

    def run(self, job: Job) -> ExecutedSubmission:
        """Run a submission."""
        if job.notebook == b"die":
            os._exit(3)
        if job.notebook == b"raise":
            raise ValueError("no luck")
        return ExecutedSubmission(job.notebook, {}, 0.0)

    def close(self) -> None:
        """Do nothing."""


class DiesAtOnce(Echo):
    """Ends its process in the constructor."""

    def __init__(self) -> None:
        os._exit(4)


class NoSandbox(Echo):
    """Cannot be created on this machine."""

    def __init__(self) -> None:
        raise MissingTool("No sandbox here.", "Use another machine.")


def jobs(*notebooks: bytes) -> list[Job]:
    return [Job(str(number), "1", each) for number, each in enumerate(notebooks)]


def test_ctrl_c_while_a_worker_starts_prints_no_traceback() -> None:
    """A worker printed a traceback."""

    def interrupted() -> Echo:
        raise KeyboardInterrupt

    ours, workers = multiprocessing.Pipe()
    _work(workers, interrupted)
    assert not ours.poll()


def test_worker_that_dies_fails_only_its_submission() -> None:
    found = {job.student: result for job, result in run_jobs(iter(jobs(b"a", b"die", b"raise", b"b")), Echo, workers=2)}
    assert [each.notebook for each in (found["0"], found["3"]) if isinstance(each, ExecutedSubmission)] == [b"a", b"b"]
    assert found["1"] == Failed("The process that ran it ended twice (exit code 3).")
    assert found["2"] == Failed("ValueError: no luck")


def test_worker_that_cannot_start_stops_the_run() -> None:
    with pytest.raises(GradingFailed, match="could not start"):
        list(run_jobs(iter(jobs(b"a", b"b")), DiesAtOnce, workers=1))


def test_machine_without_a_sandbox_stops_the_run_with_the_executors_error() -> None:
    with pytest.raises(GradingFailed) as raised:
        list(run_jobs(iter(jobs(b"a" * 10**6, b"b")), NoSandbox, workers=2))
    assert (raised.value.what, raised.value.fix) == ("No sandbox here.", "Use another machine.")
