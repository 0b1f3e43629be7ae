"""Colours of widgets and verdicts: each can be seen in JupyterLab's light and in its dark theme.

These colours draw lines, bars and signs; words keep the theme's own colour. WCAG asks for 3:1 where nothing is read.
"""

from __future__ import annotations

import re

import pytest

from autograde.settings import KIT

PLACES = [*sorted((KIT / "autograde" / "widgets").glob("*.py")), KIT / "autograde" / "judge" / "rendering.py"]
COLOURS = sorted(
    {
        (colour.lower(), path.name)
        for path in PLACES
        for colour in re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))
    }
)

#: What JupyterLab's themes paint behind an output.
GROUNDS = {"light": "#ffffff", "dark": "#111111"}


def brightness(colour: str) -> float:
    """The relative luminance that WCAG defines, of ``#rrggbb``."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(left: str, right: str) -> float:
    darker, lighter = sorted((brightness(left), brightness(right)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize(("colour", "place"), COLOURS)
def test_a_colour_can_be_seen_in_both_themes(colour: str, place: str, theme: str) -> None:
    assert contrast(colour, GROUNDS[theme]) >= 3, place
