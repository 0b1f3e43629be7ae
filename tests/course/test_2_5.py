"""Lesson 2.5: the real files are downloaded, and a clone of pointers is recognised and repaired."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde.files import sha256
from autograde.models import FINETUNED_SHA256, finetuned_folder

if TYPE_CHECKING:
    from conftest import ExecutedLesson

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@in_both_languages
def test_the_clone_holds_the_real_files_and_a_clone_of_pointers_is_repaired(
    run_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = run_lesson("2.5", language)
    for clone in ("mymodel04", "without-lfs"):
        weights = lesson.workspace / "clones" / "2.5" / clone / "model.safetensors"
        assert weights.stat().st_size == (finetuned_folder() / "model.safetensors").stat().st_size
        assert sha256(weights.read_bytes()) == FINETUNED_SHA256["model.safetensors"]
    assert "version https://git-lfs.github.com/spec/v1" in lesson.printed("look-at-the-pointer")
    assert "header" in lesson.printed("load-the-pointer-file")
    assert "fatal:" not in lesson.everything_printed()
