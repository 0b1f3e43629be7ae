"""Run the tutorial's six steps automatically, with the real programs and a temporary Hub."""

from __future__ import annotations

from autograde.demo.steps import run

__all__ = ["run"]
