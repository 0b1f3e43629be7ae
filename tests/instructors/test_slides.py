"""Slides of the lessons: where a slide starts, how long parts are split, and that the file is self-contained."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import nbformat
import pytest

from autograde import notebooks
from autograde.instructors.slides import LINES, lesson_slides, slides
from autograde.settings import KIT
from tests.real_browser import chromium

MADE = dict(slides())


def lesson(folder: Path, *cells: tuple[str, str, str]) -> Path:
    """Write a lesson with these cells, each given as its kind, its language ("" for both) and its source."""
    made = []
    for number, (kind, language, source) in enumerate(cells):
        own = {"id": f"part-{number}", "metadata": {"tags": [language]} if language else {}}
        code = kind == "code"
        made.append(nbformat.v4.new_code_cell(source, **own) if code else nbformat.v4.new_markdown_cell(source, **own))
    path = folder / "9-a-lesson.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=made)), encoding="utf-8")
    return path


def shown(html: str) -> list[str]:
    """Return the text of each slide, without the page number."""
    found = re.findall(r'<section class="slide"[^>]*>(.*?)<span class="number">', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def test_each_heading_starts_a_slide_in_the_requested_language(tmp_path: Path) -> None:
    path = lesson(
        tmp_path,
        ("text", "en", "# 9 A lesson\n\nWords.\n\n## Predict\n\nHow many?"),
        ("text", "zh", "# 9 一课\n\n文字。\n\n## 预测\n\n多少个？"),
        ("code", "", "1 + 1"),
    )
    assert shown(lesson_slides(path, "en")) == ["9 A lesson Words.", "Predict How many? 1 + 1"]
    assert shown(lesson_slides(path, "zh")) == ["9 一课 文字。", "预测 多少个？ 1 + 1"]
    assert "<title>9 一课</title>" in lesson_slides(path, "zh")


def test_long_part_is_split_into_several_marked_slides(tmp_path: Path) -> None:
    code = ("code", "", "\n".join(f"line_{number}" for number in range(LINES - 4)))
    found = shown(lesson_slides(lesson(tmp_path, ("text", "en", "## Run"), code, code, code), "en"))
    assert [each.split(" line_")[0] for each in found] == ["Run", "Run …", "Run …"]


def test_hash_in_a_code_block_starts_no_slide(tmp_path: Path) -> None:
    path = lesson(tmp_path, ("text", "en", "# 9 A lesson\n\n```bash\nls\n# not a heading\nls\n```"))
    assert len(shown(lesson_slides(path, "en"))) == 1


@pytest.mark.parametrize("name", sorted(MADE))
def test_slides_of_a_lesson_load_nothing_and_have_every_cell(name: str) -> None:
    document = MADE[name]
    assert not re.search(r'\b(?:src|srcset)="(?!data:)|<link\b|@import|url\(|<iframe', document)
    stem, language, _ending = name.rsplit(".", 2)
    text = letters(unescape(re.sub(r"<[^>]+>", "", document)))
    book = notebooks.one_language(notebooks.read(KIT / "course" / f"{stem}.ipynb"), language)
    for cell in book.cells:
        first = next(line for line in cell.source.splitlines() if line.strip())
        if cell.cell_type == "markdown":
            first = re.sub(r"!\[[^]]*\]\([^)]*\)|\]\([^)]*\)|<[^>]+>", "", first)
        assert letters(first) in text, cell.id


def letters(text: str) -> str:
    """Return a text without spaces, punctuation and Markdown markup."""
    return re.sub(r"\W", "", text)


def test_every_lesson_has_slides_in_both_languages() -> None:
    lessons = {path.stem for path in (KIT / "course").glob("*.ipynb")}
    assert set(MADE) == {f"{stem}.{language}.html" for stem in lessons for language in ("en", "zh")}


def test_arrow_keys_change_slides(tmp_path: Path) -> None:
    file = tmp_path / "slides.html"
    file.write_text(MADE["2.4-upload-a-local-model.en.html"], encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(file.as_uri())
        first = page.locator(".slide.shown").inner_text()
        page.keyboard.press("ArrowRight")
        # page.url is updated by an event that may come later.
        assert page.evaluate("location.hash") == "#slide-2"
        assert page.locator(".slide.shown").inner_text() != first
        page.keyboard.press("End")
        assert page.locator(".slide.shown .number").inner_text().split(" / ")[0] == str(page.locator(".slide").count())
        page.keyboard.press("Home")
        assert page.locator(".slide.shown").inner_text() == first


def test_slides_fit_into_a_small_screen(tmp_path: Path) -> None:
    """Most lessons had slides that ended below a screen of 1280 x 720 pixels."""
    file = tmp_path / "slides.html"
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        for name, text in MADE.items():
            file.write_text(text, encoding="utf-8")
            page.goto(file.as_uri())
            heights = page.evaluate(
                "slides.map((each, i) => { show(i); return document.documentElement.scrollHeight; })"
            )
            # The glossary is one long table, to be looked up and not shown.
            assert name.startswith("glossary.") or max(heights) <= 720, name
