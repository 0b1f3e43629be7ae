"""Lesson 0: where the Hub is, and how far the learner has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde.hub import LocalHub

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_0_shows_the_hub_and_the_map(
    run_lesson: Callable[..., ExecutedLesson], hub: LocalHub, language: str
) -> None:
    lesson = run_lesson("0", language, twice=True)
    # Investigate: both lines show the same address.
    assert lesson.printed("look-at-the-endpoint").count(hub.endpoint) == 2
    steps = lesson.printed("show-progress").splitlines()[1:]
    assert len(steps) == 6
    assert all(step.startswith("○") for step in steps)
    assert steps[0].endswith("← " + {"en": "next", "zh": "下一步"}[language])
    assert "fatal:" not in lesson.everything_printed()
