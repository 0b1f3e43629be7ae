"""Choose the executor that runs submissions on this machine."""

from __future__ import annotations

from autograde import settings
from autograde.errors import SandboxUnavailable
from autograde.grading.kernel import KernelExecutor
from autograde.grading.pool import ExecutorFactory
from autograde.grading.sandbox.executor import SandboxExecutor
from autograde.grading.sandbox.template_handle import TemplateHandle
from autograde.i18n import messages

_ = messages("cli")


def sandbox_problem() -> str:
    """Return why this machine has no sandbox, in one sentence; an empty string if it has one."""
    if not settings.sandbox():
        return _("AUTOGRADE_SANDBOX=off switches the sandbox off.")
    try:
        TemplateHandle().close()
    except SandboxUnavailable as unavailable:
        return unavailable.what
    return ""


def factory(*, sandbox: bool) -> ExecutorFactory:
    """Return the factory of a worker's executor: with a sandbox, unless ``sandbox`` or the settings switch it off.

    On a system without sandboxes, creating the executor raises :class:`autograde.errors.SandboxUnavailable`.
    """
    return SandboxExecutor if sandbox and settings.sandbox() else KernelExecutor
