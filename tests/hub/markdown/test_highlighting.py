"""Syntax highlighting keeps the text of the code and adds only spans, whatever the code contains."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

import autograde.hub
from autograde.hub.markdown import MAX_TEXT, to_html
from autograde.hub.markdown.highlighting import CLASSES, EXTENSIONS, LANGUAGES, MAX_CODE, highlighted, language_of_file

SAMPLES = {
    "python": "@d\nclass A:\n    def f(self): return f'{self!r}' + \"<b>\"  # <c>\n",
    "json": '{"a": [1, true, null, "<script>"]}',
    "bash": 'git clone "$HF_ENDPOINT"/ada/m && cd m  # <c>\n',
    "ini": "[a]\nb = <c>\n",
}


def text_of(html: str) -> str:
    return unescape(re.sub(r'</?span(?: class="h[a-z]")?>', "", html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_highlighting_keeps_the_text(language: str) -> None:
    for code in (*SAMPLES.values(), "", "\n\n  x", "no line end"):
        assert text_of(highlighted(code, language)) == code


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from("abf<>&\"'`{}[]()#/*\\\n ")), st.sampled_from(sorted(LANGUAGES)))
def test_code_is_always_escaped(code: str, language: str) -> None:
    html = str(highlighted(code, language))
    assert text_of(html) == code
    assert re.sub(r'</?span(?: class="h[a-z]")?>', "", html).find("<") == -1


def test_kinds_of_tokens_get_different_classes() -> None:
    python, json = highlighted(SAMPLES["python"], "python"), highlighted(SAMPLES["json"], "json")
    assert {"hk", "hf", "hs", "hc"} <= set(re.findall(r'class="(h\w)"', python))
    assert {"hk", "hs", "hn"} <= set(re.findall(r'class="(h\w)"', json))


def test_long_code_and_unknown_languages_are_not_highlighted() -> None:
    assert highlighted("<b>", "klingon") == "&lt;b&gt;"
    assert "<span" not in highlighted("import x\n" * MAX_CODE, "python")


#: Each of these, repeated, keeps the lexer of some language busy for seconds.
SLOW = ["\n ", "\n\t", "\n", '"', "(", "a", "%", "`", "@@", "*a", "&a ", "$(", '{"a":', "'''"]


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_time_for_highlighting_is_limited(language: str) -> None:
    """Lexers take quadratic time for some code; code that takes too long is not highlighted."""
    for piece in SLOW:
        code = (piece * MAX_CODE)[:MAX_CODE]
        start = time.thread_time()
        assert text_of(highlighted(code, language)) == code
        assert time.thread_time() - start < 2, piece


def test_card_full_of_slow_code_is_rendered_quickly() -> None:
    card = "\n\n".join("```python\n" + "\n \t" * 1400 + f"\nx = {number}\n```" for number in range(60))
    assert len(card) < MAX_TEXT
    start = time.thread_time()
    assert "x = 59" in to_html(card)
    assert time.thread_time() - start < 3


def test_every_language_has_a_lexer_and_every_class_a_style() -> None:
    assert set(EXTENSIONS.values()) <= set(LANGUAGES)
    assert all(get_lexer_by_name(language) for language in LANGUAGES.values())
    style = (Path(autograde.hub.__file__).parent / "static" / "style.css").read_text()
    assert all(re.search(rf"\.{name}\b", style) for name in CLASSES.values())


def test_language_is_derived_from_the_file_extension() -> None:
    assert language_of_file("Config.JSON") == "json"
    assert language_of_file("train.py") == "python"
    assert language_of_file("README") == language_of_file("model.safetensors") == ""
