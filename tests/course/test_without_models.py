"""Lessons 0 and 1 on a class Hub without models: they say what the teacher has to do, and run to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from autograde.classroom import CLASSROOM
from autograde.hub import LocalHub

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson

#: Cells of lesson 1 that cannot have a result without the models.
NEEDING = ("read-a-card", "download-the-config", "three-lines-of-transformers", "compare-the-second-download")

WORDS = {
    "en": ("This Hub doesn't have the model sentence-transformers/all-MiniLM-L6-v2", "Ask your teacher"),
    "zh": ("这个 Hub 上没有模型 sentence-transformers/all-MiniLM-L6-v2", "请老师用"),
}


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    """A Hub as ``autograde hub serve`` starts it without ``--models``."""
    with LocalHub(extensions=(CLASSROOM,)) as running:
        yield running


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_1_says_what_the_teacher_has_to_do_and_runs_to_the_end(
    run_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    # nbclient stops at an error, as "Run All" does: the lesson ran to its end. run_lesson checks for tracebacks.
    lesson = run_lesson("1", language)
    missing, teacher = WORDS[language]
    assert "autograde hub serve --models" in lesson.printed("open-the-lesson")
    for cell in NEEDING:
        output = lesson.printed(cell)
        assert missing in output, cell
        assert teacher in output
        assert "autograde hub serve --models" in output
    assert "gallery/tiny-bert-without-a-card" in lesson.printed("a-model-without-a-card")
    assert lesson.printed("answer-three-questions")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_0_runs_without_models(run_lesson: Callable[..., ExecutedLesson], language: str) -> None:
    lesson = run_lesson("0", language)
    assert "autograde hub serve --models" in lesson.printed("open-the-lesson")
    assert lesson.printed("list-models") == ""
