"""Numbered marks on a screenshot, with a legend below it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, FloatRect

from autograde.pictures.annotating import Mark, annotated, legend

PAGE = """<body style="margin:0;background:#fff;height:900px">
<div id=first style="position:absolute;left:100px;top:100px;width:80px;height:40px"></div>
<div id=far style="position:absolute;left:100px;top:700px;width:80px;height:40px"></div></body>"""
CLIP: FloatRect = {"x": 0, "y": 0, "width": 400, "height": 300}
RED = (0xA3, 0x21, 0x1A)
#: The sheet's margin and the picture's line.
EDGE = 15


def test_mark_frames_its_place_and_is_explained_below(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    plain, marked = (
        Image.open(io.BytesIO(annotated(browser, page, CLIP, marks))).convert("RGB")
        for marks in ([], [Mark(page.locator("#first"), "The first place.")])
    )
    page.close()
    assert marked.getpixel((EDGE + 140, EDGE + 96)) == RED, "the frame's upper edge is missing"
    assert marked.getpixel((EDGE + 140, EDGE + 120)) == (255, 255, 255), "the mark covers its place"
    assert marked.getpixel((EDGE + 80, EDGE + 114)) == RED, "the number is not in the middle of the left edge"
    assert marked.getpixel((EDGE + 102, EDGE + 90)) == (255, 255, 255), "the mark covers a label above its place"
    assert plain.getpixel((EDGE + 140, EDGE + 96)) == (255, 255, 255)
    assert marked.height > plain.height + 15, "the legend has no line of its own"


def test_number_on_the_right_leaves_the_left_edge_free(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    marks = [Mark(page.locator("#first"), "The first place.", right=True)]
    picture = Image.open(io.BytesIO(annotated(browser, page, CLIP, marks))).convert("RGB")
    page.close()
    assert picture.getpixel((EDGE + 80, EDGE + 114)) == (255, 255, 255)
    assert picture.getpixel((EDGE + 194, EDGE + 112)) == RED


def test_legend_changes_with_the_place_and_the_text_of_a_mark(browser: Browser) -> None:
    page = browser.new_page()
    place = page.locator("#first")
    moved = [Mark(place, "One.", right=True), Mark(place, "One.", corner=True)]
    marks = [Mark(place, "One."), Mark(place, "Two."), *moved]
    assert len({legend([mark]) for mark in marks}) == len(marks)
    assert legend(marks).splitlines()[1] == "2 (left) Two."
    page.close()


def test_mark_outside_the_picture_is_refused(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    with pytest.raises(ValueError, match=r"'Far below\.' is at .* outside the picture"):
        annotated(browser, page, CLIP, [Mark(page.locator("#far"), "Far below.")])
    page.close()
