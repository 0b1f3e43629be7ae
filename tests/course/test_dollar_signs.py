"""JupyterLab must not render text between dollar signs in a verdict as mathematics.

``test_in_jupyterlab.py`` tests this in a browser.
"""

from __future__ import annotations

import pytest

from autograde.judge import judge, to_html
from autograde.judge.evidence import Evidence, Reply
from autograde.questions import question


@pytest.mark.parametrize("language", ["en", "zh"])
def test_verdict_has_the_classes_that_mathjax_ignores(language: str) -> None:
    asked = question("2.6", "segment_ids")
    html = to_html(judge(asked, Evidence("function", "function", (Reply(None),))), language)
    assert html.startswith('<div class="tex2jax_ignore mathjax_ignore"')
