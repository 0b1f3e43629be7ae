"""JupyterLab shows `$NAME` in a hint or a verdict as it is, and takes no two dollar signs for mathematics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

from autograde.judge import judge, to_html
from autograde.judge.evidence import Evidence, Reply
from autograde.questions import question

if TYPE_CHECKING:
    from autograde.pictures.browsing import Lab

ADDRESS = "$HF_ENDPOINT/$OWNER/$NAME"
#: The same text as an output that nothing protects: where JupyterLab leaves this alone, the test could not fail.
UNPROTECTED = f"from IPython.display import HTML\nHTML('<p>as mathematics: {ADDRESS}</p>')"
CHECK = """\
from autograde.exercises import open_exercise
upload_sh = open_exercise("2.4").upload_sh
upload_sh.hint(2)
upload_sh.check("git clone '$HF_ENDPOINT/$OWNER/$NAME'")
print("checked")"""


@pytest.mark.parametrize("language", ["en", "zh"], scope="module")
def test_jupyterlab_shows_an_address_of_variables_as_it_is_written(lab: Lab, language: str) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (UNPROTECTED, CHECK)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(book, lab.workspace / "dollars.ipynb")
    panel = lab.open_lesson("dollars")
    lab.run_cell(panel, "as mathematics").locator(".jp-OutputArea mjx-container").first.wait_for()
    cell = lab.run_cell(panel, "upload_sh.check")
    cell.locator(".jp-OutputArea", has_text="checked").wait_for()
    output = cell.locator(".jp-OutputArea")
    shown = output.inner_text()
    # The hint, and the verdict's next step.
    assert shown.count(f'"{ADDRESS}"') == 2, shown
    assert output.locator("mjx-container").count() == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_verdict_has_the_classes_that_mathjax_leaves_out(language: str) -> None:
    asked = question("2.6", "segment_ids")
    html = to_html(judge(asked, Evidence("function", "function", (Reply(None),))), language)
    assert html.startswith('<div class="tex2jax_ignore mathjax_ignore"')
