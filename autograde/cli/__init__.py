"""The command ``autograde``: one module for each command, and the one place that prints errors."""

from __future__ import annotations

from autograde.cli.commands import app, main

__all__ = ["app", "main"]
