"""Measure colours as the accessibility guidelines (WCAG 2.2) do. A colour is ``#rrggbb`` or ``rgb(1, 2, 3)``."""

from __future__ import annotations

import re


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1."""
    base, digits = (16, r"[0-9a-fA-F]{2}") if colour.startswith("#") else (10, r"\d+")
    parts = [int(part, base) / 255 for part in re.findall(digits, colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(left: str, right: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(left), luminance(right)))
    return (lighter + 0.05) / (darker + 0.05)
