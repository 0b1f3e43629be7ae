"""Lesson 2.2: what the Hub allows without a token, with a read token and with a write token."""

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

LESSON = KIT / "course" / "2.2-log-in.ipynb"

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


#: What the lesson teaches, by action: the Hub's refusal without a token, with a read token, and with a write token.
#: Empty where the Hub allows the action.
ALLOWED = {
    "download-public": ("", "", ""),
    "who-am-i": ("refused", "", ""),
    "download-private": ("401", "", ""),
    "upload": ("401", "403", ""),
    "create-repository": ("401", "403", ""),
}


def grid(printed: str) -> list[list[str]]:
    """Return the fields of the printed role grid, row by row, without the actions' names."""
    return [re.split(r" {2,}", line)[1:] for line in printed.splitlines()[1:]]


def modified() -> dict[str, str]:
    """Return the cells with the pitfall that Modify shows: with ``exist_ok=True`` the Hub has nothing to refuse."""
    cells = {each.id: each.source for each in notebooks.read(LESSON).cells}
    changed = (
        cells["role-grid"]
        .replace(
            'f"{owner}/token-test-{secrets.token_hex(4)}", private=True',
            "private, private=True, exist_ok=True",
        )
        .replace("    api.delete_repo(repository.repo_id)\n", "")
    )
    assert changed.count("exist_ok=True") == 1
    return {"role-grid": changed, "try-every-act": cells["try-every-act"]}


@in_both_languages
def test_grid_shows_what_the_hub_allows_in_the_learners_language(
    hub: LocalHub, shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.2", language, afterwards=modified())
    assert "fatal:" not in lesson.everything_printed()
    rows = grid(lesson.printed("try-every-act"))
    assert len(rows) == len(ALLOWED)
    for row, expected in zip(rows, ALLOWED.values(), strict=True):
        for field, status in zip(row, expected, strict=True):
            assert field.startswith("✗" if status else "✓"), row
            assert status.removeprefix("refused") in field, row
    if language == "zh":
        assert not re.search(r"[A-Za-z]", "".join(field for row in rows for field in row))
    # The prediction's right choices are what the grid's middle column shows.
    choices = question("what-a-read-token-may-do").choices
    assert [choice.right for choice in choices] == [not read for _none, read, _write in ALLOWED.values()]
    assert lesson.printed("create-with-a-read-token").startswith("403 ")
    assert "Written with the write token." in lesson.printed("write-then-read")
    # Only two repositories remain.
    assert [
        each.full_name for each in hub.repositories() if each.full_name.startswith(f"{lesson.account}/token-test")
    ] == [
        f"{lesson.account}/token-test",
        f"{lesson.account}/token-test-public",
    ]


def test_exist_ok_in_modify_hides_the_refusal_of_the_read_token(
    shared_lesson: Callable[..., ExecutedLesson],
) -> None:
    """The lesson warns of this pitfall: with ``exist_ok=True``, creating an existing repository is not refused."""
    rows = grid(shared_lesson("2.2", "en", afterwards=modified()).printed_afterwards("try-every-act"))
    assert [field[0] for field in rows[-1]] == ["✗", "✓", "✓"]
