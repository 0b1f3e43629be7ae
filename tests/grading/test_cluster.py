"""Grading a class on a Dask cluster of separate processes, one of which is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from autograde.errors import GradingFailed
from autograde.grading.execution import ExecutedSubmission, Job
from autograde.grading.receipts import all_of
from tests.grading.class_of_quizzes import ASSIGNMENT, POSSIBLE, grade, notebook, run_in_process, submit, to_bytes
from tests.grading.judged_here import JudgedHere

distributed = pytest.importorskip("distributed")
run_on_cluster = pytest.importorskip("autograde.grading.cluster").run_on_cluster

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # Dask's processes warn about a machine that is busy
]


class KilledOnce(JudgedHere):
    """Kills the first worker that runs the submission of ``bo``."""

    def run(self, job: Job) -> ExecutedSubmission:
        """Run one submission."""
        marker = Path(os.environ["KILLED_ONCE"])
        if job.student == "bo" and not marker.exists():
            marker.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return super().run(job)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of two processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KILLED_ONCE", str(tmp_path_factory.mktemp("cluster") / "killed"))
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as cluster:
            yield cluster.scheduler_address


def test_cluster_gives_the_same_verdicts_even_if_a_worker_is_killed(address: str, course: Path) -> None:
    assert grade(course, force=True, runner=run_in_process).graded
    before = {each.student: each.outcome() for each in all_of(course / "reports" / ASSIGNMENT)}
    submit(course, "ivy", to_bytes(notebook()))
    runner = partial(run_on_cluster, address=address, factory=KilledOnce)
    result = grade(course, force=True, runner=runner)
    assert Path(os.environ["KILLED_ONCE"]).exists(), "no worker was killed"
    assert sorted(result.quarantined) == ["eve", "gus"]
    assert result.changes == []
    after = {each.student: each for each in all_of(course / "reports" / ASSIGNMENT)}
    assert after["ivy"].verdicts["answers"]["points"] == POSSIBLE
    assert {name: after[name].outcome() for name in before} == before


def test_address_without_a_cluster_gives_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.grading.cluster._CONNECTING", 1)
    job = Job("ada", ASSIGNMENT, b"{}")
    with pytest.raises(GradingFailed, match="No Dask cluster answers at tcp:"):
        list(run_on_cluster(iter([job]), "tcp://127.0.0.1:9", JudgedHere))
