"""Every hostile and every unusual submission, in the real sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograde.grading.sandbox import Limits
from autograde.grading.sandboxed import SandboxExecutor
from tests.grading.attacks.notebooks import ATTACKS, Attack

pytestmark = pytest.mark.timeout(120)

#: The endless cells are waited for, and memory and processes are filled up to the limit.
LIMITS = Limits(cell_seconds=6, notebook_seconds=60, memory=400 * 2**20, processes=100)


@pytest.fixture(scope="module")
def executor() -> Iterator[SandboxExecutor]:
    made = SandboxExecutor(LIMITS)
    yield made
    made.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_earns_nothing_and_an_honest_notebook_loses_nothing(
    attack: Attack, executor: SandboxExecutor
) -> None:
    done = executor.run(attack.job())
    book = nbformat.reads(done.notebook.decode(), as_version=4)
    nbformat.validate(book)
    (graded,) = (cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade"))
    shown = str([cell.get("outputs") for cell in book.cells])
    assert done.verdicts["segment_ids"]["points"] == attack.points, shown[-3000:]
    assert [output.output_type for output in graded.outputs] == ["display_data", "execute_result"]
    assert float(graded.outputs[-1].data["text/plain"]) == attack.points
    for text in attack.shows:
        assert text in shown
    for text in (*attack.hides, "the course's secret"):
        assert text not in shown
    assert bool(done.notes) == attack.noted, done.notes
    assert len(done.notebook) < 2_000_000


def test_no_process_of_a_submission_is_left(executor: SandboxExecutor) -> None:
    lines = [
        path.read_bytes()
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.parent.name != str(os.getpid()) and path.exists()
    ]
    assert not any(b"31415" in line for line in lines)
