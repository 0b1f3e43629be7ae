"""Lesson 2.6: the tutorial's program gives the tutorial's ids and shape, and the explorers answer in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import ExecutedLesson, Lab

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@in_both_languages
def test_the_lesson_ends_with_the_tutorials_shape(run_lesson: Callable[..., ExecutedLesson], language: str) -> None:
    lesson = run_lesson("2.6", language)
    ids = "[101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102]"
    assert ids in lesson.printed("encode-the-pair")
    assert lesson.printed("make-segment-ids") == "[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]"
    assert lesson.printed("run-the-model").rstrip().endswith("torch.Size([1, 12, 768])")
    assert lesson.printed("the-tokenizers-own").rstrip().endswith("the same: True")
    assert "same numbers: False" in lesson.printed("wrong-segment-ids")
    assert "fatal:" not in lesson.everything_printed()


def test_the_whole_lesson_runs_in_the_browser_and_its_explorers_answer(lab: Lab) -> None:
    panel = lab.open_lesson("2.6-load-the-downloaded-model")
    lab.run_all()
    outputs = panel.locator(".jp-OutputArea-output")
    outputs.filter(has_text="largest difference").wait_for(timeout=180_000)
    outputs.filter(has_text="torch.Size([1, 12, 768])").first.wait_for()
    assert panel.locator("[data-mime-type='application/vnd.jupyter.stderr']", has_text="Error").count() == 0
    assert panel.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0

    segments = panel.locator(".jp-CodeCell", has_text="SegmentExplorer(tokenizer)")
    toggles = segments.locator(".widget-toggle-button")
    for position in range(5, 12):
        toggles.nth(position).press("Space")
    segments.get_by_role("button", name="Check").click()
    segments.get_by_role("status").filter(has_text="All 12 segments").wait_for()

    shapes = panel.locator(".jp-CodeCell", has_text="ShapeExplorer({")
    shapes.locator("select").select_option("MiniLM")
    shapes.get_by_label("hidden size").check()
    shapes.get_by_role("button", name="Run the model").click()
    shapes.get_by_role("status").filter(has_text="As you predicted").wait_for()
    assert "384" in shapes.get_by_role("table").inner_text()
