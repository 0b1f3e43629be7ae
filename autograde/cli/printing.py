"""Print lines, and errors with what to do next."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from autograde.errors import KitError


def say(line: str) -> None:
    """Print a line without wrapping, so that a URL in it can be copied."""
    Console(highlight=False).print(line, markup=False, soft_wrap=True)


def report(error: KitError) -> None:
    """Print an error: what happened, in red, and what to do next."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(error.what, style="bold red"), soft_wrap=True)
    if error.fix:
        console.print(Text(error.fix), soft_wrap=True)
