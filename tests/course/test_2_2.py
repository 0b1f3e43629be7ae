"""Lesson 2.2: what each token may do, and a token that is typed in a browser and saved nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ExecutedLesson, Lab

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@in_both_languages
def test_the_lesson_runs_and_saves_no_token(run_lesson: Callable[..., ExecutedLesson], language: str) -> None:
    assert "fatal:" not in run_lesson("2.2", language).everything_printed()


def test_a_token_made_on_the_hubs_page_and_typed_in_the_lesson_says_who_you_are(lab: Lab) -> None:
    page = lab.page
    page.goto(f"{lab.hub}/join")
    page.locator("#username").fill("ada")
    page.locator("#email").fill("ada@example.org")
    page.locator("#password").fill("correct horse battery")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/welcome")
    page.goto(f"{lab.hub}/settings/tokens")
    page.locator("#name").fill("lesson 2.2")
    page.get_by_role("radio", name="write").check()
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("[data-token]").get_attribute("data-token")
    assert token

    panel = lab.open_lesson("2.2-log-in")
    lab.run_cell(panel, "open_lesson(").get_by_role("link", name="Access tokens").wait_for()
    form = lab.run_cell(panel, "TokenInput()")
    field, status = form.locator("input[type=password]"), form.get_by_role("status")
    field.fill("hf_wrong")
    form.get_by_role("button", name="Log in").click()
    status.filter(has_text="The Hub answers").wait_for()
    field.fill(token)
    field.press("Enter")
    status.filter(has_text="You are ada").wait_for()
    assert "lesson 2.2" in status.inner_text()
    assert field.input_value() == ""
    assert (lab.workspace / ".autograde/huggingface/token").read_text() == token

    file = lab.workspace / "2.2-log-in.ipynb"
    before = file.read_bytes()
    lab.save()
    saved = file.read_text(encoding="utf-8")
    assert saved.encode() != before
    assert "widget-state+json" in saved
    assert "You are ada" in saved
    assert token not in saved
    assert "hf_wrong" not in saved
