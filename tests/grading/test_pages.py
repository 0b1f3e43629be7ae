"""Pages about a learner's notebook: no script of the learner, no address, no test, and never large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from autograde.grading.feedback import page
from autograde.grading.nbgrader_course import configure
from tests.grading.class_of_quizzes import notebook

EVIL = (
    '<script>alert(1)</script><img src="https://example.org/x.png" onerror="alert(2)"><iframe src="//e.org"></iframe>'
)
SUMMARY = {"notebook": "1-introduction", "score": 2.5, "max_score": 5, "late_penalty": 0}


def printed(**output: Any) -> NotebookNode:
    """A notebook in which a cell printed something."""
    book = notebook()
    cell = nbformat.v4.new_code_cell("print()", id="own")
    cell.outputs = [nbformat.v4.new_output(**output)]
    book.cells.append(cell)
    book.cells.append(nbformat.v4.new_markdown_cell(EVIL, id="text"))
    return book


def html(content: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"text/html": content}}


def test_a_feedback_page_stays_small_whatever_was_printed() -> None:
    for huge in (
        printed(output_type="stream", name="stdout", text="x" * 10**8),
        printed(output_type="stream", name="stdout", text="x\r" * 10**6),
        printed(**html("<b>x</b>" * 10**6)),
        printed(output_type="error", ename="E", evalue="x" * 10**6, traceback=["y" * 10**6] * 20),
        printed(output_type="display_data", data={"image/png": "A" * 10**8}),
    ):
        huge.cells[-2].outputs *= 200
        huge.cells[0].source += "z" * 10**7
        assert len(page(huge, SUMMARY).encode()) < 2 * 2**20


def test_a_feedback_page_has_no_script_no_address_and_no_test() -> None:
    found = page(printed(**html(EVIL)), SUMMARY)
    for part in ("<script", "onerror", "<iframe", "globals()", "example.org"):
        assert part not in found
    assert "2.5" in found


def test_an_error_in_a_graded_cell_shows_no_traceback() -> None:
    book = notebook()
    graded = next(cell for cell in book.cells if cell.id == "grade-answers")
    graded.outputs = [
        nbformat.v4.new_output(
            "error", ename="Died", evalue="It ended.", traceback=['grade("1", "answers", globals())']
        )
    ]
    found = page(book, SUMMARY)
    assert "Died: It ended." in found
    assert "globals()" not in found


@pytest.mark.parametrize("content", [EVIL, '<p style="background: url(https://e.org/x)">x</p>'])
def test_the_formgraders_page_runs_no_script_and_loads_nothing(content: str, tmp_path: Path) -> None:
    """Made as nbgrader's server extension makes it: its own configuration, then the course's."""
    config: Config = FormgradeExtension().build_extra_config()
    course = Config()
    configure(course, tmp_path)
    config.merge(course)
    book = printed(**html(content))
    resources = {"base_url": "/base", "notebook_id": "1", "index": 0, "total": 1, "assignment_id": "1"}
    found, _resources = HTMLExporter(config=config).from_notebook_node(book, resources)
    body = found[found.index('id="notebook-container"') :]
    assert "alert(" not in body.replace("&lt;script&gt;alert(1)", "")
    assert "onerror" not in body
    assert "<iframe" not in body
    assert "cloudflare" not in found
    assert "example.org" not in found
    assert "unpkg" not in found
    assert "e.org/x)" not in found
    # The instructor sees the test, and the form for points is there.
    assert "globals" in body
    assert 'id="grade-answers"' in body
