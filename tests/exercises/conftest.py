"""A new process's exercises for each test."""

from __future__ import annotations

import pytest

from autograde.exercises import exercise


@pytest.fixture(autouse=True)
def without_earlier_exercises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the language that another test's exercise chose, and the answers that it checked."""
    monkeypatch.setattr(exercise._Chosen, "language", None)
    monkeypatch.setattr(exercise, "_last_checked", {})
