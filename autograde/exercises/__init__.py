"""The package that learners' notebooks import: questions that check an answer, give hints and show a solution."""

from __future__ import annotations

from autograde.exercises.exercise import Exercise, LearnerQuestion, grade, open_exercise

__all__ = ["Exercise", "LearnerQuestion", "grade", "open_exercise"]
