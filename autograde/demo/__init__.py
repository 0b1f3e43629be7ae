"""The tutorial's six steps, run by themselves with the real programs against a Hub that is thrown away afterwards."""

from __future__ import annotations

from autograde.demo.steps import run

__all__ = ["run"]
