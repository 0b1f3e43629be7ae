"""Lesson 2: all six steps with a small model."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde.hub import LocalHub

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson


#: The change that Modify asks for: another sentence.
MODIFIED = {
    "load-the-model": """
from transformers import AutoModel, AutoTokenizer
folder = lesson.folder / "downloaded"
tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
print(model(**tokenizer("we have a very new house", return_tensors="pt")).last_hidden_state.shape)
"""
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_2_publishes_and_loads_a_model(
    shared_lesson: Callable[..., ExecutedLesson], hub: LocalHub, language: str
) -> None:
    lesson = shared_lesson("2", language, afterwards=MODIFIED)
    repository = hub.repository(f"{lesson.account}/first-model")
    assert repository.lfs_paths() == ["model.safetensors"]
    assert [commit.message.strip() for commit in repository.commits()] == ["Upload my first model", "initial commit"]
    downloaded = lesson.workspace / "clones" / "2" / "downloaded" / "model.safetensors"
    assert downloaded.read_bytes() == repository.files()["model.safetensors"]
    # Modify refers to this shape.
    assert lesson.printed("load-the-model").strip().endswith("torch.Size([1, 7, 32])")
    assert re.search(r"\b2$", lesson.printed("compare-the-commits").splitlines()[-2])
    refusal = lesson.printed("clone-before-creating")
    assert "remote: " in refusal
    assert "fatal: " in refusal
    assert lesson.everything_printed().count("fatal:") == 1


def test_each_cell_of_lesson_2_may_run_twice(run_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = run_lesson("2", "en", twice=True)
    assert "nothing to commit" in lesson.printed("copy-add-commit-push")
    assert lesson.printed("load-the-model").strip().endswith("torch.Size([1, 7, 32])")


def test_another_sentence_changes_only_the_number_of_tokens(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2", "en", afterwards=MODIFIED)
    assert lesson.printed_afterwards("load-the-model").strip().endswith("torch.Size([1, 8, 32])")
