"""``autograde doctor``: check this machine."""

from __future__ import annotations

import typer
from rich.console import Console

from autograde.cli.options import Language
from autograde.i18n.translation import messages

_ = messages("cli")


def doctor(language: Language = None) -> None:
    """Print the results of all checks. Exit code 1 if something necessary is missing."""
    from autograde.setup.doctor import examine, table

    findings = examine()
    Console().print(table(findings))
    raise typer.Exit(1 if any(finding.needed for finding in findings) else 0)
