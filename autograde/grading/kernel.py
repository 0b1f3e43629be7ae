"""Run a submission in an ordinary kernel, without a sandbox: its code has the rights of the current user."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograde import settings
from autograde.exercises.exercise import VERDICT
from autograde.grading import graded_cells
from autograde.grading.execution import ExecutedSubmission, Job
from autograde.grading.kernel_options import CELL_TIMEOUT, NO_EXIT
from autograde.hub.environment import client_environment
from autograde.i18n import translator

#: How often a kernel is started. Its ports are chosen before it binds them, and another process may be faster.
_STARTS = 3


class KernelNotStarted(RuntimeError):
    """Raised when a kernel ends before it is ready."""


class KernelExecutor:
    """Implements :class:`autograde.grading.execution.Executor` with nbclient and a new kernel for each submission.

    The hidden cases and the judge are in the learner's process: marks can be forged.
    """

    def run(self, job: Job) -> ExecutedSubmission:
        """Run one submission; if a cell kills the kernel, run the others again without it."""
        started = time.monotonic()
        deadly: dict[int, str] = {}
        while True:
            book = nbformat.reads(job.notebook.decode("utf-8"), as_version=4)
            with tempfile.TemporaryDirectory(prefix="autograde-") as folder:
                found = self._ended_at(book, job, Path(folder), deadly)
            if found is None:
                break
            deadly[found[0]] = found[1]
        graded_cells.fit_points(book.cells)
        notes = tuple(dict.fromkeys(deadly.values()))
        return ExecutedSubmission(
            nbformat.writes(book).encode(), verdicts_in(book), time.monotonic() - started, notes=notes
        )

    def close(self) -> None:
        """Do nothing: each kernel ends with its submission."""

    def _ended_at(
        self, book: NotebookNode, job: Job, folder: Path, deadly: Mapping[int, str]
    ) -> tuple[int, str] | None:
        """Run the notebook; return the cell that killed the kernel and why, or None."""
        _ = translator("cli", job.language)
        for index, why in deadly.items():
            book.cells[index].outputs = [_error("KernelDied", why)]
        (folder / "work").mkdir()
        for name, content in job.files.items():
            place = folder / "work" / PurePosixPath(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        environment = client_environment(settings.NO_HUB, folder / "home") | {
            "AUTOGRADE_SEED": job.seed,
            "AUTOGRADE_LANGUAGE": job.language,
            "IPYTHONDIR": str(folder / "ipython"),
            "OMP_NUM_THREADS": "1",
        }
        skipped = set(deadly)
        attempts = 1
        while True:
            try:
                return asyncio.run(_execute(self._client(book, folder / "work"), environment, skipped, _))
            except KernelNotStarted:
                if attempts == _STARTS:
                    raise
                attempts += 1

    def _client(self, book: NotebookNode, folder: Path) -> NotebookClient:
        return NotebookClient(
            book, timeout=CELL_TIMEOUT, interrupt_on_timeout=True, allow_errors=True, kernel_name="python3",
            resources={"metadata": {"path": str(folder)}}, store_widget_state=False,
            extra_arguments=["--HistoryManager.hist_file=:memory:", f"--IPKernelApp.exec_lines={NO_EXIT}"],
        )  # fmt: skip


async def _execute(
    client: NotebookClient, environment: dict[str, str], skipped: set[int], _: Callable[[str], str]
) -> tuple[int, str] | None:
    index = 0
    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(client.async_setup_kernel(env=environment))
        except RuntimeError as error:
            raise KernelNotStarted(str(error)) from error
        try:
            for index, cell in enumerate(client.nb.cells):
                if index not in skipped:
                    try:
                        await client.async_execute_cell(cell, index)
                    except (CellExecutionError, CellTimeoutError):
                        continue
        except DeadKernelError:
            return index, _("This cell ended the whole Python process. It was left out, and the others were run again.")
    return None


def _error(name: str, what: str) -> NotebookNode:
    return NotebookNode({"output_type": "error", "ename": name, "evalue": what, "traceback": [what]})


def verdicts_in(book: NotebookNode) -> dict[str, Mapping[str, object]]:
    """Return the verdicts in a notebook's outputs, by function."""
    found = (
        output.data[VERDICT]
        for cell in book.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.get("outputs", [])
        if VERDICT in output.get("data", {})
    )
    return {str(verdict["function"]): dict(verdict) for verdict in found}
