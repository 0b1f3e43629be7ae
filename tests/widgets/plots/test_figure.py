"""Every plot has a picture, an alternative text, its numbers as a table, and labels in the browser's fonts."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from autograde.widgets import plots
from autograde.widgets.plots import figure

SENTENCES = ["The cat sleeps.", "A kitten <naps>.", "今天天气真好。"]
SIMILARITIES = [[1, 0.6, 0.1], [0.6, 1, -0.2], [0.1, -0.2, 1]]


def test_a_plot_is_html_with_an_alternative_text_and_a_table() -> None:
    plot = plots.plot_similarities(SENTENCES, SIMILARITIES)
    shown = plot._repr_html_()
    assert 'alt="Heatmap of cosine similarities.' in shown
    assert "A kitten &lt;naps&gt;." in shown
    assert "<details><summary>The numbers as a table</summary><table>" in shown
    assert repr(plot) == plot.alt
    data = re.search(r"base64,([^\"]+)", shown)
    assert data
    assert base64.b64decode(data[1]).decode() == plot.svg


def test_plots_in_chinese_have_no_english_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogues' tool doesn't find messages inside f-strings: the table's title was English."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "zh")
    for plot in (
        plots.plot_similarities(["甲", "乙"], [[1, 0], [0, 1]]),
        plots.plot_attention(["甲", "乙"], [[1, 0], [0, 1]]),
        plots.plot_tokens(["甲"], {"一": [0.5]}),
        plots.plot_sentences(["甲", "乙", "丙"], ["一", "一", "二"], {"三": [[1, 0], [0, 1], [1, 1]]}),
    ):
        texts = re.sub(r"<[^>]*>|base64,[^\"]*", " ", plot._repr_html_())
        drawn = re.sub(r"<style.*?</style>|<[^>]*>", " ", plot.svg.split("</metadata>")[-1], flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]{2,}", texts + drawn)


def test_labels_are_text_in_the_browsers_fonts() -> None:
    """matplotlib's own font has no Chinese characters, so shapes would be empty boxes."""
    plot = plots.plot_similarities(SENTENCES, SIMILARITIES)
    root = ElementTree.fromstring(plot.svg)
    texts = ["".join(each.itertext()).strip() for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "3. 今天天气真好。" in texts
    assert "DejaVu" not in plot.svg
    assert "system-ui" in plot.svg


def test_the_same_numbers_give_the_same_picture() -> None:
    assert plots.plot_similarities(SENTENCES, SIMILARITIES) == plots.plot_similarities(SENTENCES, SIMILARITIES)


@pytest.mark.parametrize("sentence", ["costs $5 or $6", "100 % & <more>", "a\\b", ""])
def test_any_sentence_can_be_a_label(sentence: str) -> None:
    plot = plots.plot_similarities([sentence, "b"], [[1, 0], [0, 1]])
    ElementTree.fromstring(plot.svg)
    assert sentence in plot.alt


def test_letters_are_legible_in_a_narrow_notebook() -> None:
    """In a window of 1000 pixels with the file browser, the numbers above bars were 6 pixels high."""
    sentences = ["Borrowing money costs more this year."] * 10
    tokens = ["[CLS]", *(["please"] * 10), "[SEP]"]
    for plot in (
        plots.plot_similarities(sentences, np.eye(10)),
        plots.plot_attention(tokens, np.eye(12)),
        plots.plot_tokens(tokens, {"mymodel04": [1.0] * 12, "MiniLM": [0.65] * 12}),
        plots.plot_sentences(sentences, ["cats"] * 10, {"MiniLM": np.eye(10), "from_config": np.eye(10)}),
    ):
        width = float(re.findall(r'viewBox="0 0 ([\d.]+)', plot.svg)[0])
        smallest = min(float(size) for size in re.findall(r"font-size: ([\d.]+)px", plot.svg))
        assert smallest * min(1, 560 / (width * 96 / 72)) * 96 / 72 >= 9


def test_chinese_label_gets_more_space_than_an_english_one() -> None:
    assert figure.inches("中文字") > figure.inches("abc")


@pytest.mark.parametrize(
    ("imported", "slow"),
    [
        ("autograde.widgets.plots", {"matplotlib", "torch"}),
        ("autograde.lesson", {"matplotlib", "torch", "numpy", "autograde.judge"}),
    ],
)
def test_import_does_not_load_slow_libraries(imported: str, slow: set[str]) -> None:
    code = f"import {imported}, sys; print({slow} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
