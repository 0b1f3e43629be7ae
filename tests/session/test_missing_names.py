"""A missing name gets a sentence; every other error is shown as always."""

from __future__ import annotations

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograde.session.missing_names import STARTUP


def run(*cells: str) -> list[NotebookNode]:
    book = new_notebook(cells=[new_code_cell(STARTUP), *(new_code_cell(cell) for cell in cells)])
    NotebookClient(book, timeout=60, allow_errors=True).execute()
    return [cell.outputs for cell in book.cells[1:]]


def test_a_name_that_an_earlier_cell_makes_is_explained() -> None:
    [[error]] = run("print(lesson.folder)")
    assert error.ename == "NameError"
    assert "`lesson` does not exist yet" in "".join(error.traceback)
    assert "Traceback" not in "".join(error.traceback)


def test_an_error_inside_a_function_keeps_its_traceback() -> None:
    [[error]] = run("def f():\n    return nothing\n\nf()")
    assert "Traceback" in "".join(error.traceback)
    assert "does not exist yet" not in "".join(error.traceback)


def test_the_cell_runs_once_the_name_is_there() -> None:
    [_first, [output], _last] = run("name", "name = 1; print(name)", "1")
    assert output.text == "1\n"
