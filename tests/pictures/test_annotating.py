"""Numbers on a screenshot: where they are, and what is refused."""

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


def test_a_mark_frames_its_place_and_its_number_explains_it_below(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    plain, marked = (
        Image.open(io.BytesIO(annotated(browser, page, CLIP, marks))).convert("RGB")
        for marks in ([], [Mark(page.locator("#first"), "The first place.")])
    )
    page.close()
    assert marked.getpixel((EDGE + 140, EDGE + 96)) == RED, "the upper edge of the frame"
    assert marked.getpixel((EDGE + 140, EDGE + 120)) == (255, 255, 255), "nothing covers the place itself"
    assert marked.getpixel((EDGE + 80, EDGE + 114)) == RED, "the badge, in the middle of the left edge"
    assert marked.getpixel((EDGE + 102, EDGE + 90)) == (255, 255, 255), "nothing covers a label above the place"
    assert plain.getpixel((EDGE + 140, EDGE + 96)) == (255, 255, 255)
    assert marked.height > plain.height + 15, "the words have a line of their own"


def test_a_number_at_the_right_end_leaves_the_left_free(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    marks = [Mark(page.locator("#first"), "The first place.", right=True)]
    picture = Image.open(io.BytesIO(annotated(browser, page, CLIP, marks))).convert("RGB")
    page.close()
    assert picture.getpixel((EDGE + 80, EDGE + 114)) == (255, 255, 255)
    assert picture.getpixel((EDGE + 194, EDGE + 112)) == RED


def test_the_legend_differs_when_a_number_moves_or_a_word_changes(browser: Browser) -> None:
    page = browser.new_page()
    place = page.locator("#first")
    moved = [Mark(place, "One.", right=True), Mark(place, "One.", corner=True)]
    marks = [Mark(place, "One."), Mark(place, "Two."), *moved]
    assert len({legend([mark]) for mark in marks}) == len(marks)
    assert legend(marks).splitlines()[1] == "2 (left) Two."
    page.close()


def test_a_mark_outside_the_picture_is_refused(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    with pytest.raises(ValueError, match=r"'Far below\.' is at .* outside the picture"):
        annotated(browser, page, CLIP, [Mark(page.locator("#far"), "Far below.")])
    page.close()
