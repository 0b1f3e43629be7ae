"""Colours of widgets and verdicts have enough contrast in JupyterLab's light and dark themes.

These colours are for lines, bars and symbols; text has the theme's own colour. WCAG requires 3:1 for graphics.
"""

from __future__ import annotations

import re

import pytest

from autograde.settings import KIT
from tests.contrast import contrast

PLACES = [*sorted((KIT / "autograde" / "widgets").glob("*.py")), KIT / "autograde" / "judge" / "rendering.py"]
COLOURS = sorted(
    {
        (colour.lower(), path.name)
        for path in PLACES
        for colour in re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))
    }
)

#: Background colours of outputs in JupyterLab's themes.
BACKGROUNDS = {"light": "#ffffff", "dark": "#111111"}


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("rgb(119, 119, 119)", "rgb(255, 255, 255)") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", BACKGROUNDS)
@pytest.mark.parametrize(("colour", "place"), COLOURS)
def test_colour_has_enough_contrast_in_both_themes(colour: str, place: str, theme: str) -> None:
    assert contrast(colour, BACKGROUNDS[theme]) >= 3, place
