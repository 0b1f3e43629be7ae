"""What a teacher needs for a class on a Hub: accounts from a list, each learner's progress, exports of the events."""

from __future__ import annotations

from autograde.classroom.extension import CLASSROOM

__all__ = ["CLASSROOM"]
