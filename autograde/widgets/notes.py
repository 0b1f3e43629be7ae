"""Short notes below a form. A sign and a word repeat what the colour says."""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from autograde.i18n.translation import messages

_ = messages("widgets")

#: What happened. ``"right"`` and ``"otherwise"`` are for answers to questions. A wrong answer is not an error, so it is
#: never red.
Kind = Literal["done", "refused", "busy", "hint", "right", "otherwise"]

#: Border colours. The text has the colour of the theme, which may be light or dark.
_COLOURS = {
    "done": "#1a7f37",
    "refused": "#cf222e",
    "busy": "#6e7781",
    "hint": "#0969da",
    "right": "#1a7f37",
    "otherwise": "#9a6700",
}


#: Classes of an element whose dollar signs stay dollar signs: in a cell's output, MathJax takes what is between two of
#: them for mathematics, and "$HF_ENDPOINT/$OWNER" is none. The first is MathJax 2's, the second has been since 3.
NO_MATHEMATICS = 'class="tex2jax_ignore mathjax_ignore"'

#: JupyterLab shows links of widgets like other text.
LINK = 'style="text-decoration: underline"'


def plain(text: str) -> str:
    """Return a text without its backticks, for places that show no code."""
    return text.replace("`", "")


def inline(text: str) -> str:
    """Return a text as HTML: escaped, with text between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def note(kind: Kind, *lines: str, link: tuple[str, str] | None = None) -> str:
    """Return a note as HTML; lines are escaped, with text between backticks as code.

    Args:
        kind: what happened.
        lines: the sentences, the first in bold type.
        link: address and text of a link below them.
    """
    words = {"done": _("Done:"), "refused": _("Not done:"), "busy": _("Working:"), "hint": _("Note:")}
    sign = {"done": "✓", "refused": "✗", "busy": "…", "hint": "ℹ", "right": "✓", "otherwise": "↻"}[kind]
    opening = inline(lines[0]) if lines else ""
    # Answers to a question have no heading word.
    heading, rest = (escape(words[kind]), opening) if kind in words else (opening, "")
    said = [f'<b><span aria-hidden="true">{sign}</span> {heading}</b> {rest}'.rstrip()]
    said += [inline(line) for line in lines[1:] if line]
    if link is not None:
        said.append(f'<a href="{escape(link[0])}" target="_blank" rel="noopener" {LINK}>{escape(link[1])}</a>')
    style = f"border-left: 4px solid {_COLOURS[kind]}; padding: 2px 10px; line-height: 1.5"
    return f'<div {NO_MATHEMATICS} role="status" style="{style}">{"<br>".join(said)}</div>'
