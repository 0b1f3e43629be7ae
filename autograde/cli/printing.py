"""Print lines, and errors with the next step."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

from autograde.errors import KitError

#: Characters that control a terminal or the writing direction, which may be in the name of a learner's file.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text with ``�`` in place of characters that control a terminal."""
    return _COMMANDS.sub("�", text)


def say(line: str) -> None:
    """Print a line without wrapping, so that a URL in it can be copied."""
    Console(highlight=False).print(plain(line), markup=False, soft_wrap=True)


def report(error: KitError) -> None:
    """Print an error: the message in red, and the next step."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(plain(error.what), style="bold red"), soft_wrap=True)
    if error.fix:
        console.print(Text(plain(error.fix)), soft_wrap=True)
