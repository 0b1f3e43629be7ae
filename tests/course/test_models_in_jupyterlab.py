"""Lessons that load a model in a real JupyterLab and a real browser, in both languages.

One JupyterLab for all tests of a language. The explorers are used by keyboard.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.sync_api import Locator

from autograde.models import FINETUNED_SHA256

from .plot_texts import ALT

if TYPE_CHECKING:
    from autograde.pictures.browsing import LabInBrowser


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of ``lab``."""
    return str(request.param)


def has_torch(kernel: psutil.Process) -> bool:
    try:
        return any("libtorch" in part.path for part in kernel.memory_maps())
    except psutil.Error:
        return False


def kernels(workspace: Path) -> list[psutil.Process]:
    """Return the kernels of the notebooks in this folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "ipykernel_launcher" in process.cmdline() and Path(process.cwd()) == workspace:
                found.append(process)
    return found


@pytest.fixture(scope="module")
def opened(lab: LabInBrowser) -> tuple[Locator, bool]:
    """The lesson's panel before any cell was run, and whether its kernel loaded torch."""
    others = kernels(lab.workspace)
    panel = lab.open_lesson("2.6-load-the-downloaded-model")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(has_torch(kernel) for kernel in kernels(lab.workspace) if kernel not in others):
            return panel, True
        lab.page.wait_for_timeout(200)
    return panel, False


@pytest.fixture(scope="module")
def panel(lab: LabInBrowser, opened: tuple[Locator, bool]) -> Locator:
    panel, _has_torch = opened
    lab.run_all()
    # The last cell of the lesson.
    panel.locator(".jp-CodeCell", has_text="lesson.quiz(").locator(".widget-radio, input").first.wait_for(
        timeout=240_000
    )
    return panel


def test_torch_is_imported_when_the_lesson_is_opened(opened: tuple[Locator, bool]) -> None:
    _panel, has_torch = opened
    assert has_torch


def test_lesson_runs_without_errors_and_shows_its_picture(panel: Locator) -> None:
    assert panel.locator("[data-mime-type='application/vnd.jupyter.stderr']", has_text="Error").count() == 0
    assert panel.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    panel.locator(".jp-OutputArea-output", has_text="torch.Size([1, 12, 768])").first.wait_for()
    picture = panel.locator("img[src*='segments']")
    picture.wait_for()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert picture.get_attribute("alt")


def test_segment_explorer_works_with_tab_and_space(lab: LabInBrowser, panel: Locator, language: str) -> None:
    words = {
        "en": ("Not yet", "A common cause", "All 12 segments are right", "Next step of the rule"),
        "zh": ("还不对", "常见原因", "12 个片段编号全对", "下一步推导"),
    }[language]
    explorer = panel.locator(".jp-CodeCell", has_text="SegmentExplorer(tokenizer)")
    toggles, keyboard = explorer.locator(".widget-toggle-button"), lab.page.keyboard
    assert toggles.count() == 12
    # Include the first [SEP], which is the common mistake.
    toggles.nth(4).focus()
    for _position in range(4, 12):
        keyboard.press("Space")
        keyboard.press("Tab")
    keyboard.press("Enter")  # Check has the focus now
    status = explorer.get_by_role("status")
    status.filter(has_text=words[0]).wait_for()
    assert words[1] in status.inner_text()
    assert "[SEP] · 1" in toggles.nth(4).inner_text()
    toggles.nth(4).focus()
    keyboard.press("Space")
    explorer.locator("button.mod-primary").press("Enter")
    status.filter(has_text=words[2]).wait_for()
    # Show the rule step by step.
    explorer.get_by_role("button", name=words[3]).press("Enter")
    status.filter(has_text="102").wait_for()
    explorer.get_by_role("button", name=words[3]).press("Enter")
    explorer.get_by_role("table").filter(has_text="▸ 4").wait_for()


