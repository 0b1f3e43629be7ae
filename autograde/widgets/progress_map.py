"""The map of the six steps: a card for each, with the points of its exercise. The next step is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from autograde.i18n.translation import messages

_ = messages("widgets")

#: Border colours of a card. A symbol and a word repeat their meaning.
_BORDER = {"done": "#1a7f37", "next": "#0969da", "later": "#8c959f"}

#: Width of the map.
_WIDTH = "720px"


@dataclass(frozen=True)
class MapStep:
    """A step on the map.

    Attributes:
        title: the learner's task in it.
        lesson: URL of its lesson, relative to lesson 0.
        section: section of the tutorial, ``"2.4"``.
        done: whether it is done.
        exercise: URL of its exercise; empty without one.
        points: points so far and maximum; None if the exercise was never checked.
    """

    title: str
    lesson: str
    section: str
    done: bool
    exercise: str = ""
    points: tuple[float, float] | None = None


def next_index(steps: Sequence[MapStep]) -> int | None:
    """Return the index of the first step that is not done; None if all are done."""
    return next((index for index, step in enumerate(steps) if not step.done), None)


def as_text(steps: Sequence[MapStep]) -> str:
    """Return the map as plain text, one line per step."""
    lines = [heading(steps)]
    for index, step in enumerate(steps):
        line = f"{'✓' if step.done else '○'} {index + 1}. {step.title}"
        if index == next_index(steps):
            line += " ← " + _("next")
        if step.points:
            line += f" ({_exercise(step)})"
        lines.append(line)
    return "\n".join(lines)


def heading(steps: Sequence[MapStep]) -> str:
    """Return ``4 of 6 steps done``, with the points if there are any."""
    text = _("{count} of 6 steps done").format(count=sum(step.done for step in steps))
    counted = [step.points for step in steps if step.points]
    if counted:
        got, most = (sum(each[index] for each in counted) for index in (0, 1))
        text += _("; ") + _("{got} of {most} points").format(got=f"{got:g}", most=f"{most:g}")
    return text


def as_html(steps: Sequence[MapStep]) -> str:
    """Return the map as HTML: an ordered list of cards that wraps on narrow pages."""
    cards = "".join(_card(index, step, index == next_index(steps)) for index, step in enumerate(steps))
    title = escape(heading(steps))
    # Three cards in a row, two or one on narrow pages; the bar above is as wide as a row.
    columns = "grid-template-columns: repeat(auto-fill, minmax(min(200px, 100%), 1fr))"
    box = f"display: grid; {columns}; gap: 10px; max-width: {_WIDTH}; margin: 8px 0; padding: 0"
    listed = f'style="list-style: none; {box}"'
    return f'<section aria-label="{title}"><p><b>{title}</b></p>{_bar(steps)}<ol {listed}>{cards}</ol></section>'


def _bar(steps: Sequence[MapStep]) -> str:
    """Return a progress bar; the heading above it has the same information."""
    share = round(100 * sum(step.done for step in steps) / len(steps))
    outer = (
        f"box-sizing: border-box; max-width: {_WIDTH}; height: 10px; border-radius: 5px; border: 1px solid #8c959f;"
        " overflow: hidden"
    )
    inner = f"height: 100%; width: {share}%; background: {_BORDER['done']}"
    return f'<div aria-hidden="true" style="{outer}"><div style="{inner}"></div></div>'


def _card(index: int, step: MapStep, is_next: bool) -> str:
    state = "done" if step.done else "next" if is_next else "later"
    words = {"done": _("✓ done"), "next": _("▶ next"), "later": _("○ to do")}
    text = (
        f'<b style="color: {_BORDER[state]}">{escape(words[state])}</b>' if state != "later" else escape(words[state])
    )
    # The thicker frame is a shadow inside the box: text and boxes stay aligned.
    frame = f"; box-shadow: inset 0 0 0 2px {_BORDER[state]}" if state == "next" else ""
    style = f"border: 1px solid {_BORDER[state]}{frame}; border-radius: 8px; padding: 8px 12px; line-height: 1.5"
    current = ' aria-current="step"' if is_next else ""
    lines = [
        text,
        f"{index + 1}. {escape(step.title)}",
        f'<a href="{quote(step.lesson)}">{escape(_("Lesson {section}").format(section=step.section))}</a>',
    ]
    if step.exercise:
        lines.append(f'<a href="{quote(step.exercise)}">{escape(_exercise(step))}</a>')
    return f'<li{current} style="{style}">{"<br>".join(lines)}</li>'


def _exercise(step: MapStep) -> str:
    if step.points is None:
        return _("Exercise {section}").format(section=step.section)
    got, most = (f"{each:g}" for each in step.points)
    return _("Exercise {section}: {got} of {most} points").format(section=step.section, got=got, most=most)
