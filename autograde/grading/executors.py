"""Choose what runs submissions on this machine."""

from __future__ import annotations

from autograde.errors import MissingTool
from autograde.grading.kernel import KernelExecutor
from autograde.grading.pool import ExecutorFactory
from autograde.i18n import messages

_ = messages("cli")


def sandbox_problem() -> str:
    """Return why there is no sandbox on this machine, in one sentence; empty when there is one."""
    return _("There is no sandbox on this machine, and learners' code would run with your rights.")


def factory(*, sandbox: bool) -> ExecutorFactory:
    """Return what makes a worker's executor.

    Raises:
        MissingTool: there is no sandbox on this machine.
    """
    if not sandbox:
        return KernelExecutor
    raise MissingTool(
        _("There is no sandbox on this machine, and learners' code would run with your rights."),
        _("To grade your own notebooks, or ones that you trust, add --no-sandbox."),
    )
