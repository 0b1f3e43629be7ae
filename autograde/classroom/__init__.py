"""Tools for a class on a Hub: accounts from a class list, learners' progress, exports of events."""

from __future__ import annotations

from autograde.classroom.extension import CLASSROOM

__all__ = ["CLASSROOM"]
