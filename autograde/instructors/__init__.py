"""Generate slides, answer keys and sheets for instructors from the lessons, exercises and questions."""

from __future__ import annotations
