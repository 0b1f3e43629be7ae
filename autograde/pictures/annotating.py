"""Annotate a screenshot with frames and numbered badges, and with explanations below the picture."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from playwright.sync_api import Browser, FloatRect, Locator, Page

#: Space around a frame, in pixels.
PADDING = 4

#: Style of the page on which the annotated screenshot is drawn. Its colours contrast with the Hub's light pages.
STYLE = """
body { margin: 0; background: #f7f5f0; color: #1c2320;
  font: 15px/1.45 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
figure { margin: 0; padding: 14px; display: inline-block; box-sizing: border-box; }
.page { position: relative; border: 1px solid #8d958f; border-radius: 8px; overflow: hidden; }
.page img { display: block; }
.frame { position: absolute; border: 2.5px solid #a3211a; border-radius: 7px; box-sizing: border-box; }
.badge { position: absolute; width: 24px; height: 24px; border-radius: 50%; background: #a3211a; color: #fff;
  font-weight: 700; font-size: 14px; line-height: 24px; text-align: center; box-shadow: 0 0 0 2px #fff; }
figcaption ol { margin: 12px 0 0; padding: 0; columns: 2; column-gap: 24px; list-style: none; }
figcaption li { break-inside: avoid; padding: 2px 0 2px 34px; position: relative; }
figcaption .badge { left: 0; top: 1px; }
"""


@dataclass(frozen=True)
class Mark:
    """A numbered annotation.

    Attributes:
        place: the annotated element.
        words: the explanation.
        right: whether the number is at the right end, where it covers nothing, instead of the left end. A number above
            a field would cover its label.
        corner: whether the number is on the upper right corner, for elements with text on both sides.
    """

    place: Locator
    words: str
    right: bool = False
    corner: bool = False


def annotated(browser: Browser, page: Page, region: Locator | FloatRect, marks: Sequence[Mark]) -> bytes:
    """Return a PNG of ``region`` of ``page`` with numbers at ``marks`` and the explanations below.

    Args:
        browser: draws the annotated picture.
        page: the page to show.
        region: an element or a rectangle of the page.
        marks: the annotations in the order of their numbers.

    Raises:
        ValueError: a mark is not inside the region.
    """
    clip = _box(region) if isinstance(region, Locator) else region
    content = page.screenshot(clip=clip, full_page=True, animations="disabled", caret="hide")
    pieces = []
    for number, mark in enumerate(marks, 1):
        box = _box(mark.place)
        if not _inside(box, clip):
            raise ValueError(f"The place of {mark.words!r} is at {box}, outside the picture: {clip}")
        x, y = box["x"] - clip["x"] - PADDING, box["y"] - clip["y"] - PADDING
        width, height = box["width"] + 2 * PADDING, box["height"] + 2 * PADDING
        pieces.append(f'<i class="frame" style="left:{x}px;top:{y}px;width:{width}px;height:{height}px"></i>')
        left = x + width - 10 if mark.corner else x + width - 4 if mark.right else x - 20
        left = min(max(left, 4), clip["width"] - 30)
        top = max(y - 14 if mark.corner else y + height / 2 - 12, 4)
        pieces.append(f'<b class="badge" style="left:{left}px;top:{top}px">{number}</b>')
    words = "".join(
        f'<li><b class="badge">{number}</b>{escape(mark.words)}</li>' for number, mark in enumerate(marks, 1)
    )
    data = base64.b64encode(content).decode()
    sheet = browser.new_page(viewport={"width": int(clip["width"]) + 40, "height": 400})
    try:
        sheet.set_content(
            f"<style>{STYLE}</style><figure><div class=page style='width:{clip['width']}px'>"
            f"<img src='data:image/png;base64,{data}' width='{clip['width']}' height='{clip['height']}'>"
            f"{''.join(pieces)}</div><figcaption style='width:{clip['width']}px'><ol>{words}</ol></figcaption></figure>"
        )
        return sheet.locator("figure").screenshot()
    finally:
        sheet.close()


def legend(marks: Sequence[Mark]) -> str:
    """Return the explanations of a picture with the positions of the numbers, one per line.

    Used to detect changes, because a moved number or a changed word alters only a small part of a picture.
    """
    return "\n".join(
        f"{number} ({'corner' if mark.corner else 'right' if mark.right else 'left'}) {mark.words}"
        for number, mark in enumerate(marks, 1)
    )


def _inside(box: FloatRect, clip: FloatRect) -> bool:
    """Return whether an element is completely inside the picture."""
    across = clip["x"] <= box["x"] and box["x"] + box["width"] <= clip["x"] + clip["width"]
    return across and clip["y"] <= box["y"] and box["y"] + box["height"] <= clip["y"] + clip["height"]


def _box(place: Locator) -> FloatRect:
    """Return an element's position on the whole page, independent of scrolling."""
    found: FloatRect | None = place.first.evaluate(
        """each => { const box = each.getBoundingClientRect();
        return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}; }"""
    )
    assert found
    return found
