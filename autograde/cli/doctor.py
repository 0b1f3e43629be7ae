"""``autograde doctor``: check this machine."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from autograde import settings
from autograde.cli.options import Language
from autograde.errors import SandboxUnavailable
from autograde.i18n.translation import messages

if TYPE_CHECKING:
    from autograde.setup.doctor import CheckResult

_ = messages("cli")

#: Characters on a line of a notebook in a window of 1000 pixels with the file browser. The terminal that IPython gives
#: to ``!autograde doctor`` says 80, and the browser breaks longer lines in the middle of a word.
NOTEBOOK_WIDTH = 66


def doctor(language: Language = None) -> None:
    """Print the results of all checks. Exit code 1 if something necessary is missing."""
    from autograde.session.port_checks import check_ports
    from autograde.setup.doctor import examine, table

    findings = [*examine(), *check_ports(), *sandbox()]
    Console(width=NOTEBOOK_WIDTH if settings.in_kernel() else None).print(table(findings))
    raise typer.Exit(1 if any(finding.needed for finding in findings) else 0)


def sandbox() -> Iterator[CheckResult]:
    """Check whether learners' notebooks can be graded here, by starting a sandbox; only with nbgrader."""
    from autograde.grading.sandbox.template_handle import TemplateHandle
    from autograde.setup.doctor import CheckResult

    if find_spec("nbgrader") is None:
        return
    try:
        TemplateHandle().close()
    except SandboxUnavailable as error:
        fix = _("Only an instructor needs it, to grade. {what} {fix}").format(what=error.what, fix=error.fix)
        yield CheckResult(_("sandbox for grading"), "", fix)
    else:
        yield CheckResult(_("sandbox for grading"), _("works"))
