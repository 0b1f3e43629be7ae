"""Lessons in a real JupyterLab and a real browser, in both languages; one JupyterLab for all tests of a language.

Lessons that load a model are in ``test_models_in_jupyterlab.py``.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from autograde.widgets.question_bank import question
from autograde.widgets.step_sorter import shuffled

if TYPE_CHECKING:
    from autograde.pictures.browsing import LabInBrowser

ADDRESS = "$HF_ENDPOINT/$OWNER/$NAME"
#: The same text in an unprotected output: if JupyterLab didn't render it as mathematics, the test could not fail.
UNPROTECTED = f"from IPython.display import HTML\nHTML('<p>as mathematics: {ADDRESS}</p>')"
SORTER = """\
from autograde.widgets import StepSorter
from autograde.widgets.question_bank import question
StepSorter(question("the-five-commands"), "2.4")"""
SOLUTION = """\
from autograde.exercises import open_exercise
open_exercise("2.2").log_in.solution()"""
CHECK = """\
from autograde.exercises import open_exercise
upload_sh = open_exercise("2.4").upload_sh
upload_sh.hint(2)
upload_sh.check("git clone '$HF_ENDPOINT/$OWNER/$NAME'")
upload_sh.solution()
print("checked")"""


def write_notebook(file: Path, *codes: str) -> None:
    """Write a notebook with these code cells."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(book, file)


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of ``lab``."""
    return str(request.param)


def test_prediction_and_quiz_widgets_work_by_keyboard(lab: LabInBrowser, language: str) -> None:
    words = {
        "en": {"said": "You said:", "right": "Right", "not yet": "Not yet.", "check": "Check"},
        "zh": {"said": "你的预测：", "right": "正确", "not yet": "还不对。", "check": "检查"},
    }[language]
    keyboard = lab.page.keyboard
    panel = lab.open_lesson("2-the-six-steps")
    lab.run_cell(panel, "open_lesson(").get_by_role("link").first.wait_for()

    # Arrow keys move within the list, not between JupyterLab's cells.
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
    reason = quiz.get_by_role("status").filter(has_text=wrong.reason.in_language(language))
    reason.wait_for()
    while not choices.nth(1).is_checked():
        # JupyterLab may move the focus shortly after a button was pressed: press the key again, as a learner would.
        choices.first.press("ArrowDown")
    # A click reaches the kernel before a choice that ipywidgets still holds back: wait until the choice is there.
    reason.wait_for(state="detached")
    quiz.locator("button.jupyter-button", has_text=words["check"]).nth(1).press("Space")
    quiz.get_by_role("status").filter(has_text=words["right"]).wait_for()


def test_a_long_choice_in_a_narrow_window_covers_no_other(lab: LabInBrowser) -> None:
    panel = lab.open_lesson("2-the-six-steps")
    lab.run_cell(panel, "open_lesson(").get_by_role("link").first.wait_for()
    quiz = lab.run_cell(panel, "lesson.quiz(")
    quiz.get_by_role("radio").first.wait_for()
    size = lab.page.viewport_size
    assert size is not None
    lab.page.set_viewport_size({"width": 800, "height": size["height"]})
    # Where the text of each choice begins and ends, whatever height its box has.
    edges = """labels => labels.map(label => {
      const text = document.createRange();
      text.selectNodeContents(label);
      const {top, bottom} = text.getBoundingClientRect();
      return [top, bottom];
    })"""
    choices = quiz.locator(".widget-radio-box label")
    choices.last.scroll_into_view_if_needed()
    found = choices.evaluate_all(edges)
    lab.page.set_viewport_size(size)
    heights = [bottom - top for top, bottom in found]
    assert max(heights) > 1.5 * min(heights)
    assert all(above <= below + 1 for (__, above), (below, __) in itertools.pairwise(found)), found


def test_token_from_the_hubs_page_logs_in_and_is_not_saved_in_the_notebook(lab: LabInBrowser, language: str) -> None:
    words = {
        "en": {"tokens": "Access tokens", "log in": "Log in", "refused": "The Hub answers", "done": "You are ada"},
        "zh": {"tokens": "访问令牌", "log in": "登录", "refused": "Hub 的回答", "done": "你是 ada"},
    }[language]
    page = lab.page.context.new_page()
    page.goto(f"{lab.hub}/join?lang={language}")
    page.locator("#username").fill("ada")
    page.locator("#email").fill("ada@example.org")
    page.locator("#password").fill("correct horse battery")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/welcome")
    page.goto(f"{lab.hub}/settings/tokens?lang={language}")
    page.locator("#name").fill("lesson 2.2")
    page.get_by_role("radio", name="write").check()
    page.locator("form.stack button").click()
    token = page.locator("[data-token]").get_attribute("data-token")
    assert token
    page.close()

    panel = lab.open_lesson("2.2-log-in")
    lab.run_cell(panel, "open_lesson(").get_by_role("link", name=words["tokens"]).wait_for()
    form = lab.run_cell(panel, "TokenInput()")
    field, status = form.locator("input[type=password]"), form.get_by_role("status")
    field.fill("hf_wrong")
    form.get_by_role("button", name=words["log in"]).click()
    status.filter(has_text=words["refused"]).wait_for()
    field.fill(token)
    field.press("Enter")
    status.filter(has_text=words["done"]).wait_for()
    assert "lesson 2.2" in status.inner_text()
    assert field.input_value() == ""
    assert (lab.workspace / ".autograde/huggingface/token").read_text() == token

    file = lab.workspace / "2.2-log-in.ipynb"
    before = file.read_bytes()
    lab.save()
    saved = file.read_text(encoding="utf-8")
    assert saved.encode() != before
    assert "widget-state+json" in saved
    assert words["done"] in saved
    assert token not in saved
    assert "hf_wrong" not in saved


def test_address_of_variables_is_not_rendered_as_mathematics(lab: LabInBrowser, language: str) -> None:
    write_notebook(lab.workspace / "dollars.ipynb", UNPROTECTED, CHECK)
    panel = lab.open_lesson("dollars")
    lab.run_cell(panel, "as mathematics").locator(".jp-OutputArea mjx-container").first.wait_for()
    cell = lab.run_cell(panel, "upload_sh.check")
    cell.locator(".jp-OutputArea", has_text="checked").wait_for()
    output = cell.locator(".jp-OutputArea")
    shown = output.inner_text()
    # The hint, the verdict's next step, and the solution.
    assert shown.count(f'"{ADDRESS}"') == 3, shown
    assert output.locator("mjx-container").count() == 0


def test_a_solution_has_the_colours_of_code(lab: LabInBrowser) -> None:
    write_notebook(lab.workspace / "solution.ipynb", SOLUTION)
    panel = lab.open_lesson("solution")
    output = lab.run_cell(panel, "log_in.solution").locator(".jp-OutputArea")
    word = output.locator("pre span").get_by_text("return", exact=True)
    word.wait_for()
    colours = [each.evaluate("each => getComputedStyle(each).color") for each in (word, output.locator("pre"))]
    assert colours[0] != colours[1]


def test_commands_to_sort_have_the_letters_of_code_and_no_empty_rows(lab: LabInBrowser) -> None:
    """The dots and spaces of ``cp -r $MODEL_FOLDER/. .`` could not be told apart."""
    write_notebook(lab.workspace / "commands.ipynb", SORTER)
    panel = lab.open_lesson("commands")
    cell = lab.run_cell(panel, "the-five-commands")
    letters = "each => getComputedStyle(each).fontFamily"
    steps = cell.locator("select")
    assert steps.evaluate(letters) == cell.locator(".cm-content").evaluate(letters)
    # The list ended with two empty rows. Without the space below the last step, it gets a scroll bar.
    below = "list => list.getBoundingClientRect().bottom - [...list.options].at(-1).getBoundingClientRect().bottom"
    assert 0 < steps.evaluate(below) < 10
    assert steps.evaluate("list => list.scrollHeight - list.clientHeight") == 0


def test_names_of_notebooks_and_long_lines_of_code_are_not_cut_off(lab: LabInBrowser) -> None:
    write_notebook(lab.workspace / "long-lines.ipynb", f"print('{'a long line ' * 20}')")
    panel = lab.open_lesson("long-lines")
    shown = "each => each.clientWidth / each.scrollWidth"
    assert panel.locator(".cm-scroller").evaluate(shown) == 1
    names = lab.page.locator(".jp-DirListing-itemText").filter(has_text="2.")
    assert names.count() == 7
    assert min(each.evaluate(shown) for each in names.all()) > 0.75


def test_opening_a_page_twice_beside_the_notebook_opens_one_tab(lab: LabInBrowser, language: str) -> None:
    address = lab.hub.rstrip("/")
    show = "from autograde.widgets.hub_panel import HubPanel\nHubPanel"
    write_notebook(
        lab.workspace / "pages.ipynb",
        f"{show}('{address}/', 'title of home')",
        f"{show}('{address}/models', 'title of models')",
    )
    panel = lab.open_lesson("pages")
    tabs = lab.page.locator(".lm-TabBar-tab", has_text="title of")
    buttons = [lab.run_cell(panel, f"title of {page}").locator("button.jp-mod-accept") for page in ("home", "models")]
    # The second click comes before the first tab is there.
    buttons[0].dblclick()
    tabs.first.wait_for()
    buttons[1].click()
    tabs.nth(1).wait_for()
    buttons[0].click()
    lab.page.locator(".lm-TabBar-tab.lm-mod-current", has_text="title of home").wait_for()
    assert tabs.count() == 2
    # A page that was closed is opened again.
    tabs.filter(has_text="home").locator(".lm-TabBar-tabCloseIcon").click()
    tabs.nth(1).wait_for(state="detached")
    buttons[0].click()
    tabs.nth(1).wait_for()
    for close in range(2):
        tabs.nth(1 - close).locator(".lm-TabBar-tabCloseIcon").click()


def test_a_push_is_followed_live_in_the_browser(lab: LabInBrowser, language: str) -> None:
    """The panel updates while ``git push`` keeps the kernel busy, then stops; the path shows each step, too."""
    panel = lab.open_lesson("2.4-upload-a-local-model")
    lab.run_all()
    seen = panel.locator(".jp-CodeCell", has_text="RepositoryPanel(name)")
    status = seen.get_by_role("status")
    status.filter(has_text="Upload the fine-tuned model").wait_for(timeout=180_000)
    # The widget started before the push ended: only the pushed commit is marked as new.
    table = seen.get_by_role("table").last
    assert table.get_by_role("row").filter(has_text="Upload the fine-tuned model").filter(has_text="✚").count() == 1
    assert table.get_by_role("row").filter(has_text="initial commit").filter(has_text="✚").count() == 0
    seen.get_by_role("row").filter(has_text="model.safetensors").filter(has_text="LFS").wait_for()
    # The path below each command marks the next one.
    path = {"en": "The path to the Hub", "zh": "通往 Hub 的路"}[language]
    paths = panel.get_by_role("region", name=path)
    marked = [each.locator("[aria-current=step] code").all_inner_texts() for each in paths.all()]
    assert marked == [["cp -r"], ["git ___"], ["git ___"], ["git ___"], []]
    # The commands of the prediction have dollar signs, and are no mathematics.
    compared = panel.locator(".jp-CodeCell", has_text='compare("the-five-commands")').locator(".jp-OutputArea")
    assert "git clone $HF_ENDPOINT/$OWNER/mymodel04" in compared.inner_text()
    assert compared.locator("mjx-container").count() == 0
    # A page of the Hub opens next to the notebook, without using the kernel.
    button = panel.locator(".jp-CodeCell", has_text="lesson.panel(name)").locator("button[data-commandlinker-command]")
    button.click()
    frame = lab.page.frame_locator(".jp-Help iframe")
    frame.get_by_text("mymodel04").first.wait_for()
    notebook, page = panel.bounding_box(), lab.page.locator(".jp-MainAreaWidget.jp-Help").bounding_box()
    assert notebook is not None
    assert page is not None
    assert page["x"] >= notebook["x"] + notebook["width"] - 1
