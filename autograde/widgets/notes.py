"""Short notes below a form: a sign and a word say what colour alone must not."""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from autograde.i18n.translation import messages

_ = messages("widgets")

#: What happened. ``"right"`` and ``"otherwise"`` answer a question: a wrong guess is no failure, so it is never red.
Kind = Literal["done", "refused", "busy", "hint", "right", "otherwise"]

#: Border colours; JupyterLab's themes are light and dark, so the text keeps the theme's own colour.
_COLOURS = {
    "done": "#1a7f37",
    "refused": "#cf222e",
    "busy": "#6e7781",
    "hint": "#0969da",
    "right": "#1a7f37",
    "otherwise": "#9a6700",
}


def plain(text: str) -> str:
    """A text without its backticks, for places that show no code."""
    return text.replace("`", "")


def inline(text: str) -> str:
    """A text as HTML: escaped, and what is between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def note(kind: Kind, *lines: str, link: tuple[str, str] | None = None) -> str:
    """A note as HTML; every line is escaped, and what is between backticks is shown as code.

    Args:
        kind: what happened.
        lines: the sentences, the first in bold type.
        link: address and text of a link below them.
    """
    words = {"done": _("Done:"), "refused": _("Not done:"), "busy": _("Working:"), "hint": _("Note:")}
    sign = {"done": "✓", "refused": "✗", "busy": "…", "hint": "ℹ", "right": "✓", "otherwise": "↻"}[kind]
    opening = inline(lines[0]) if lines else ""
    # The answer to a question says itself what it is.
    heading, rest = (escape(words[kind]), opening) if kind in words else (opening, "")
    said = [f'<b><span aria-hidden="true">{sign}</span> {heading}</b> {rest}'.rstrip()]
    said += [inline(line) for line in lines[1:] if line]
    if link is not None:
        said.append(f'<a href="{escape(link[0])}" target="_blank" rel="noopener">{escape(link[1])}</a>')
    return (
        f'<div role="status" style="border-left: 4px solid {_COLOURS[kind]}; padding: 2px 10px; line-height: 1.5">'
        + "<br>".join(said)
        + "</div>"
    )
