"""What a learner does, in a real browser: ``autograde learn``, the Hub's pages, and two lessons in JupyterLab."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

from autograde.setup import tools

#: So tall that JupyterLab, which draws only what is in view, draws a whole lesson.
VIEW = {"width": 1280, "height": 12000}

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Running:
    """A running ``autograde learn``: the addresses that it printed, and the learner's folder."""

    lab: str
    hub: str
    workspace: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    workspace = tmp_path_factory.mktemp("learner") / "workspace"
    # The strictest case: JupyterLab writes the state of every widget into the notebook.
    kept = workspace / ".autograde/jupyter/settings/@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"saveState": True}))
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "GIT_", "AUTOGRADE_LANG"))}
    variables = {
        "AUTOGRADE_LANGUAGE": "en",
        "AUTOGRADE_HUB_PORT": str(free_port()),
        "AUTOGRADE_LAB_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "autograde", "learn", "--no-browser", "--workspace", str(workspace)]
    with subprocess.Popen(command, env=own | variables, stdout=subprocess.PIPE, text=True) as learn:
        assert learn.stdout is not None
        try:
            said = ""
            for line in learn.stdout:
                said += line
                if len(addresses := re.findall(r"http://\S+", said)) == 2:
                    break
            lab, hub = sorted(addresses, key=len, reverse=True)
            yield Running(lab, hub, workspace)
        finally:
            learn.send_signal(signal.SIGINT)
            learn.communicate(timeout=60)


@pytest.fixture(scope="module")
def page(running: Running) -> Iterator[Page]:
    program = tools.CHROMIUM.path()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=program, args=ARGUMENTS) as browser:
        context = browser.new_context(viewport=VIEW)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        yield context.new_page()


def open_lesson(page: Page, running: Running, name: str) -> Locator:
    """The panel of a lesson that was opened in JupyterLab."""
    address, key = running.lab.split("/lab/tree/")[0], running.lab.split("?")[1]
    # Without "reset", JupyterLab would open the lesson of the test before as well, and the menus would act on either.
    page.goto(f"{address}/lab/tree/{name}.ipynb?{key}&reset")
    page.locator(".lm-TabBar-tab.jp-mod-current", has_text=name).wait_for()
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel.locator(".jp-CodeCell").first.wait_for()
    # A cell that is run before the kernel is ready waits for it; the menu, however, must be there.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return panel


def run_cell(page: Page, panel: Locator, code: str) -> Locator:
    """The cell that holds ``code``, run as a learner does."""
    cell = panel.locator(".jp-CodeCell", has_text=code).first
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    return cell


def menu(page: Page, bar: str, item: str) -> None:
    """Choose an item of a menu of JupyterLab's menu bar."""
    page.locator(".lm-MenuBar-itemLabel").get_by_text(bar, exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()


def test_a_token_made_on_the_hubs_page_and_typed_in_lesson_2_2_says_who_you_are(running: Running, page: Page) -> None:
    page.goto(f"{running.hub}/join")
    page.locator("#username").fill("ada")
    page.locator("#email").fill("ada@example.org")
    page.locator("#password").fill("correct horse battery")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/welcome")
    page.goto(f"{running.hub}/settings/tokens")
    page.locator("#name").fill("lesson 2.2")
    page.get_by_role("radio", name="write").check()
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("[data-token]").get_attribute("data-token")
    assert token

    panel = open_lesson(page, running, "2.2-log-in")
    run_cell(page, panel, "open_lesson(").get_by_role("link", name="Access tokens").wait_for()
    form = run_cell(page, panel, "TokenInput()")
    field, status = form.locator("input[type=password]"), form.get_by_role("status")
    field.fill("hf_wrong")
    form.get_by_role("button", name="Log in").click()
    status.filter(has_text="The Hub answers").wait_for()
    field.fill(token)
    field.press("Enter")
    status.filter(has_text="You are ada").wait_for()
    assert "lesson 2.2" in status.inner_text()
    assert field.input_value() == ""
    assert (running.workspace / ".autograde/huggingface/token").read_text() == token

    file = running.workspace / "2.2-log-in.ipynb"
    before = file.read_bytes()
    menu(page, "File", "Save Notebook")
    page.wait_for_function("() => !document.querySelector('.jp-mod-current.jp-mod-dirty')")
    saved = file.read_text(encoding="utf-8")
    assert saved.encode() != before
    assert "widget-state+json" in saved
    assert "You are ada" in saved
    assert token not in saved
    assert "hf_wrong" not in saved


def test_lesson_2_6_runs_whole_and_its_explorers_answer(running: Running, page: Page) -> None:
    panel = open_lesson(page, running, "2.6-load-the-downloaded-model")
    menu(page, "Run", "Run All Cells")
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
