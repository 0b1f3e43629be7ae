"""The diagrams: fresh, true, and readable in a real browser in both languages and both colour schemes."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from autograde.hub.repos.commits import INITIAL_GITATTRIBUTES
from autograde.hub.repos.wildmatch import is_lfs_path
from autograde.i18n.translation import translator
from autograde.models import finetuned_folder, vocabulary
from autograde.pictures import FOLDER, anatomy, diagrams, lfs_pointer, segments

DIAGRAMS = dict(diagrams())
SVG = "{http://www.w3.org/2000/svg}"

by_diagram = pytest.mark.parametrize("name", sorted(DIAGRAMS))


@by_diagram
def test_the_file_in_the_course_is_the_one_that_is_drawn(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == DIAGRAMS[name], "type: make pictures"


def test_there_is_no_svg_file_that_nothing_draws() -> None:
    assert {path.name for path in FOLDER.glob("*.svg")} == set(DIAGRAMS)


@by_diagram
def test_it_carries_everything_in_itself(name: str) -> None:
    root = ElementTree.fromstring(DIAGRAMS[name])
    assert (root.findtext(f"{SVG}title") or "").strip()
    assert (root.findtext(f"{SVG}desc") or "").strip()
    text = DIAGRAMS[name].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"<script|<image|@import|@font-face|href|url\(|\son\w+=", text)
    assert set(re.findall(r"https?://\S+?(?=[\s<])", text)) <= {"https://git-lfs.github.com/spec/v1"}


def test_the_two_languages_have_the_same_shapes_and_chinese_leaves_no_english_sentence() -> None:
    for name in DIAGRAMS:
        if name.endswith(".en.svg"):
            english, chinese = DIAGRAMS[name], DIAGRAMS[name.replace(".en.", ".zh.")]
            assert re.findall(r"<(?:rect|path|circle) [^>]*>", english) == re.findall(
                r"<(?:rect|path|circle) [^>]*>", chinese
            )
            assert re.search(r"[\u4e00-\u9fff]", chinese)
            assert not re.search(r"[\u4e00-\u9fff]", english)


# What the pictures say is so


def test_the_segments_diagram_shows_what_the_tokenizer_gives() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(finetuned_folder())
    encoded = tokenizer("Talk is cheap", "Please show me your code!", return_token_type_ids=True)
    assert encoded["input_ids"] == list(segments.IDS)
    assert tokenizer.convert_ids_to_tokens(encoded["input_ids"]) == list(segments.TOKENS)
    drawn = re.findall(r'font-size="18" font-weight="700" text-anchor="middle">(\d)<', DIAGRAMS["segments.en.svg"])
    assert [int(each) for each in drawn] == encoded["token_type_ids"]
    assert len(vocabulary()) > max(segments.IDS)


def test_the_pointer_diagram_shows_the_real_files_size_and_pointer() -> None:
    weights = finetuned_folder() / "model.safetensors"
    assert weights.stat().st_size == lfs_pointer.SIZE
    assert len(lfs_pointer.POINTER) == 134
    assert "134 bytes" in DIAGRAMS["lfs-pointer.en.svg"]


def test_the_anatomy_shows_the_files_of_the_model_and_marks_the_one_in_lfs() -> None:
    drawing = anatomy.anatomy_of_a_repository(translator("pictures", "en")).render()
    names = re.findall(r'class="f-(ink|amber) mono" [^>]*font-size="15" font-weight="700">([^<]+)<', drawing)
    assert {name for _colour, name in names} <= {
        ".gitattributes",
        *(path.name for path in finetuned_folder().iterdir()),
    }
    for colour, name in names:
        assert (colour == "amber") == is_lfs_path(INITIAL_GITATTRIBUTES, name)


# As a browser shows it


#: For every text: its words, its box, its colour, and the colour of the topmost filled shape under its middle.
MEASURE = """() => [...document.querySelectorAll('text')].map(text => {
  const box = text.getBBox(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const under = document.elementsFromPoint(x, y)
    .find(each => each.tagName !== 'text' && getComputedStyle(each).fill !== 'none'
      && each.isPointInFill?.(new DOMPoint(x, y)));
  return {words: text.textContent, x: box.x, y: box.y, width: box.width, height: box.height,
          colour: getComputedStyle(text).fill, ground: under && getComputedStyle(under).fill};
})"""


def brightness(colour: str) -> float:
    """The relative luminance that WCAG defines, of ``rgb(1, 2, 3)``."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(left: str, right: str) -> float:
    darker, lighter = sorted((brightness(left), brightness(right)))
    return (lighter + 0.05) / (darker + 0.05)


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two texts touch; a line's box is higher than its letters, so a little is allowed upright."""
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    upright = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return bool(across > 0 and upright > 0.3 * min(one["height"], other["height"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_stays_inside_and_touches_no_other(browser: Browser, scheme: Any) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 600})
    grounds = set()
    for name, text in DIAGRAMS.items():
        page.set_content(f"<body style='margin:0'>{text}</body>")
        found = page.evaluate(MEASURE)
        assert found
        width, height = (float(size) for size in re.findall(r'viewBox="0 0 (\d+) (\d+)"', text)[0])
        for number, each in enumerate(found):
            assert contrast(each["colour"], each["ground"]) >= 4.5, (name, each)
            assert each["x"] >= 6, (name, each)
            assert each["x"] + each["width"] <= width - 6, (name, each)
            assert each["y"] + each["height"] <= height, (name, each)
            assert not [other["words"] for other in found[:number] if overlap(each, other)], (name, each)
            grounds.add(each["ground"])
    assert len(grounds) >= 4, "texts were measured on the shapes that they stand on"
    page.close()


def test_the_same_file_is_dark_where_the_reader_wants_it(browser: Browser) -> None:
    seen = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.set_content(DIAGRAMS["path.en.svg"])
        seen.append(page.locator("rect").first.evaluate("each => getComputedStyle(each).fill"))
        page.close()
    assert brightness(seen[0]) > 0.8
    assert brightness(seen[1]) < 0.05
