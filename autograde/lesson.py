"""The first cell of a lesson: ``from autograde.lesson import open_lesson``."""

from __future__ import annotations

from autograde.session.clones import FoundClone, find_clone
from autograde.session.lesson import Lesson, LessonAccount
from autograde.session.open_lesson import open_lesson

__all__ = ["FoundClone", "Lesson", "LessonAccount", "find_clone", "open_lesson"]
