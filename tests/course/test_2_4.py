"""Lesson 2.4: a model is uploaded with git, and everything that the lesson says about it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde.files import sha256
from autograde.hub import LocalHub
from autograde.models import FINETUNED_SHA256

if TYPE_CHECKING:
    from conftest import ExecutedLesson

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@in_both_languages
def test_the_whole_model_is_pushed_with_git(
    hub: LocalHub, run_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = run_lesson("2.4", language)
    repository = hub.repository(f"{lesson.account}/mymodel04")
    assert repository.lfs_paths() == ["model.safetensors"]
    files = repository.files()
    assert {name: sha256(files[name]) for name in FINETUNED_SHA256} == FINETUNED_SHA256
    titles = [commit.message.splitlines()[0] for commit in repository.commits()]
    assert titles[-1] == "initial commit"
    assert titles[-2].startswith("Upload the fine-tuned model")
    assert len(titles) == 3
    # The one refusal is the planned one, in the Hub's words.
    assert lesson.everything_printed().count("fatal:") == 1
    assert "Password authentication in git is no longer supported" in lesson.printed("push-with-a-password")
    assert "LFS  model.safetensors" in lesson.printed("what-the-hub-has")
    assert FINETUNED_SHA256["model.safetensors"] in lesson.printed("what-git-keeps")
