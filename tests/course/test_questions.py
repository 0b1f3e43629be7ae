"""The questions of a lesson in a real JupyterLab, answered with the keyboard alone, in both languages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from autograde.widgets.question_bank import question
from autograde.widgets.step_sorter import shuffled

if TYPE_CHECKING:
    from conftest import Lab

WORDS = {
    "en": {"said": "You said:", "right": "Right", "not yet": "Not yet.", "up": "Move up", "check": "Check"},
    "zh": {"said": "你的预测：", "right": "正确", "not yet": "还不对。", "up": "上移", "check": "检查"},
}


@pytest.mark.parametrize("language", ["en", "zh"], scope="module")
def test_steps_are_sorted_a_number_is_predicted_and_questions_are_answered_without_a_mouse(
    lab: Lab, language: str
) -> None:
    words, keyboard = WORDS[language], lab.page.keyboard
    panel = lab.open_lesson("2-the-six-steps")
    lab.run_cell(panel, "open_lesson(").get_by_role("link").first.wait_for()

    # Choose the step that belongs at a place, then press the button as often as it has to move.
    sorter = lab.run_cell(panel, '"the-six-steps"')
    steps = sorter.locator("select")
    order = shuffled(question("the-six-steps"))
    sorter.get_by_role("button", name=words["check"]).press("Space")
    sorter.get_by_role("status").filter(has_text=words["not yet"]).wait_for()
    for place in range(len(order)):
        at = order.index(place)
        steps.focus()
        keyboard.press("Home")
        for _press in range(at):
            keyboard.press("ArrowDown")
        for target in range(at - 1, place - 1, -1):
            sorter.get_by_role("button", name=words["up"]).press("Space")
            moved = question("the-six-steps").choices[place].text.in_language(language)
            steps.locator("option", has_text=f"{target + 1}. {moved}").wait_for(state="attached")
        order.insert(place, order.pop(at))
    sorter.get_by_role("button", name=words["check"]).press("Space")
    sorter.get_by_role("status").filter(has_text=words["right"]).wait_for()

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
    quiz.get_by_role("button", name=words["check"]).nth(1).press("Space")
    wrong = question("a-model-without-a-license").choices[0]
    assert wrong.reason
    quiz.get_by_role("status").filter(has_text=wrong.reason.in_language(language)).wait_for()
    choices.first.focus()
    keyboard.press("ArrowDown")
    quiz.get_by_role("button", name=words["check"]).nth(1).press("Space")
    quiz.get_by_role("status").filter(has_text=words["right"]).wait_for()

    # What JupyterLab and ipywidgets do themselves is not ours to mend.
    found: Any = Axe().run(lab.page, context=".jp-OutputArea-output", options={"runOnly": ["wcag2a", "wcag2aa"]})
    ours = [(each["id"], node["html"]) for each in found.response["violations"] for node in each["nodes"]]
    assert ours == []
