"""A plot as SVG, which every notebook can show, with an alternative text and its numbers as a table.

Text remains text in the SVG and is drawn by the browser. So a Chinese label is readable if the learner's browser has a
Chinese font, even if the machine with the kernel does not.
"""

from __future__ import annotations

import base64
import io
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

from autograde.i18n.translation import messages
from autograde.widgets.notes import NO_MATHEMATICS

_ = messages("widgets")

#: Size of the text in points; a point is 1/72 inch.
FONT_SIZE = 10

#: Colours that people with red-green colour blindness can distinguish (Okabe and Ito), with a hatch for each.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
HATCHES = ("", "///", "...", "xxx")

#: Fonts of the reader's machine, because few browsers have matplotlib's default font.
_BROWSER_FONTS = "system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "autograde",  # the same numbers give the same file
    "font.family": ["DejaVu Sans"],
    "font.size": FONT_SIZE,
    "text.parse_math": False,  # a dollar sign in a learner's sentence is a dollar sign
    "axes.unicode_minus": False,
}


@dataclass(frozen=True)
class Plot:
    """A finished plot.

    Attributes:
        svg: the picture.
        alt: a description in sentences computed from its numbers.
        numbers: the same numbers as an HTML table.
    """

    svg: str
    alt: str
    numbers: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        return self.html()

    def html(self, *, caption: bool = True) -> str:
        """Return the picture as HTML with its numbers folded below it; ``caption`` adds the sentences."""
        data = base64.b64encode(self.svg.encode()).decode()
        numbers = _("The numbers as a table")
        below = f"<figcaption>{escape(self.alt)}</figcaption>" if caption else ""
        return (
            f'<div {NO_MATHEMATICS}><figure style="margin: 0"><img alt="{escape(self.alt)}" '
            f'src="data:image/svg+xml;base64,{data}" style="max-width: 100%; background: white">{below}</figure>'
            f"<details><summary>{escape(numbers)}</summary>{self.numbers}</details></div>"
        )


@contextmanager
def drawing(width: float, height: float) -> Iterator[Any]:
    """Yield a matplotlib figure of this size in inches, with the plots' settings active inside the block."""
    # Imported here because matplotlib takes a second or two.
    import matplotlib
    from matplotlib.figure import Figure

    with warnings.catch_warnings(), matplotlib.rc_context(_SETTINGS):
        # The browser will draw the characters that matplotlib's font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield Figure(figsize=(width, height), facecolor="white")


def svg_of(figure: Any) -> str:
    """Return the figure as SVG, with text in the fonts of the reader's machine."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue().replace("'DejaVu Sans'", _BROWSER_FONTS)


def inches(text: str) -> float:
    """Estimate the width of a text in inches; it depends on the browser's fonts."""
    ems = sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.62 for each in text)
    return ems * FONT_SIZE / 72


def ink_on(value: float, lightest: float, darkest: float) -> str:
    """Return black or white, whichever is easier to read on a heatmap cell with this value."""
    return "white" if value > lightest + 0.6 * (darkest - lightest) else "black"
