"""SyntaxErrors in the kit's notebooks are explained below Python's own lines; other errors are shown unchanged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, writes

from autograde.session.explained_errors import STARTUP
from autograde.session.syntax_errors import sentence


def run(folder: Path, code: str, language: str = "en") -> str:
    """Run a cell in a kernel of ``autograde learn`` in a folder; return what the error says."""
    book = new_notebook(cells=[new_code_cell(STARTUP), new_code_cell(code)])
    environment = os.environ | {"AUTOGRADE_LANGUAGE": language}
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=60, allow_errors=True, resources=resources).execute(env=environment)
    [error] = book.cells[1].outputs
    return str("\n".join(error.traceback))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a notebook of the kit."""
    (tmp_path / "2.4.ipynb").write_text(writes(new_notebook(cells=[new_code_cell("import autograde")])))
    return tmp_path


@pytest.mark.parametrize(("language", "words"), [("en", "no line of it has run"), ("zh", "所以一行也没有运行")])
def test_forgotten_comma_is_explained_below_pythons_lines(folder: Path, language: str, words: str) -> None:
    said = run(folder, "print(1 2)", language)
    assert "SyntaxError" in said.splitlines()[-3]
    assert words in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print(1, 2", "opened there, but not closed"),
        ('print("a)', "opened there, but not closed"),
        ('text = """a', "opened there, but not closed"),
        ("def f():\n    # your code", "four more spaces"),
    ],
)
def test_cell_that_ends_too_early_is_explained(folder: Path, code: str, words: str) -> None:
    """IPython calls all of these "incomplete input"."""
    said = run(folder, code)
    assert "incomplete input" not in said
    assert words in said


def test_error_in_code_that_a_cell_compiles_keeps_its_traceback(folder: Path) -> None:
    """The cell itself has run, up to this line."""
    said = run(folder, "eval('1 +')")
    assert "no line of it has run" not in said
    assert "eval" in said


def test_other_notebooks_are_not_affected(tmp_path: Path) -> None:
    assert "no line of it has run" not in run(tmp_path, "print(1 2)")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("f(a b)", "a comma may be missing"),
        ("def f()\n    return 1", "needs a colon"),
        ("f(1, 2", "opened there, but not closed"),
        ("f(1])", "no matching one before it"),
        ("f(1))", "no matching one before it"),
        ('f("a)', "opened there, but not closed"),
        ("f(1，2)", "does not know a character"),
        ("f(1,\u30002)", "not an ordinary one"),
        ("def f():\nreturn 1", "four more spaces"),
        ("if f(1):\n        f(2)\n    f(3)", "begins with four"),
        ("  f(1)", "begins with four"),
        ("return 1", "begins with four"),
        ("if f(1) = 2:\n    f(2)", "Look at the `^`"),
    ],
)
def test_each_common_mistake_gets_its_own_advice(code: str, words: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        compile(code, "cell", "exec")
    assert words in sentence(caught.value, "en")
