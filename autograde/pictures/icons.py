"""Small line drawings, each about 40 wide around its middle (x, y)."""

from __future__ import annotations

from autograde.pictures.drawing import Drawing, Look

INK = Look("none", "accent", 2)
SHEET = Look("paper", "accent", 2)


def files(drawing: Drawing, x: float, y: float) -> None:
    """Three sheets of paper."""
    for shift in (8, 0, -8):
        drawing.box(x - 12 + shift, y - 18 - shift / 2, 24, 32, SHEET, radius=3)
    for line in (-8, 0):
        drawing.path(f"M{x - 14} {y + line + 4} h12", INK)


def tray(drawing: Drawing, x: float, y: float) -> None:
    """A tray with a sheet coming down into it."""
    drawing.box(x - 10, y - 20, 20, 24, SHEET, radius=3)
    drawing.path(f"M{x} {y - 14} v12 m-5 -5 l5 5 l5 -5", INK)
    drawing.path(f"M{x - 20} {y} v14 h40 v-14", INK)


def history(drawing: Drawing, x: float, y: float) -> None:
    """Three versions on a line."""
    drawing.path(f"M{x - 22} {y} h44", INK)
    for shift in (-16, 0):
        drawing.circle(x + shift, y, 5, SHEET)
    drawing.circle(x + 17, y, 7, Look("accent", "accent", 2))


def cloud(drawing: Drawing, x: float, y: float) -> None:
    """A heap of blocks: the pieces of a large file."""
    for column, row in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)):
        drawing.box(x - 21 + 15 * column, y - 14 + 15 * row, 12, 12, SHEET, radius=2)


def person(drawing: Drawing, x: float, y: float) -> None:
    """Head and shoulders."""
    drawing.circle(x, y - 9, 8, SHEET)
    drawing.path(f"M{x - 16} {y + 18} q0 -16 16 -16 q16 0 16 16 z", SHEET)


def key(drawing: Drawing, x: float, y: float) -> None:
    """A key."""
    drawing.circle(x - 11, y, 9, SHEET)
    drawing.path(f"M{x - 2} {y} h24 v8 M{x + 13} {y} v6", INK)


def new_box(drawing: Drawing, x: float, y: float) -> None:
    """A box with a plus."""
    drawing.box(x - 19, y - 16, 38, 34, SHEET, radius=4)
    drawing.path(f"M{x - 19} {y - 6} h38 M{x} {y - 1} v14 M{x - 7} {y + 6} h14", INK)


def up(drawing: Drawing, x: float, y: float) -> None:
    """An arrow up, out of a tray."""
    drawing.path(f"M{x} {y + 8} v-26 m-9 9 l9 -9 l9 9", INK)
    drawing.path(f"M{x - 19} {y + 4} v14 h38 v-14", INK)


def down(drawing: Drawing, x: float, y: float) -> None:
    """An arrow down, into a tray."""
    drawing.path(f"M{x} {y - 18} v26 m-9 -9 l9 9 l9 -9", INK)
    drawing.path(f"M{x - 19} {y + 4} v14 h38 v-14", INK)


def numbers(drawing: Drawing, x: float, y: float) -> None:
    """A table of numbers between brackets."""
    drawing.path(f"M{x - 14} {y - 18} h-6 v36 h6 M{x + 14} {y - 18} h6 v36 h-6", INK)
    for column in (-8, 0, 8):
        for row in (-8, 0, 8):
            drawing.circle(x + column, y + row, 1.6, Look("accent", "accent", 1))
