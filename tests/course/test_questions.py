"""The questions of a lesson in a real JupyterLab, answered with the keyboard alone, in both languages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from autograde.widgets.question_bank import question
from autograde.widgets.step_sorter import shuffled

if TYPE_CHECKING:
    from autograde.pictures.browsing import Lab

WORDS = {
    "en": {"said": "You said:", "right": "Right", "not yet": "Not yet.", "check": "Check"},
    "zh": {"said": "你的预测：", "right": "正确", "not yet": "还不对。", "check": "检查"},
}


@pytest.mark.parametrize("language", ["en", "zh"], scope="module")
def test_a_step_is_chosen_a_number_predicted_and_a_question_answered_without_a_mouse(lab: Lab, language: str) -> None:
    words, keyboard = WORDS[language], lab.page.keyboard
    panel = lab.open_lesson("2-the-six-steps")
    lab.run_cell(panel, "open_lesson(").get_by_role("link").first.wait_for()

    # The arrow keys are the list's, not JupyterLab's.
    sorter = lab.run_cell(panel, '"the-six-steps"')
    steps, check = sorter.locator("select"), sorter.locator("button.jupyter-button", has_text=words["check"])
    check.press("Space")
    sorter.get_by_role("status").filter(has_text=words["not yet"]).wait_for()
    steps.focus()
    keyboard.press("Home")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    assert steps.evaluate("list => [list.selectedIndex, document.activeElement === list]") == [2, True]

    number = lab.run_cell(panel, '"commits-after-one-push")')
    field = number.locator("input[type=text]")
    field.focus()
    keyboard.type("3")
    keyboard.press("Enter")
    number.get_by_role("status").filter(has_text=words["said"]).wait_for()
    kept = json.loads((lab.workspace / ".autograde/predictions.json").read_text())
    assert kept["commits-after-one-push"] == 3
    assert kept["the-six-steps"] == shuffled(question("the-six-steps"))

    quiz = lab.run_cell(panel, "lesson.quiz(")
    choices = quiz.get_by_role("radio")
    choices.first.focus()
    keyboard.press("Space")
    quiz.locator("button.jupyter-button", has_text=words["check"]).nth(1).press("Space")
    wrong = question("a-model-without-a-license").choices[0]
    assert wrong.reason
    quiz.get_by_role("status").filter(has_text=wrong.reason.in_language(language)).wait_for()
    choices.first.focus()
    keyboard.press("ArrowDown")
    quiz.locator("button.jupyter-button", has_text=words["check"]).nth(1).press("Space")
    quiz.get_by_role("status").filter(has_text=words["right"]).wait_for()
