"""A Hub that has stopped is named in one sentence; other errors keep their traceback."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograde.hub import LocalHub
from autograde.session.cell_errors import has_cause
from autograde.session.ports import free_port

GET = "import httpx2\nhttpx2.get('http://127.0.0.1:{port}/api/models', trust_env=False)"

#: As transformers does it.
WRAPPED = """
import httpx2
try:
    httpx2.get('http://127.0.0.1:{port}/api/models', trust_env=False)
except httpx2.HTTPError as error:
    raise OSError("We couldn't connect") from error
"""


def run(folder: Path, endpoint: str, *cells: str) -> list[NotebookNode]:
    install = (
        f"import os\nos.environ['HF_ENDPOINT'] = {endpoint!r}\n"
        "from autograde.session import missing_hub, missing_models\n"
        "missing_models.install()\nmissing_hub.install()\nmissing_hub.install()"
    )
    book = new_notebook(cells=[new_code_cell(cell) for cell in (install, *cells)])
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=60, allow_errors=True, resources=resources).execute()
    assert book.cells[0].outputs == []
    return [output for cell in book.cells[1:] for output in cell.outputs]


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nothing listens."""
    return free_port()


def test_hub_that_has_stopped_is_explained_without_a_traceback(tmp_path: Path, closed_port: int) -> None:
    endpoint = f"http://127.0.0.1:{closed_port}"
    outputs = run(tmp_path, endpoint, GET.format(port=closed_port), WRAPPED.format(port=closed_port), "1 / 0")
    for output in outputs[:2]:
        shown = "\n".join(output.traceback)
        assert f"No Hub answers at {endpoint}." in shown
        assert "`make learn`" in shown
        assert shown.count("\n") < 3
    assert outputs[2].ename == "ZeroDivisionError"


def test_other_address_keeps_its_traceback_while_the_hub_answers(
    tmp_path: Path, local_hub: LocalHub, closed_port: int
) -> None:
    [output] = run(tmp_path, local_hub.endpoint, GET.format(port=closed_port))
    assert output.ename == "ConnectError"
    assert "No Hub answers" not in "\n".join(output.traceback)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("length", [1, 3])
def test_circular_causes_of_an_error_do_not_hang(length: int) -> None:
    """The kernel hung after ``raise error from error``."""
    ring = [OSError(number) for number in range(length)]
    for number, error in enumerate(ring):
        error.__cause__ = ring[number - 1]
    assert not has_cause(ring[0], httpx2.TransportError)
    assert has_cause(ring[0], OSError)
    other = OSError()
    other.__cause__ = httpx2.ConnectError("refused")
    ring[-1].__cause__ = other
    assert has_cause(ring[0], httpx2.TransportError)
