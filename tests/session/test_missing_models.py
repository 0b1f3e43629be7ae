"""A missing model of lesson 1 is reported in a message; other missing files and repositories stay errors."""

from __future__ import annotations

from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

INSTALL = "from autograde.session import missing_models\n\nmissing_models.install()"

#: Errors as the libraries raise them, without a Hub.
NOT_FOUND = """
import httpx2
from huggingface_hub.errors import RepositoryNotFoundError

def not_found(name):
    request = httpx2.Request("GET", f"http://127.0.0.1:9/api/models/{name}")
    raise RepositoryNotFoundError(f"401 Client Error for {name}", response=httpx2.Response(401, request=request))

def as_transformers(name):
    try:
        not_found(name)
    except RepositoryNotFoundError as error:
        raise OSError(f"{name} is not a local folder") from error
"""


def run(folder: Path, *cells: str) -> list[list[NotebookNode]]:
    book = new_notebook(cells=[new_code_cell(cell) for cell in (INSTALL, NOT_FOUND, *cells)])
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=60, allow_errors=True, resources=resources).execute()
    return [cell.outputs for cell in book.cells[2:]]


def test_missing_model_in_either_library_is_shown_as_a_message(tmp_path: Path) -> None:
    cells = ("not_found('gallery/tiny-bert-wide')", "as_transformers('gallery/tiny-bert-wide')")
    for [output] in run(tmp_path, *cells):
        assert output.output_type == "display_data"
        assert "gallery/tiny-bert-wide" in output.data["text/plain"]
        assert "autograde hub serve --models" in output.data["text/plain"]
        assert 'role="status"' in output.data["text/html"]


def test_other_errors_stay_errors(tmp_path: Path) -> None:
    cells = ("not_found('ada/mymodel04')", "open('gallery/tiny-bert-wide')", "1 / 0")
    names = [error.ename for [error] in run(tmp_path, *cells)]
    assert names == ["RepositoryNotFoundError", "FileNotFoundError", "ZeroDivisionError"]
