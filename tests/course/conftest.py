"""What the lessons' tests share: a lesson executed by a real kernel, and JupyterLab in a real browser.

``run_lesson("2.4", "zh")`` executes a whole lesson, one language of it, in a fresh workspace; the result tells what
each cell printed. ``lab`` is a running ``autograde learn`` seen through Chromium.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

from autograde import notebooks
from autograde.hub import LocalHub, client_environment
from autograde.settings import KIT
from autograde.setup import tools

LESSONS = {path.stem.split("-")[0]: path for path in sorted((KIT / "course").glob("*.ipynb"))}

#: So tall that JupyterLab, which draws only what is in view, draws a whole lesson.
VIEW = {"width": 1280, "height": 12000}

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class ExecutedLesson:
    """A lesson after its execution.

    Attributes:
        book: the notebook in one language, with its outputs and its widgets' state.
        workspace: the learner's folder.
    """

    book: NotebookNode
    workspace: Path

    def printed(self, identifier: str) -> str:
        """Everything that the cell put out as text."""
        [cell] = [cell for cell in self.book.cells if cell.id == identifier]
        outputs = cell.outputs
        parts = [each.text if each.output_type == "stream" else each.data.get("text/plain", "") for each in outputs]
        return "".join(parts)

    def everything_printed(self) -> str:
        """The text of all code cells."""
        return "\n".join(self.printed(cell.id) for cell in self.book.cells if cell.cell_type == "code")

    @property
    def account(self) -> str:
        """The name of the practice account that the lesson made."""
        found = re.search(r'"name": "([^"]+)"', (self.private / "practice-account.json").read_text())
        assert found
        return found[1]

    @property
    def private(self) -> Path:
        """The workspace's ``HF_HOME``."""
        return self.workspace / ".autograde" / "huggingface"

    def assert_as_every_lesson(self, language: str) -> None:
        """What holds for all lessons: no traceback, the kit's words in the learner's language, no token in the file."""
        assert "Traceback" not in self.everything_printed()
        assert bool(re.search(r"[\u4e00-\u9fff]", self.printed("open-the-lesson"))) == (language == "zh")
        # As JupyterLab would save it.
        saved = nbformat.writes(self.book)
        token = self.private / "token"
        if token.exists():
            assert token.read_text() not in saved
        assert not re.search(r"hf_[A-Za-z0-9]{20,}", saved)


RunLesson = Callable[..., ExecutedLesson]


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    with LocalHub() as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A learner's folder. It goes at once: clones of the model would fill the disk, as pytest keeps three runs."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def run_lesson(hub: LocalHub, workspace: Path) -> RunLesson:
    """Execute a lesson in one language, as ``make learn`` would run it: ``run_lesson("2.4", "en")``.

    ``changes`` maps the id of a cell to the code that the learner puts there instead. What holds for all lessons is
    asserted here.
    """

    def run(section: str, language: str, changes: Mapping[str, str] | None = None) -> ExecutedLesson:
        book = notebooks.one_language(notebooks.read(LESSONS[section]), language)
        changed = dict(changes or {})
        for cell in book.cells:
            cell.source = changed.pop(cell.id, cell.source)
        assert not changed, "no such cell"
        environment = client_environment(hub.endpoint, workspace / ".autograde") | {"AUTOGRADE_LANGUAGE": language}
        client = NotebookClient(
            book, timeout=180, store_widget_state=True, resources={"metadata": {"path": str(workspace)}}
        )
        client.execute(env=environment)
        executed = ExecutedLesson(book, workspace)
        executed.assert_as_every_lesson(language)
        return executed

    return run


@dataclass(frozen=True)
class Lab:
    """A running ``autograde learn``, seen through a browser.

    Attributes:
        address: of JupyterLab, with its key.
        hub: the Hub's address.
        workspace: the learner's folder.
        page: the browser's page.
    """

    address: str
    hub: str
    workspace: Path
    page: Page

    def open_lesson(self, name: str) -> Locator:
        """The panel of a lesson that was opened in JupyterLab."""
        address, key = self.address.split("/lab/tree/")[0], self.address.split("?")[1]
        # Without "reset", JupyterLab would open the lesson of the test before as well, and the menus would act on
        # either.
        self.page.goto(f"{address}/lab/tree/{name}.ipynb?{key}&reset")
        self.page.locator(".lm-TabBar-tab.jp-mod-current", has_text=name).wait_for()
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        panel.locator(".jp-CodeCell").first.wait_for()
        # A cell that is run before the kernel is ready waits for it; the menu, however, must be there.
        self.page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| (Idle|空闲)")).wait_for()
        return panel

    def run_cell(self, panel: Locator, code: str) -> Locator:
        """The cell that holds ``code``, run as a learner does."""
        cell = panel.locator(".jp-CodeCell", has_text=code).first
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
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


@pytest.fixture(scope="module")
def language() -> str:
    """The language of ``lab``; a module that wants both parametrizes it with ``scope="module"``."""
    return "en"


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    program = tools.CHROMIUM.path()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=program, args=ARGUMENTS) as browser:
        context = browser.new_context(viewport=VIEW)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        yield context


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: BrowserContext, language: str) -> Iterator[Lab]:
    """``autograde learn`` in ``language``, in a workspace of its own, and a page of the browser."""
    folder = tmp_path_factory.mktemp("learner")
    workspace = folder / "workspace"
    # The strictest case: JupyterLab writes the state of every widget into the notebook.
    kept = workspace / ".autograde/jupyter/settings/@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"saveState": True}))
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "GIT_", "AUTOGRADE_LANG"))}
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
            said = ""
            for line in learn.stdout:
                said += line
                if len(addresses := re.findall(r"http://\S+", said)) == 2:
                    break
            address, hub = sorted(addresses, key=len, reverse=True)
            page = browser.new_page()
            yield Lab(address, hub, workspace, page)
            page.close()
        finally:
            learn.send_signal(signal.SIGINT)
            learn.communicate(timeout=60)
            # Clones of the model would fill the disk, as pytest keeps three runs.
            shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
