"""Lesson 2.3: what a new repository contains, who sees it, and what its model card says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde import notebooks
from autograde.hub import LocalHub
from autograde.settings import KIT
from autograde.widgets.question_bank import question

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson

LESSON = KIT / "course" / "2.3-create-a-model-repository.ipynb"

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def modified() -> dict[str, str]:
    """Return the change that Modify asks for: the repository becomes public."""
    [cell] = [each.source for each in notebooks.read(LESSON).cells if each.id == "change-the-visibility"]
    return {"change-the-visibility": cell.replace("private=True", "private=False")}


@in_both_languages
def test_a_new_repository_has_one_commit_with_one_file(
    hub: LocalHub, shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.3", language, afterwards=modified())
    name = f"{lesson.account}/mymodel04"
    repository = hub.repository(name)
    assert not repository.private
    files, [commit] = repository.files(), repository.commits()
    assert list(files) == [".gitattributes"]
    assert b"*.safetensors filter=lfs" in files[".gitattributes"]
    assert lesson.printed("look-into-the-repository").split() == [".gitattributes", commit.oid[:8], "initial", "commit"]
    [right] = [each.text.en for each in question("files-in-a-new-repository").choices if each.right]
    assert right == "One commit with one file, `.gitattributes`"
    assert lesson.printed("create-the-repository") == repr(name)


@in_both_languages
def test_license_is_in_the_card_and_strangers_do_not_see_a_private_repository(
    hub: LocalHub, shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.3", language, afterwards=modified())
    assert "license: apache-2.0" in lesson.printed("write-the-license")
    card = hub.repository(f"{lesson.account}/license-test").files()["README.md"].decode()
    assert card.startswith("---\nlicense: apache-2.0\n")
    # "a repository without a card gets one with headings to fill in"
    assert "\n## " in card
    assert answers(lesson.printed("change-the-visibility")) == ["True", "False"]
    assert lesson.printed("create-it-again").startswith("409 ")


def answers(printed: str) -> list[str]:
    """Return whether the repository exists for its owner, and for a stranger."""
    return re.findall(r"= (True|False)", printed)


def test_stranger_sees_the_repository_that_modify_makes_public(
    hub: LocalHub, shared_lesson: Callable[..., ExecutedLesson]
) -> None:
    lesson = shared_lesson("2.3", "en", afterwards=modified())
    assert answers(lesson.printed_afterwards("change-the-visibility")) == ["True", "True"]
    assert not hub.repository(f"{lesson.account}/license-test").private
