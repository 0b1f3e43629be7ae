"""Draw SVG images with boxes, texts, arrows and number badges, in the Hub's light and dark colours.

A drawing is shown with ``<img>`` in a notebook, on a web page and on paper, so it is self-contained: it has colours for
both schemes, a background, a title and a description, and uses only fonts that are installed on most machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

#: Colours of the drawings as (light, dark), the same as on the Hub's pages.
PALETTE = {
    "ground": ("#f7f5f0", "#141816"),
    "paper": ("#ffffff", "#1c2220"),
    "ink": ("#1c2320", "#e8ece8"),
    "soft": ("#56605b", "#a9b4ae"),
    "line": ("#8d958f", "#6d7872"),
    "accent": ("#0b6650", "#6fd3b0"),
    "accent-ink": ("#ffffff", "#0d1714"),
    "tint": ("#e4f0ea", "#1f3a31"),
    "amber": ("#7a4a00", "#f0b979"),
    "amber-tint": ("#fbeed3", "#3d2c12"),
    "blue": ("#1d5c9c", "#93c4f5"),
    "blue-tint": ("#e3eef9", "#1b2f45"),
}

#: Fonts of the machine, including Chinese ones. No fonts are loaded.
SANS = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
MONO = "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, 'Noto Sans Mono CJK SC', monospace"

#: Estimated width of a letter relative to the font size, slightly more than in common fonts.
LATIN_WIDTH, CHINESE_WIDTH = 0.56, 1.0

#: The smallest font size: 10 pixels in a narrow notebook, where a drawing is about 510 pixels wide.
SMALL = 15

Point = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """The colours of a shape (names of the palette, or ``none``) and the thickness of its line."""

    fill: str = "paper"
    line: str = "line"
    thick: float = 1.5
    dashed: bool = False

    def attributes(self) -> str:
        """Return the look as SVG attributes."""
        dash = ' stroke-dasharray="7 5"' if self.dashed else ""
        return f'class="f-{self.fill} s-{self.line}" stroke-width="{_n(self.thick)}"{dash}'


PLAIN = Look()
LIT = Look("tint", "accent", 3)
FRAME = Look("none")


class Drawing:
    """An SVG image. Each method adds something to it.

    Args:
        width: width of the drawing in its own units, which a browser scales.
        height: height of the drawing.
        title: title for people who cannot see the picture.
        description: description for people who cannot see the picture.
    """

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.width, self.height, self.title, self.description = width, height, title, description
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, look: Look = PLAIN, *, radius: float = 10) -> None:
        """Draw a rectangle with round corners."""
        self._parts.append(
            f'<rect {look.attributes()} x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
            f' rx="{_n(radius)}"/>'
        )

    def circle(self, x: float, y: float, radius: float, look: Look = PLAIN) -> None:
        """Draw a circle around (x, y)."""
        self._parts.append(f'<circle {look.attributes()} cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"/>')

    def path(self, shape: str, look: Look) -> None:
        """Draw a path in SVG's path syntax."""
        self._parts.append(f'<path {look.attributes()} d="{shape}" stroke-linecap="round" stroke-linejoin="round"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 15,
        fill: str = "ink",
        anchor: str = "start",
        bold: bool = False,
        mono: bool = False,
    ) -> None:
        """Write a line of text with its baseline at ``y``; ``anchor`` is ``start``, ``middle`` or ``end``."""
        weight = ' font-weight="700"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(
            f'<text class="f-{fill}{" mono" if mono else ""}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"'
            f"{weight}{place}>{escape(words, quote=False)}</text>"
        )

    def lines(
        self,
        x: float,
        y: float,
        words: Iterable[str],
        *,
        size: float = 15,
        fill: str = "ink",
        anchor: str = "start",
        bold: bool = False,
        mono: bool = False,
    ) -> None:
        """Write several lines of text, with the baseline of the first at ``y``."""
        for number, line in enumerate(words):
            self.text(x, y + number * size * 1.4, line, size=size, fill=fill, anchor=anchor, bold=bold, mono=mono)

    def arrow(self, points: list[Point], look: Look) -> None:
        """Draw an arrow through ``points`` in horizontal and vertical segments."""
        size = 6 + 1.5 * look.thick
        (x1, y1), (x2, y2) = points[-2:]
        length = abs(x2 - x1) + abs(y2 - y1)
        dx, dy = (x2 - x1) / length, (y2 - y1) / length
        base = (x2 - dx * size, y2 - dy * size)
        stops = " L".join(f"{_n(x)} {_n(y)}" for x, y in [*points[:-1], base])
        self.path(f"M{stops}", Look("none", look.line, look.thick, look.dashed))
        left = f"{_n(base[0] - dy * size * 0.55)} {_n(base[1] + dx * size * 0.55)}"
        right = f"{_n(base[0] + dy * size * 0.55)} {_n(base[1] - dx * size * 0.55)}"
        self.path(f"M{_n(x2)} {_n(y2)} L{left} L{right} Z", Look(look.line, look.line, 1))

    def badge(self, x: float, y: float, words: str, *, filled: bool = True) -> None:
        """Draw a number in a circle around (x, y): filled if highlighted, otherwise outlined."""
        self.circle(x, y, SMALL * 0.92, Look("accent", "accent") if filled else Look("paper", "soft"))
        fill = "accent-ink" if filled else "soft"
        self.text(x, y + SMALL * 0.36, words, size=SMALL, fill=fill, anchor="middle", bold=True)

    def hatching(self, x: float, y: float, width: float, height: float, line: str) -> None:
        """Draw slanted lines over a rectangle, so that it is distinguished by more than its colour."""
        pieces = []
        at = x - height
        while at < x + width:
            left, right = max(at, x), min(at + height, x + width)
            if right > left:
                pieces.append(f"M{_n(left)} {_n(y + height - left + at)} L{_n(right)} {_n(y + height - right + at)}")
            at += 9
        self._parts.append(
            f'<path class="f-none s-{line}" d="{" ".join(pieces)}" stroke-width="1" stroke-opacity="0.3"/>'
        )

    def render(self) -> str:
        """Return the text of the SVG file."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}"'
            f' height="{self.height}" role="img" aria-labelledby="title description">'
        )
        return "\n".join(
            [
                head,
                f'<title id="title">{escape(self.title, quote=False)}</title>',
                f'<desc id="description">{escape(self.description, quote=False)}</desc>',
                f"<style>\n{_style()}\n</style>",
                f'<rect class="f-ground s-none" width="{self.width}" height="{self.height}" rx="14"/>',
                *self._parts,
                "</svg>",
                "",
            ]
        )


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Break ``words`` into lines of at most ``width`` at font size ``size``, at spaces and Chinese characters.

    A line never begins with a Chinese punctuation mark.
    """
    lines, line = [], ""
    for piece in _pieces(words):
        if line and estimated_width(line + piece.rstrip(), size) > width and piece[0] not in "，。；：、！？）”》":
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def estimated_width(words: str, size: float) -> float:
    """Estimate the width of ``words``."""
    return size * sum(CHINESE_WIDTH if _is_chinese(letter) else LATIN_WIDTH for letter in words)


def _pieces(words: str) -> list[str]:
    """Split ``words`` at possible line breaks: after each space, and around each Chinese character."""
    pieces, piece = [], ""
    for letter in words:
        if _is_chinese(letter):
            pieces += [piece, letter]
            piece = ""
        else:
            piece += letter
            if letter == " ":
                pieces.append(piece)
                piece = ""
    return [each for each in [*pieces, piece] if each]


def _is_chinese(letter: str) -> bool:
    return ord(letter) > 0x2E80


def _style() -> str:
    """Return the CSS classes of each colour, ``f-`` for fills and ``s-`` for strokes, with colours for dark mode."""
    light, dark = (
        " ".join(
            f".f-{name}{{fill:{colours[i]}}} .s-{name}{{stroke:{colours[i]}}}" for name, colours in PALETTE.items()
        )
        for i in (0, 1)
    )
    return "\n".join(
        [
            f"text{{font-family:{SANS}}} .mono{{font-family:{MONO}}} .f-none{{fill:none}}",
            light,
            f"@media (prefers-color-scheme: dark) {{{dark}}}",
        ]
    )


def _n(number: float) -> str:
    """Format a number as briefly as possible."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
