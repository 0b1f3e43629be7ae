"""Pages that show a learner's notebook: without the learner's scripts, URLs and test code, and of limited size."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from autograde.grading.graded_cells import checked
from autograde.grading.nbgrader.configuration import configure
from autograde.grading.reports.feedback import page
from tests.grading.class_of_quizzes import notebook

EVIL = (
    '<script>alert(1)</script><img src="https://example.org/x.png" onerror="alert(2)"><iframe src="//e.org"></iframe>'
)
SUMMARY = {"notebook": "1-introduction", "score": 2.5, "max_score": 5, "late_penalty": 0}


def printed(**output: Any) -> NotebookNode:
    """Return a notebook with a cell that has this output."""
    book = notebook()
    cell = nbformat.v4.new_code_cell("print()", id="own")
    cell.outputs = [nbformat.v4.new_output(**output)]
    book.cells.append(cell)
    book.cells.append(nbformat.v4.new_markdown_cell(EVIL, id="text"))
    return book


def formgraders_page(book: NotebookNode, course_folder: Path) -> str:
    """Return the page as nbgrader's server extension renders it: its own configuration, then the course's."""
    config: Config = FormgradeExtension().build_extra_config()
    course = Config()
    configure(course, course_folder)
    config.merge(course)
    resources = {"base_url": "/base", "notebook_id": "1", "index": 0, "total": 1, "assignment_id": "1"}
    found: str = HTMLExporter(config=config).from_notebook_node(book, resources)[0]
    return found


def html(content: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"text/html": content}}


@pytest.mark.parametrize(("language", "words"), [("en", "You left this cell as it was."), ("zh", "这一格没有改动过。")])
def test_comment_on_an_unanswered_cell_is_in_the_learners_language(language: str, words: str) -> None:
    """nbgrader's comment was shown in English on Chinese pages, too."""
    book = notebook()
    opened = f'exercise = open_exercise("1", language="{language}")'
    book.cells.insert(0, nbformat.v4.new_code_cell(opened, id="opened"))
    book.cells[0].metadata["nbgrader"] = {"comment": "No response."}
    found = page(book, SUMMARY)
    assert words in found
    assert "No response" not in found


def test_feedback_page_stays_small_for_huge_outputs() -> None:
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


def test_feedback_page_with_huge_tables_renders_quickly() -> None:
    # Each row of three characters becomes 300 table cells.
    table = f"{'|'.join('a' * 300)}\n{'|'.join('-' * 300)}\n" + "|a\n" * 1000
    book = notebook()
    book.cells += [nbformat.v4.new_markdown_cell(f"{table}\n{n}") for n in range(100)]
    book.cells.append(nbformat.v4.new_markdown_cell("the *last* <b>text</b>"))
    started = time.thread_time()
    found = page(book, SUMMARY)
    assert time.thread_time() - started < 10
    assert "the *last* &lt;b&gt;text&lt;/b&gt;" in found


def test_very_long_markdown_is_shown_as_plain_text() -> None:
    book = notebook()
    book.cells.append(nbformat.v4.new_markdown_cell("*a* <i>" * 4000))
    book.cells.append(nbformat.v4.new_code_cell("x = 1\n" * 5000))
    book.cells.append(nbformat.v4.new_markdown_cell("the *last*"))
    found = page(book, SUMMARY)
    assert "<pre>" + "*a* &lt;i&gt;" * 4000 + "</pre>" in found
    assert "x = 1\n" * 5000 in found
    assert "the <em>last</em>" in found


def test_feedback_page_has_no_script_url_or_test() -> None:
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


@pytest.mark.parametrize(
    "metadata",
    [
        {"image/png": {"width": "1 onerror=alert(1)", "height": "1 onload=alert(2)"}},
        {"image/png": {"alt": 'x" onerror="alert(3)'}, "filenames": {"image/png": "https://example.org/x.png"}},
        {"filenames": {"image/png": "//example.org/x.png"}, "text/html": {"isolated": True}},
    ],
)
def test_formgrader_page_ignores_scripts_and_urls_in_image_metadata(
    metadata: dict[str, object], tmp_path: Path
) -> None:
    """nbconvert writes an image's width without quotes, so a learner's script could run in the instructor's browser."""
    data = {"image/png": "AAAA", "text/plain": "x"}
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    for outputs in ([nbformat.from_dict(output)], checked([output])):
        book = notebook()
        book.cells.append(nbformat.v4.new_code_cell("plot()", id="own", outputs=outputs))
        found = formgraders_page(book, tmp_path)
        images = re.findall(r"<img[^>]*>", found[found.index('id="notebook-container"') :])
        assert len(images) == 1
        assert not re.search(r"onerror|onload|example|alert", images[0])


@pytest.mark.parametrize("content", [EVIL, '<p style="background: url(https://e.org/x)">x</p>'])
def test_formgrader_page_runs_no_script_and_loads_nothing(content: str, tmp_path: Path) -> None:
    found = formgraders_page(printed(**html(content)), tmp_path)
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
