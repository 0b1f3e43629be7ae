"""Fixtures for the lessons' tests: a lesson executed by a real kernel, and JupyterLab in a real browser.

``run_lesson("2.4", "zh")`` executes a whole lesson in one language in a new workspace; the result has what each cell
printed. ``shared_lesson`` does so once for all tests of a module that only read the result. ``lab`` is a running
``autograde learn``, opened in Chromium.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from playwright.sync_api import BrowserContext

from autograde import notebooks
from autograde.hub import LocalHub, client_environment
from autograde.pictures.browsing import LabInBrowser, running_lab
from autograde.settings import KIT
from tests.real_browser import chromium

from .offline import only_the_hub, unavailable_reason

#: Pages such as the glossary have no number.
LESSONS = {path.stem.split("-")[0]: path for path in sorted((KIT / "course").glob("[0-9]*.ipynb"))}

#: Tall enough for a whole lesson: JupyterLab renders only visible cells.
VIEW = {"width": 1280, "height": 12000}

#: Suffix of a cell's id for the first of two executions.
FIRST = "-first"

#: Suffix of a cell's id for an execution after the lesson.
AFTERWARDS = "-afterwards"


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
        """Return the text output of a cell."""
        [cell] = [cell for cell in self.book.cells if cell.id == identifier]
        outputs = cell.outputs
        parts = [each.text if each.output_type == "stream" else each.data.get("text/plain", "") for each in outputs]
        return "".join(parts)

    def printed_first(self, identifier: str) -> str:
        """Return the text output of a cell's first run, in a lesson whose cells are run twice."""
        return self.printed(f"{identifier}{FIRST}"[:64])

    def printed_afterwards(self, identifier: str) -> str:
        """Return the text output of a cell that was run again after the lesson."""
        return self.printed(f"{identifier}{AFTERWARDS}")

    def everything_printed(self) -> str:
        """Return the text output of all code cells."""
        return "\n".join(self.printed(cell.id) for cell in self.book.cells if cell.cell_type == "code")

    @property
    def account(self) -> str:
        """The name of the practice account that the lesson created."""
        found = re.search(r'"name": "([^"]+)"', (self.private / "practice-account.json").read_text())
        assert found
        return found[1]

    @property
    def private(self) -> Path:
        """The workspace's ``HF_HOME``."""
        return self.workspace / ".autograde" / "huggingface"

    def assert_common_rules(self, language: str) -> None:
        """Check the rules for every lesson: no traceback, messages in the learner's language, no token in the file."""
        assert "Traceback" not in self.everything_printed()
        assert bool(re.search(r"[\u4e00-\u9fff]", self.printed("open-the-lesson"))) == (language == "zh")
        # As JupyterLab would save it.
        saved = nbformat.writes(self.book)
        token = self.private / "token"
        if token.exists():
            assert token.read_text() not in saved
        assert not re.search(r"hf_[A-Za-z0-9]{20,}", saved)


RunLesson = Callable[..., ExecutedLesson]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A learner's folder. It is deleted at once, because pytest keeps three runs, and clones would fill the disk."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def kernels(hub: LocalHub) -> Iterator[dict[str, Any]]:
    """Options for nbclient that start kernels without a network except for the Hub, where the system supports it."""
    if unavailable_reason():
        yield {}
        return
    with only_the_hub(hub.port) as manager:
        yield {"kernel_manager_class": manager}


@pytest.fixture(scope="module")
def execute(hub: LocalHub, kernels: dict[str, Any]) -> RunLesson:
    """Execute a lesson in one language in a folder, as ``make learn`` would run it: ``execute(folder, "2.4", "en")``.

    ``changes`` maps the id of a cell to the code that the learner puts there instead; ``twice`` runs each cell two
    times in a row; ``until`` is the last cell that runs. ``afterwards`` maps the id of a cell to the code that the
    learner puts there and runs after the unchanged lesson. The rules for all lessons are checked here.
    """

    def run(
        folder: Path,
        section: str,
        language: str,
        changes: Mapping[str, str] | None = None,
        *,
        twice: bool = False,
        until: str | None = None,
        afterwards: Mapping[str, str] | None = None,
    ) -> ExecutedLesson:
        book = notebooks.one_language(notebooks.read(LESSONS[section]), language)
        if until is not None:
            book.cells = book.cells[: [cell.id for cell in book.cells].index(until) + 1]
        changed = dict(changes or {})
        for cell in book.cells:
            cell.source = changed.pop(cell.id, cell.source)
        assert not changed, "no such cell"
        if twice:
            book.cells = [again for cell in book.cells for again in (_first(cell), cell)]
        book.cells += [new_code_cell(code, id=f"{name}{AFTERWARDS}") for name, code in (afterwards or {}).items()]
        environment = client_environment(hub.endpoint, folder / ".autograde") | {"AUTOGRADE_LANGUAGE": language}
        client = NotebookClient(
            book, timeout=180, store_widget_state=True, resources={"metadata": {"path": str(folder)}}, **kernels
        )
        client.execute(env=environment)
        executed = ExecutedLesson(book, folder)
        executed.assert_common_rules(language)
        return executed

    return run


@pytest.fixture
def run_lesson(execute: RunLesson, workspace: Path) -> RunLesson:
    """Execute a lesson in the test's own workspace: ``run_lesson("2.4", "en")``, with the options of ``execute``."""
    return partial(execute, workspace)


@pytest.fixture(scope="module")
def shared_lesson(execute: RunLesson, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunLesson]:
    """Like ``run_lesson``, for tests that only read the result: a repeated call returns the earlier execution."""
    executed: dict[str, ExecutedLesson] = {}

    def run(section: str, language: str, **options: Any) -> ExecutedLesson:
        key = repr((section, language, options))
        if key not in executed:
            executed[key] = execute(tmp_path_factory.mktemp("workspace"), section, language, **options)
        return executed[key]

    yield run
    # pytest keeps three runs, whose clones of the model would fill the disk.
    for lesson in executed.values():
        shutil.rmtree(lesson.workspace)


def _first(cell: NotebookNode) -> NotebookNode:
    """Return a copy of the cell under another id, for a learner who runs it twice."""
    copy = deepcopy(cell)
    copy.id = f"{cell.id}{FIRST}"[:64]
    return copy


@pytest.fixture(scope="module")
def language() -> str:
    """The language of ``lab``; a module that needs both parametrizes it with ``scope="module"``."""
    return "en"


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    with chromium() as started:
        context = started.new_context(viewport=VIEW)  # type: ignore[arg-type]
        context.set_default_timeout(60_000)
        yield context


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: BrowserContext, language: str) -> Iterator[LabInBrowser]:
    """``autograde learn`` in ``language``, in a new workspace, and a browser page with it."""
    folder = tmp_path_factory.mktemp("learner")
    workspace = folder / "workspace"
    # The strictest case: JupyterLab writes the state of every widget into the notebook.
    kept = workspace / ".autograde/jupyter/settings/@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"saveState": True}))
    page = browser.new_page()
    try:
        with running_lab(workspace, language, page) as running:
            yield running
    finally:
        page.close()
        # pytest keeps three runs, whose clones of the model would fill the disk.
        shutil.rmtree(folder, ignore_errors=True)
