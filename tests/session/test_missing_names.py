"""A missing name gets a sentence; every other error is shown as always."""

from __future__ import annotations

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograde.session.missing_names import STARTUP, missing_in


def run(*cells: str) -> list[NotebookNode]:
    book = new_notebook(cells=[new_code_cell(STARTUP), *(new_code_cell(cell) for cell in cells)])
    NotebookClient(book, timeout=60, allow_errors=True).execute()
    return [cell.outputs for cell in book.cells[1:]]


def test_a_name_that_an_earlier_cell_makes_is_explained() -> None:
    [[error]] = run("print(lesson.folder)")
    assert error.ename == "NameError"
    assert "`lesson` is not defined yet" in "".join(error.traceback)
    assert "Traceback" not in "".join(error.traceback)


def test_an_error_inside_a_function_keeps_its_traceback() -> None:
    [[error]] = run("def f():\n    return nothing\n\nf()")
    assert "Traceback" in "".join(error.traceback)
    assert "is not defined yet" not in "".join(error.traceback)


def test_the_cell_runs_once_the_name_is_there() -> None:
    [_first, [output], _last] = run("name", "name = 1; print(name)", "1")
    assert output.text == "1\n"


def test_a_shell_command_with_a_missing_name_is_not_run() -> None:
    """IPython would run it with the braces: `cp` then complains about a folder called {clone}."""
    [[error]] = run('!echo "{clone}"')
    assert error.ename == "NameError"
    assert "`clone` is not defined yet" in "".join(error.traceback)


def test_shell_commands_expand_the_names_of_cells_and_of_functions() -> None:
    [[top], [inside]] = run(
        'clone = "here"\n!echo "{clone}"', 'def show(place):\n    !echo "{place} ${{HOME}}"\n\nshow("there")'
    )
    assert top.text.strip() == "here"
    assert inside.text.startswith("there ")


@pytest.mark.parametrize(
    "command",
    ["mkdir {a,b}", "echo ${HOME}", "git log HEAD@{u}", "awk '{print $1}'", "ls {a..z}", "xargs -I {} rm {}", "{x}"],
)
def test_braces_of_the_shell_are_no_missing_names(command: str) -> None:
    assert missing_in(command, {"x"}) is None
