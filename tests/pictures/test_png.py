"""Compressing PNG files, and deciding whether two pictures look different."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from autograde.pictures.png import keep, looks_alike, small


def page(*, edge: int = 0, spot: int = 0) -> bytes:
    """Return a PNG of a page; ``edge`` makes lines a little lighter, ``spot`` paints a square of that size."""
    image = Image.new("RGB", (400, 300), "#f7f5f0")
    draw = ImageDraw.Draw(image)
    for row in range(20, 280, 20):
        draw.line([(20, row), (380, row)], fill=(28 + edge, 35 + edge, 32 + edge), width=2)
    draw.rectangle([200, 100, 200 + spot, 100 + spot], fill="#a3211a")
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=0)
    return content.getvalue()


def test_compressed_picture_looks_the_same_and_is_smaller() -> None:
    before = page(spot=40)
    after = small(before)
    assert looks_alike(before, after)
    assert len(after) < len(before) / 3


def test_only_visible_differences_make_a_picture_different() -> None:
    assert looks_alike(page(), page(edge=30))
    assert not looks_alike(page(spot=10), page(spot=40))
    bigger = Image.open(io.BytesIO(page())).resize((401, 300))
    content = io.BytesIO()
    bigger.save(content, "PNG")
    assert not looks_alike(page(), content.getvalue())


def test_picture_that_looks_the_same_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "join.en.png"
    assert keep(file, page())
    assert not keep(file, page(edge=30))
    assert file.read_bytes() == page()
    assert keep(file, page(spot=40))
    assert file.read_bytes() == page(spot=40)
