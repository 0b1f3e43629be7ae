"""The command ``autograde``: one module for each command, and the one place that prints errors."""

from __future__ import annotations


def main() -> None:
    """Run the command of this process's arguments."""
    # Imported here because the process of a running Hub needs none of it (autograde.cli.hub_process).
    from autograde.cli.commands import main as run

    run()
