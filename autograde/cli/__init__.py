"""The command ``autograde``: a module for each command, and the only place that prints errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from autograde import settings


def main() -> None:
    """Run the command given by this process's arguments."""
    # Help texts are translated when the commands are imported, and typer rejects a wrong option before it reads others.
    if language := typed_language(sys.argv[1:]):
        settings.choose_language(language)
    # Imported here because the process of a running Hub does not need it (autograde.cli.hub_process).
    from autograde.cli.commands import main as run

    run()


def typed_language(arguments: Sequence[str]) -> str | None:
    """Return the kit's language that ``--language`` or ``-l`` names on the command line; None: neither, or another one.

    Args:
        arguments: the words after ``autograde``.
    """
    found = None
    words = iter(arguments)
    for word in words:
        if word == "--":
            break
        if word in ("--language", "-l"):
            value = next(words, "")
        elif word.startswith("--language="):
            value = word.removeprefix("--language=")
        elif word.startswith("-l"):
            value = word.removeprefix("-l")
        else:
            continue
        found = value if value in settings.LANGUAGES else found
    return found
