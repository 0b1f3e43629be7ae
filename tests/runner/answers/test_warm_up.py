"""The warm-up in a real kernel: libraries are imported in the background, and a cell that needs them waits."""

from __future__ import annotations

import nbformat
from nbclient import NotebookClient

from autograde.runner.answers import warm_up

START = """
from autograde.runner.answers import warm_up

first = warm_up.start()
print(first is warm_up.start(), first.daemon)
"""

WAITED = """
import sys

print(first.is_alive(), "torch" in sys.modules, "transformers.models.bert.modeling_bert" in sys.modules)
"""

MISSING = """
warm_up._MODULES = ("no_such_library",)
warm_up._import()
print("no error")
"""


def test_cell_waits_for_its_libraries_and_a_missing_library_raises_no_error() -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (START, WAITED, MISSING)])
    NotebookClient(book, timeout=120).execute()
    printed = ["".join(output.text for output in cell.outputs) for cell in book.cells]
    assert printed == ["True True\n", "False True True\n", "no error\n"]


def test_nothing_is_started_without_a_kernel() -> None:
    assert warm_up.start() is None
