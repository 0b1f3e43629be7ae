"""The judging side of a task that needs a Hub: prepare a temporary Hub for a case, and read its state afterwards."""

from __future__ import annotations

from autograde.runner.hubs.throw_away_hub import ThrowAwayHub

__all__ = ["ThrowAwayHub"]
