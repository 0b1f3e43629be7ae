"""Choose what runs submissions on this machine."""

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
    """Return why there is no sandbox on this machine, in one sentence; empty when there is one."""
    if not settings.sandbox():
        return _("AUTOGRADE_SANDBOX=off switches the sandbox off.")
    try:
        TemplateHandle().close()
    except SandboxUnavailable as unavailable:
        return unavailable.what
    return ""


def factory(*, sandbox: bool) -> ExecutorFactory:
    """Return what makes a worker's executor: with a sandbox, unless it is not wanted here or in the settings.

    The executor of a system without sandboxes raises :class:`autograde.errors.SandboxUnavailable` when it is made.
    """
    return SandboxExecutor if sandbox and settings.sandbox() else KernelExecutor
