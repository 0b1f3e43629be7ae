"""Run a browser and JupyterLab as a learner does, for screenshots and browser tests.

For developers only: learners do not have Playwright.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from autograde import settings
from autograde.errors import SetUpFailed
from autograde.session.ports import free_port
from autograde.setup import tools

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

#: Opens a notebook next to the open ones and returns the id of its panel when its cells and its kernel are ready. The
#: status bar alone is not enough, because it briefly still shows the previous notebook's kernel as idle.
_OPEN_BESIDE = """\
async path => {
  const panel = await window.jupyterapp.commands.execute('docmanager:open', {path});
  await panel.revealed;
  await panel.context.ready;
  await panel.sessionContext.ready;
  return panel.id;
}"""

#: Timeout for JupyterLab to stop its kernels, in seconds.
STOP_SECONDS = 60


@dataclass(frozen=True)
class LabInBrowser:
    """A running ``autograde learn`` in a browser.

    Attributes:
        address: JupyterLab's address with its token.
        hub: the Hub's address.
        workspace: the learner's folder.
        page: the browser's page.
    """

    address: str
    hub: str
    workspace: Path
    page: Page

    def open_lesson(self, name: str) -> Locator:
        """Open a notebook in JupyterLab and return its panel; ``name`` is its path without ``.ipynb``.

        If the page already shows JupyterLab, open the notebook in it, as from the file browser, because loading
        JupyterLab takes many seconds.
        """
        address, key = self.address.split("/lab/tree/")[0], self.address.split("?")[1]
        if self.page.url.startswith(address):
            identifier = self.page.evaluate(_OPEN_BESIDE, f"{name}.ipynb")
            panel = self.page.locator(f".jp-NotebookPanel[id='{identifier}']")
        else:
            # Without "reset", JupyterLab also opens the notebook of the previous visit.
            self.page.goto(f"{address}/lab/tree/{name}.ipynb?{key}&reset")
            panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        # Menus act on the notebook in the current tab.
        self.page.locator(".lm-TabBar-tab.jp-mod-current", has_text=name.rsplit("/", 1)[-1]).wait_for()
        panel.locator(".jp-CodeCell").first.wait_for()
        # Cells wait for the kernel, but the menu must be ready.
        self.page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| (Idle|空闲)")).wait_for()
        return panel

    def run_cell(self, panel: Locator, code: str) -> Locator:
        """Run the cell that contains ``code`` as a learner would, and return it."""
        cell = panel.locator(".jp-CodeCell", has_text=code).first
        editor = cell.locator(".cm-content")
        editor.click()
        # Keys are sent to the active cell, which changes shortly after the click.
        panel.locator(".jp-CodeCell.jp-mod-active", has_text=code).first.wait_for()
        editor.press("Shift+Enter")
        return cell

    def run_all(self) -> None:
        """Choose "Run All Cells"."""
        self._choose(3, "runmenu:run-all")

    def save(self) -> None:
        """Save the notebook and wait until it is saved."""
        self._choose(0, "docmanager:save")
        self.page.wait_for_function("() => !document.querySelector('.jp-mod-current.jp-mod-dirty')")

    def _choose(self, menu: int, command: str) -> None:
        """Choose an item of a menu by its command, which is the same in every language of JupyterLab."""
        self.page.locator(".lm-MenuBar-item").nth(menu).click()
        self.page.locator(f".lm-Menu-item[data-command='{command}']").click()


def wait_until_run(cell: Locator) -> None:
    """Wait until the cell has run and has an execution count."""
    cell.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Start the machine's Chromium in headless mode.

    Raises:
        MissingTool: it is not installed.
    """
    tools.require((tools.CHROMIUM,))
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=tools.CHROMIUM.path(), args=[*ARGUMENTS, *arguments]) as browser,
    ):
        yield browser


@contextmanager
def running_lab(workspace: Path, language: str, page: Page) -> Iterator[LabInBrowser]:
    """Run ``autograde learn`` in ``workspace`` on free ports and open it in ``page`` until the end of the block."""
    own = {
        name: value
        for name, value in settings.environment().items()
        if not name.startswith(("HF_", "GIT_", "AUTOGRADE_LANG"))
    }
    variables = {
        "AUTOGRADE_LANGUAGE": language,
        "AUTOGRADE_HUB_PORT": str(free_port()),
        "AUTOGRADE_LAB_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "autograde", "learn", "--no-browser", "--workspace", str(workspace)]
    with subprocess.Popen(command, env=own | variables, stdout=subprocess.PIPE, text=True) as learn:
        assert learn.stdout is not None
        try:
            output = ""
            for line in learn.stdout:
                output += line
                if len(addresses := re.findall(r"http://\S+", output)) == 2:
                    break
            else:
                raise SetUpFailed(f"autograde learn stopped before its pages were there: {output}")
            address, hub = sorted(addresses, key=len, reverse=True)
            yield LabInBrowser(address, hub, workspace, page)
        finally:
            learn.send_signal(signal.SIGINT)
            try:
                learn.communicate(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                learn.kill()  # otherwise the end of this block would wait forever
                raise


def locale(language: str) -> str:
    """Return the browser's locale for a language of the kit."""
    return {"en": "en-US", "zh": "zh-CN"}[language]
