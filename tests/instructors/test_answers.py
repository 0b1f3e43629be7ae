"""The answer key and the misconception sheet are complete in both languages and agree with source/."""

from __future__ import annotations

import re

import pytest

from autograde import notebooks
from autograde.instructors.answers import answer_key, answer_pages, misconceptions, title_of
from autograde.questions import assignments
from autograde.settings import KIT

QUESTIONS = [question for questions in assignments().values() for question in questions]
PAGES = dict(answer_pages())

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@in_both_languages
def test_key_has_every_question_with_its_solution_and_the_notebooks_points(language: str) -> None:
    key = answer_key(language)
    assert re.findall(r"(?m)^### `(\w+)`", key) == [question.function for question in QUESTIONS]
    for question in QUESTIONS:
        assert question.teaching.solution.strip() in key
    totals = [float(each) for each in re.findall(r"(?m)^## .*?\(([\d.]+)", key)]
    in_notebooks = []
    for section in assignments():
        (path,) = (KIT / "source").glob(f"{section}-*/*.ipynb")
        cells = [cell.metadata.get("nbgrader", {}) for cell in notebooks.read(path).cells]
        in_notebooks.append(sum(cell.get("points", 0) for cell in cells))
    assert totals == in_notebooks


@in_both_languages
def test_sheet_has_every_misconception_with_its_next_step(language: str) -> None:
    sheet = misconceptions(language)
    for question in QUESTIONS:
        for each in question.misconceptions:
            assert each.explanation.in_language(language) in sheet
            assert each.next_step.in_language(language) in sheet
    assert bool(re.search(r"[\u4e00-\u9fff]", re.sub(r"`[^`]*`", "", sheet))) == (language == "zh")


def test_both_pages_exist_in_both_languages_and_load_nothing() -> None:
    assert set(PAGES) == {
        f"{name}.{language}.html" for name in ("answer-key", "misconceptions") for language in ("en", "zh")
    }
    for html in PAGES.values():
        assert not re.search(r'\bsrc="(?!data:)|<link\b|@import|url\(|<script', html)
    assert '<html lang="zh-CN">' in PAGES["answer-key.zh.html"]


def test_title_of_a_section_without_a_notebook_is_its_number() -> None:
    assert title_of("9.1", "en") == "9.1"
