"""Running a submission in an ordinary kernel."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograde import notebooks
from autograde.grading.execution import ExecutedSubmission, Job
from autograde.grading.kernel import KernelExecutor, KernelNotStarted
from autograde.grading.samples import OTHERS, submission, three_of
from autograde.settings import KIT

pytestmark = pytest.mark.timeout(120)


def perfect(section: str) -> tuple[NotebookNode, dict[str, float]]:
    sample = three_of(section)[0]
    name = OTHERS[section]
    book = notebooks.read(KIT / "release" / sample.language / name / f"{name}.ipynb")
    return submission(book, sample), dict(sample.points)


@pytest.mark.parametrize("failures", [2, 3])
def test_kernel_is_started_three_times_at_most(failures: int, monkeypatch: pytest.MonkeyPatch) -> None:
    original, calls = NotebookClient.async_start_new_kernel_client, iter(range(9))

    async def start(client: NotebookClient, **options: object) -> object:
        # As if another process had bound the kernel's port first.
        if next(calls) < failures:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return await original(client, **options)

    monkeypatch.setattr(NotebookClient, "async_start_new_kernel_client", start)
    book, points = perfect("1")
    job = Job("ada", OTHERS["1"], nbformat.writes(book).encode(), {}, "en", "a seed")
    if failures == 3:
        with pytest.raises(KernelNotStarted, match="Kernel died"):
            KernelExecutor().run(job)
    else:
        done = KernelExecutor().run(job)
        assert {name: verdict["points"] for name, verdict in done.verdicts.items()} == points


def test_cell_that_ends_python_is_reported_and_the_others_are_graded() -> None:
    book, points = perfect("2.1")
    book.cells.insert(0, nbformat.v4.new_code_cell("import os; os._exit(3)", id="deadly"))
    job = Job("ada", OTHERS["2.1"], nbformat.writes(book).encode(), {"data/x.txt": b"x"}, "zh", "a seed")
    done = KernelExecutor().run(Job.from_json(json.loads(json.dumps(job.to_json()))))
    assert {name: verdict["points"] for name, verdict in done.verdicts.items()} == points
    assert {verdict["seed"] for verdict in done.verdicts.values()} == {"a seed"}
    graded = nbformat.reads(done.notebook.decode(), as_version=4)
    assert graded.cells[0].outputs[0].ename == "KernelDied"
    assert done.notes == tuple(graded.cells[0].outputs[0].traceback)
    assert "Python 进程" in done.notes[0]
    assert ExecutedSubmission.from_json(json.loads(json.dumps(done.to_json()))) == done
