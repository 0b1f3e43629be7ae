"""JupyterLab must not render text between dollar signs in a verdict or a note as mathematics.

``test_in_jupyterlab.py`` tests this in a browser.
"""

from __future__ import annotations

import pytest

from autograde.judge import judge, to_html
from autograde.judge.evidence import Evidence, Reply
from autograde.questions import question
from autograde.widgets.answers import as_html, compare
from autograde.widgets.plots.figure import Plot
from autograde.widgets.question_bank import question as bank_question


@pytest.mark.parametrize("language", ["en", "zh"])
def test_verdict_has_the_classes_that_mathjax_ignores(language: str) -> None:
    asked = question("2.6", "segment_ids")
    html = to_html(judge(asked, Evidence("function", "function", (Reply(None),))), language)
    assert html.startswith('<div class="tex2jax_ignore mathjax_ignore"')


def test_notes_plots_and_questions_have_them_too() -> None:
    asked = bank_question("the-five-commands")
    pieces = [compare(asked, None)._repr_html_(), as_html(asked, "2.4", answer=True), Plot("<svg/>", "$5", "").html()]
    assert [piece.startswith('<div class="tex2jax_ignore mathjax_ignore"') for piece in pieces] == [True] * 3
