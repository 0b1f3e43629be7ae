"""``autograde demo``: run the tutorial's six steps automatically."""

from __future__ import annotations

from rich.console import Console

from autograde.cli.options import Language
from autograde.i18n.translation import messages

_ = messages("cli")


def demo(language: Language = None) -> None:
    """Run the tutorial's six steps."""
    from autograde.demo import run

    run(Console(highlight=False))