def test_chinese_sentence_is_tokenized_after_choosing_another_vocabulary(panel: Locator) -> None:
    explorer = panel.locator(".jp-CodeCell", has_text="SegmentExplorer(tokenizer)")
    field = explorer.locator("input[type=text]").first
    field.fill("空谈没有用")
    field.press("Enter")
    explorer.get_by_role("status").filter(has_text="[UNK]").wait_for()
    explorer.locator("select").select_option(index=1)
    explorer.get_by_role("table").filter(has_text="谈").wait_for()
    assert "[UNK]" not in explorer.get_by_role("table").inner_text()


def test_shape_explorer_requires_a_prediction_and_compares_it(panel: Locator, language: str) -> None:
    words = {
        "en": ("Predict first", "Not what you predicted", "As you predicted", "hidden size", "batch"),
        "zh": ("请先预测", "和你的预测不同", "和你的预测一致", "隐藏层大小", "批次（batch）"),
    }[language]
    shapes = panel.locator(".jp-CodeCell", has_text="ShapeExplorer({")
    status, run = shapes.get_by_role("status"), shapes.locator("button.mod-primary")
    shapes.locator("select").select_option("MiniLM")
    run.press("Enter")
    status.filter(has_text=words[0]).wait_for()
    shapes.get_by_label(words[4], exact=True).press("Space")
    run.press("Enter")
    status.filter(has_text=words[1]).wait_for()
    shapes.locator("select").select_option("mymodel04")
    shapes.get_by_label(words[3]).press("Space")
    run.press("Enter")
    status.filter(has_text=words[2]).wait_for()
    assert "384" in shapes.get_by_role("table").inner_text()


def test_the_plots_are_visible_and_the_sliders_work_by_keyboard(lab: LabInBrowser, language: str) -> None:
    panel = lab.open_lesson("2.6b-what-the-numbers-mean")
    lab.run_all()
    panel.locator(".jp-CodeCell", has_text="lesson.quiz(").locator("input").first.wait_for(timeout=240_000)
    assert panel.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    plots = panel.locator("figure img")
    assert plots.count() == 5
    for number in range(5):
        assert plots.nth(number).evaluate("image => image.complete && image.naturalWidth > 300")
        assert plots.nth(number).bounding_box()
    for identifier, words in ALT[language].items():
        assert panel.get_by_alt_text(words).count() == 1, identifier

    shown = panel.locator(".jp-CodeCell", has_text="AttentionMap(tokenizer")
    status = shown.get_by_role("status")
    layer, head = shown.get_by_role("slider").nth(0), shown.get_by_role("slider").nth(1)
    layer.focus()
    lab.page.keyboard.press("ArrowRight")
    status.filter(has_text={"en": "Layer 2, head 3.", "zh": "第 2 层，第 3 个头。"}[language]).wait_for()
    head.focus()
    for _time in range(6):
        lab.page.keyboard.press("ArrowRight")
    average = {"en": "the token after: 51%", "zh": "后一个词元：平均 51%"}[language]
    status.filter(has_text=average).wait_for()
    # The numbers of the picture as a table, for screen readers.
    shown.locator("summary").click()
    assert shown.get_by_role("table").get_by_role("row").count() == 13


def test_pointer_inspector_works_in_the_browser(lab: LabInBrowser, language: str) -> None:
    same = {"en": "✓ the same", "zh": "✓ 一致"}[language]
    panel = lab.open_lesson("2.5-download-with-git-clone")
    lab.run_all()
    inspector = panel.locator(".jp-CodeCell", has_text="PointerInspector(pointers, clone)")
    table = inspector.get_by_role("table")
    table.wait_for(timeout=180_000)
    oid = FINETUNED_SHA256["model.safetensors"]
    assert table.get_by_role("row").filter(has_text=oid).filter(has_text=same).count() == 1
    inspector.get_by_role("img").wait_for()
    inspector.locator("select").select_option("config.json")
    inspector.get_by_role("status").filter(has_text="config.json").filter(has_text="468").wait_for()
