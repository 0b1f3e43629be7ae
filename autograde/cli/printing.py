"""Print lines, and errors with what to do next."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

from autograde.errors import KitError

#: Characters that command a terminal or turn the direction of what follows; a learner's file may be called so.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text in which characters that command a terminal are shown as ``�``."""
    return _COMMANDS.sub("�", text)


def say(line: str) -> None:
    """Print a line without wrapping, so that a URL in it can be copied."""
    Console(highlight=False).print(plain(line), markup=False, soft_wrap=True)


def report(error: KitError) -> None:
    """Print an error: what happened, in red, and what to do next."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(plain(error.what), style="bold red"), soft_wrap=True)
    if error.fix:
        console.print(Text(plain(error.fix)), soft_wrap=True)
