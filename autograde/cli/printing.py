"""Printing for a person: plain lines, and errors with what to do next."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from autograde.errors import KitError


def say(line: str) -> None:
    """Print a line as it is: a URL in it stays whole, so that it can be copied."""
    Console(highlight=False).print(line, markup=False, soft_wrap=True)


def report(error: KitError) -> None:
    """Print ``error`` for a person: what happened in red, what to do next below it."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(error.what, style="bold red"), soft_wrap=True)
    if error.fix:
        console.print(Text(error.fix), soft_wrap=True)
