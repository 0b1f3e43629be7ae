"""Run submissions in the sandbox when nbgrader's own commands and buttons grade them."""

from __future__ import annotations

import atexit
import os
import stat
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from traitlets import Bool

from autograde import settings
from autograde.grading.execution import Job
from autograde.grading.nbgrader.stock_autograde import SurvivingExecute
from autograde.grading.sandbox import SandboxLimits
from autograde.grading.sandbox.executor import SandboxExecutor
from autograde.grading.submissions.language import language_of
from autograde.i18n import messages

_ = messages("cli")

#: Maximum total size of the files next to a notebook, in bytes.
LARGEST = 100 * 2**20


class SandboxedExecute(SurvivingExecute):
    """Runs a notebook in the sandbox, or in an ordinary kernel if the sandbox is switched off."""

    sandbox = Bool(
        True,
        help="Whether learners' code is kept away from the files, the marks and the network of this machine. "
        "AUTOGRADE_SANDBOX=off switches it off, too.",
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook.

        Raises:
            SandboxUnavailable: this system cannot isolate processes, and the sandbox is not switched off.
        """
        if not (self.sandbox and settings.sandbox()):
            self.log.warning(
                _("The sandbox is switched off: learners' code can change marks, and can read and change your files.")
            )
            return super().preprocess(nb, resources, km)
        submission = resources["nbgrader"]
        job = Job(
            submission["student"],
            submission["assignment"],
            nbformat.writes(nb).encode("utf-8", "replace"),
            files_of(Path(resources["metadata"]["path"])),
            language_of(nb),
            settings.grading_seed(),
        )
        done = _executor(float(self.timeout or SandboxLimits().cell_seconds)).run(job)
        for note in done.notes:
            self.log.warning("%s: %s", submission["student"], note)
        return nbformat.reads(done.notebook.decode("utf-8"), as_version=4), resources


@cache
def _executor(cell_seconds: float) -> SandboxExecutor:
    """Return this process's only executor, which is closed at exit."""
    executor = SandboxExecutor(SandboxLimits(cell_seconds=cell_seconds))
    atexit.register(executor.close)
    return executor


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files next to a notebook by relative path, up to :data:`LARGEST` bytes in total, without links."""
    found: dict[str, bytes] = {}
    room = LARGEST
    for at, _folders, names in os.walk(folder):
        for path in sorted(Path(at, name) for name in names if not name.endswith(".ipynb")):
            state = path.lstat()
            if stat.S_ISREG(state.st_mode) and state.st_size <= room:
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
                room -= state.st_size
    return found
