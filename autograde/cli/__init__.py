"""The command ``autograde``: a module for each command, and the only place that prints errors."""

from __future__ import annotations


def main() -> None:
    """Run the command given by this process's arguments."""
    # Imported here because the process of a running Hub does not need it (autograde.cli.hub_process).
    from autograde.cli.commands import main as run

    run()
