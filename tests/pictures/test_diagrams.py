"""The diagrams are up to date, correct, and readable in a browser in both languages and colour schemes."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES, is_lfs_path
from autograde.i18n.translation import translator
from autograde.models import finetuned_folder, vocabulary
from autograde.pictures import FOLDER, anatomy, diagrams, lfs_pointer, segments
from tests.contrast import contrast, luminance

DIAGRAMS = dict(diagrams())
SVG = "{http://www.w3.org/2000/svg}"

by_diagram = pytest.mark.parametrize("name", sorted(DIAGRAMS))


@by_diagram
def test_diagram_in_the_course_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == DIAGRAMS[name], "type: make pictures"


def test_every_svg_file_is_a_generated_diagram() -> None:
    assert {path.name for path in FOLDER.glob("*.svg")} == set(DIAGRAMS)


@by_diagram
def test_diagram_is_self_contained_with_title_and_description(name: str) -> None:
    root = ElementTree.fromstring(DIAGRAMS[name])
    assert (root.findtext(f"{SVG}title") or "").strip()
    assert (root.findtext(f"{SVG}desc") or "").strip()
    text = DIAGRAMS[name].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"<script|<image|@import|@font-face|href|url\(|\son\w+=", text)
    assert set(re.findall(r"https?://\S+?(?=[\s<])", text)) <= {"https://git-lfs.github.com/spec/v1"}


def test_both_languages_have_the_same_shapes_and_their_own_texts() -> None:
    for name in DIAGRAMS:
        if name.endswith(".en.svg"):
            english, chinese = DIAGRAMS[name], DIAGRAMS[name.replace(".en.", ".zh.")]
            assert re.findall(r"<(?:rect|path|circle) [^>]*>", english) == re.findall(
                r"<(?:rect|path|circle) [^>]*>", chinese
            )
            assert re.search(r"[\u4e00-\u9fff]", chinese)
            assert not re.search(r"[\u4e00-\u9fff]", english)


@by_diagram
def test_smallest_letters_are_legible_in_a_narrow_notebook(name: str) -> None:
    """In a window of 1000 pixels with the file browser, its labels were 6 pixels high."""
    width = int(re.findall(r'viewBox="0 0 (\d+)', DIAGRAMS[name])[0])
    smallest = min(float(size) for size in re.findall(r'font-size="([\d.]+)"', DIAGRAMS[name]))
    assert smallest * 510 / width >= 10


# Correctness


@pytest.mark.parametrize(("lit", "named"), [("add", 2), ("commit", 3), ("push", 4)])
def test_pictures_beside_a_blank_do_not_name_its_command_nor_later_ones(lit: str, named: int) -> None:
    commands = ["git clone", "cp -r", "git add", "git commit", "git push"]
    for language in ("en", "zh"):
        drawn = re.sub(r"<[^>]+>", "\n", (FOLDER / f"path-{lit}.{language}.svg").read_text(encoding="utf-8"))
        assert [command for command in commands if command in drawn] == commands[:named]
        assert drawn.count("git ___") == 5 - named


def test_download_diagrams_show_the_sizes_and_do_not_name_the_command_of_a_blank() -> None:
    for language in ("en", "zh"):
        assert "git ___" in DIAGRAMS[f"download.{language}.svg"]
        assert ">git clone<" not in DIAGRAMS[f"download.{language}.svg"]
        assert f"{lfs_pointer.SIZE:,}" in DIAGRAMS[f"download.{language}.svg"]
        assert f">{len(lfs_pointer.POINTER)} " in DIAGRAMS[f"download-without-lfs.{language}.svg"]


def test_segments_diagram_agrees_with_the_tokenizer() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(finetuned_folder())
    encoded = tokenizer("Talk is cheap", "Please show me your code!", return_token_type_ids=True)
    assert encoded["input_ids"] == list(segments.IDS)
    assert tokenizer.convert_ids_to_tokens(encoded["input_ids"]) == list(segments.TOKENS)
    drawn = re.findall(r'font-size="18" font-weight="700" text-anchor="middle">(\d)<', DIAGRAMS["segments.en.svg"])
    assert [int(each) for each in drawn] == encoded["token_type_ids"]
    assert len(vocabulary()) > max(segments.IDS)


def test_pointer_diagram_has_the_real_files_size() -> None:
    weights = finetuned_folder() / "model.safetensors"
    assert weights.stat().st_size == lfs_pointer.SIZE
    assert len(lfs_pointer.POINTER) == 134
    assert "134 bytes" in DIAGRAMS["lfs-pointer.en.svg"]


def test_anatomy_diagram_has_the_models_files_and_marks_those_in_lfs() -> None:
    drawing = anatomy.anatomy_of_a_repository(translator("pictures", "en")).render()
    names = re.findall(r'class="f-(ink|amber) mono" [^>]*font-size="15" font-weight="700">([^<]+)<', drawing)
    assert {name for _colour, name in names} <= {
        ".gitattributes",
        *(path.name for path in finetuned_folder().iterdir()),
    }
    for colour, name in names:
        assert (colour == "amber") == is_lfs_path(INITIAL_GITATTRIBUTES, name)


# In a browser


#: For every text: its words, box, colour, and the colour of the topmost filled shape under its middle.
MEASURE = """() => [...document.querySelectorAll('text')].map(text => {
  const box = text.getBBox(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const under = document.elementsFromPoint(x, y)
    .find(each => each.tagName !== 'text' && getComputedStyle(each).fill !== 'none'
      && each.isPointInFill?.(new DOMPoint(x, y)));
  return {words: text.textContent, x: box.x, y: box.y, width: box.width, height: box.height,
          colour: getComputedStyle(text).fill, ground: under && getComputedStyle(under).fill};
})"""


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two texts overlap; a little vertically is allowed, because boxes are higher than the letters."""
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    upright = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return bool(across > 0 and upright > 0.3 * min(one["height"], other["height"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_is_inside_and_overlaps_no_other(browser: Browser, scheme: Any) -> None:
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
    assert len(grounds) >= 4, "the shapes below the texts were not found"
    page.close()


def test_diagram_is_dark_in_the_dark_colour_scheme(browser: Browser) -> None:
    seen = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.set_content(DIAGRAMS["path.en.svg"])
        seen.append(page.locator("rect").first.evaluate("each => getComputedStyle(each).fill"))
        page.close()
    assert luminance(seen[0]) > 0.8
    assert luminance(seen[1]) < 0.05
