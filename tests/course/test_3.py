"""Lesson 3: the statements of the summary are correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde.hub import LocalHub

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson


#: The change that Modify asks for: an address without a Hub.
MODIFIED = {
    "another-endpoint": """
try:
    print(len(list(HfApi(endpoint="http://127.0.0.1:9").list_models())))
except Exception as error:
    print(type(error).__name__)
"""
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_3_shows_the_hubs_address_and_the_progress(
    shared_lesson: Callable[..., ExecutedLesson], hub: LocalHub, language: str
) -> None:
    # Five retries take a while: run them in one language only.
    lesson = shared_lesson("3", language, twice=True, afterwards=MODIFIED if language == "en" else {})
    assert lesson.printed("compare-what-changes").splitlines()[:2] == [hub.endpoint, "https://huggingface.co"]
    # "The message always names huggingface.co, also when your own Hub was asked."
    refusal = lesson.printed("load-a-misspelt-name")
    assert "mymodel4" in refusal
    assert "huggingface.co" in refusal
    assert lesson.printed("another-endpoint").strip().isdigit()
    assert len(lesson.printed("show-progress").splitlines()) == 7


def test_the_models_and_their_commits_are_listed(run_lesson: Callable[..., ExecutedLesson], hub: LocalHub) -> None:
    run_lesson("2", "en", until="copy-add-commit-push")
    lesson = run_lesson("3", "en", {"load-a-misspelt-name": "pass"})
    listed = lesson.printed("list-your-models")
    assert f"{lesson.account}/first-model" in listed
    assert "Upload my first model" in listed
    assert "initial commit" in listed


def test_address_without_a_hub_gives_a_connect_error(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    output = shared_lesson("3", "en", twice=True, afterwards=MODIFIED).printed_afterwards("another-endpoint")
    assert output.rstrip().endswith("ConnectError")
    # The lesson says that there are five retries.
    assert "Retry 5/5" in output
