"""``autograde grade-demo``: grade a sample class."""

from __future__ import annotations

import typer
from rich.console import Console

from autograde.cli.options import Language
from autograde.i18n.translation import messages

_ = messages("cli")


def grade_demo(language: Language = None) -> None:
    """Grade the sample class. Exit code 1 if a score is not the expected one."""
    from autograde.grading.demo_report import run
    from autograde.settings import KIT

    raise typer.Exit(0 if run(Console(highlight=False), KIT) else 1)
