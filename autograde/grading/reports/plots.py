"""Plots of the class page: inline SVG without scripts, for light and dark themes, each with its numbers as text."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from autograde.grading.reports.class_report import QuestionReport
from autograde.i18n.translation import translator

_WIDTH, _HEIGHT, _BASE, _LEFT = 320, 150, 118, 28


def points_plot(question: QuestionReport, language: str) -> Markup:
    """Return a bar chart of the number of learners by points."""
    _ = translator("reports", language)
    bars = [(f"{points:g}", number, points >= question.possible) for points, number in question.points]
    values = ", ".join(
        _("{points} points: {number}").format(points=points, number=number) for points, number, _f in bars
    )
    title = _("{function}: how many learners have how many points").format(function=question.function)
    parts = [
        f'<svg class="plot" role="img" aria-label="{escape(f"{title}. {values}")}" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f"<title>{escape(title)}</title>",
        f'<line x1="{_LEFT}" y1="{_BASE}" x2="{_WIDTH}" y2="{_BASE}" class="axis"/>',
    ]
    highest = max((number for _points, number, _full in bars), default=1)
    step = (_WIDTH - _LEFT) / max(len(bars), 4)
    for place, (points, number, full) in enumerate(bars):
        x, height = _LEFT + step * place + step * 0.15, (_BASE - 22) * number / highest
        middle = x + step * 0.35
        parts.append(
            f'<rect x="{x:.1f}" y="{_BASE - height:.1f}" width="{step * 0.7:.1f}" height="{height:.1f}" '
            f'class="{"full" if full else "partial"}"/>'
            f'<text x="{middle:.1f}" y="{_BASE - height - 5:.1f}" text-anchor="middle">{number}</text>'
            f'<text x="{middle:.1f}" y="{_BASE + 15}" text-anchor="middle">{points}</text>'
        )
    label = _("points, of {possible}").format(possible=f"{question.possible:g}")
    parts.append(
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 3}" text-anchor="middle">{escape(label)}</text></svg>'
    )
    return Markup("".join(parts))  # noqa: S704 - every text is escaped
