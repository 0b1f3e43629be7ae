"""Opening a notebook that needs torch and transformers starts their import early; other notebooks don't."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograde.hub import client_environment
from autograde.session import lab
from autograde.session.early_import import needs_models
from autograde.settings import KIT

LESSONS = sorted((KIT / "course").glob("[0-9]*.ipynb"))

#: The first cell of a notebook, which needs no library itself.
SHOW_STATE = """
import sys, threading

print([thread.name for thread in threading.enumerate() if thread.name == "warm-up"] or "torch" in sys.modules)
"""

#: A cell that mentions a library waits for the import.
AFTER_IMPORT = "print('torch' in sys.modules, 'transformers.models.bert.modeling_bert' in sys.modules)"


def test_notebooks_that_run_a_model_are_recognised() -> None:
    found = {path.stem.split("-")[0] for path in LESSONS if needs_models(path)}
    assert found == {"1", "2", "2.6", "2.6b", "3"}
    exercises = (KIT / "release" / "en").glob("*/*.ipynb")
    assert {path.stem.split("-")[0] for path in exercises if needs_models(path)} == {"2.6", "3"}


def test_unreadable_notebook_starts_no_import(tmp_path: Path) -> None:
    assert not needs_models(tmp_path / "missing.ipynb")
    (tmp_path / "binary.ipynb").write_bytes(b"\xff\xfe")
    assert not needs_models(tmp_path / "binary.ipynb")


@pytest.mark.parametrize(("section", "early"), [("2.6", True), ("2.4", False)])
def test_kernel_of_a_workspace_starts_the_import_before_the_first_cell(
    tmp_path: Path, section: str, early: bool
) -> None:
    home = tmp_path / "jupyter"
    lab.write_settings(home, "en")
    client = client_environment("http://127.0.0.1:9", tmp_path / ".autograde")
    [lesson] = [path for path in LESSONS if path.stem.split("-")[0] == section]
    # Jupyter passes the notebook's path to its kernel in this variable.
    environment = lab.lab_environment(client, home, "en") | {"JPY_SESSION_NAME": str(lesson)}
    book = new_notebook(
        cells=[new_code_cell(SHOW_STATE), *([new_code_cell(AFTER_IMPORT + "  # torch")] if early else [])]
    )
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute(env=environment)
    printed = ["".join(output.get("text", "") for output in cell.outputs) for cell in book.cells]
    assert printed[0] == ("['warm-up']\n" if early else "False\n") or (early and printed[0] == "True\n")
    assert printed[1:] == (["True True\n"] if early else [])
