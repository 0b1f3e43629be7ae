"""Drawings: the elements of their SVG, and the line breaks of their texts."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from autograde.pictures.drawing import Drawing, Look, estimated_width, wrapped

SVG = "{http://www.w3.org/2000/svg}"


def test_drawing_is_well_formed_with_title_and_description() -> None:
    drawing = Drawing(200, 100, "Sizes < 3 & more", "A box.")
    drawing.box(1, 2, 30, 40, Look("tint", "accent", 3, dashed=True))
    drawing.arrow([(10, 10), (10, 50), (60, 50)], Look("none", "ink", 2))
    drawing.text(5, 20, "a < b")
    root = ElementTree.fromstring(drawing.render())
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc", "text")] == [
        "Sizes < 3 & more",
        "A box.",
        "a < b",
    ]
    assert root.get("aria-labelledby") == "title description"
    box = root.findall(f"{SVG}rect")[1]
    assert (box.get("class"), box.get("stroke-dasharray"), box.get("x")) == ("f-tint s-accent", "7 5", "1")


def test_arrow_line_ends_at_its_head_and_the_head_at_the_last_point() -> None:
    drawing = Drawing(200, 100, "t", "d")
    drawing.arrow([(10, 10), (10, 50), (60, 50)], Look("none", "ink", 2))
    line, head = (each.get("d") for each in ElementTree.fromstring(drawing.render()).findall(f"{SVG}path"))
    assert line == "M10 10 L10 50 L51 50"
    assert head == "M60 50 L51 54.95 L51 45.05 Z"


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("the files that you see", 94, ["the files", "that you see"]),
        ("short", 1000, ["short"]),
        ("unbreakable", 10, ["unbreakable"]),
        ("看得见的文件", 40, ["看得见", "的文件"]),
        ("看得见，的文件", 39, ["看得见，", "的文件"]),
        ("git 里只有指针", 60, ["git 里只", "有指针"]),
    ],
)
def test_text_is_wrapped_at_spaces_and_between_chinese_characters(words: str, width: float, lines: list[str]) -> None:
    assert wrapped(words, width, 13) == lines


def test_estimated_width_of_a_chinese_character_is_the_font_size() -> None:
    assert estimated_width("文件", 10) == 20
    assert estimated_width("ab", 10) == pytest.approx(11.2)
