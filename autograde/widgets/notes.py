"""Short notes below a form. A symbol and a word repeat the meaning of the colour."""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from autograde.errors import KitError
from autograde.i18n.translation import messages

_ = messages("widgets")

#: The kind of note. ``"right"`` and ``"otherwise"`` are for answers to questions. A wrong answer is not an error, so it
#: is never red.
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


#: Classes of an element that MathJax ignores: in a cell's output, it would render the text between two dollar signs, as
#: in "$HF_ENDPOINT/$OWNER", as mathematics. The first is for MathJax 2, the second since 3.
NO_MATHEMATICS = 'class="tex2jax_ignore mathjax_ignore"'

#: Needed because JupyterLab shows links in widgets like other text.
LINK = 'style="text-decoration: underline"'


def plain(text: str) -> str:
    """Return a text without its backticks, for places without code formatting."""
    return text.replace("`", "")


def inline(text: str) -> str:
    """Return a text as HTML: escaped, with text between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def refusal(error: KitError, *, link: tuple[str, str] | None = None) -> str:
    """Return the note for something that did not work: what happened, and what to do."""
    return note("refused", error.what, error.fix, link=link)


def note(kind: Kind, *lines: str, link: tuple[str, str] | None = None) -> str:
    """Return a note as HTML; lines are escaped, with text between backticks as code.

    Args:
        kind: the kind of note.
        lines: the sentences, the first in bold type.
        link: address and text of a link below them.
    """
    words = {"done": _("Done:"), "refused": _("Not done:"), "busy": _("Working:"), "hint": _("Note:")}
    sign = {"done": "✓", "refused": "✗", "busy": "…", "hint": "ℹ", "right": "✓", "otherwise": "↻"}[kind]
    opening = inline(lines[0]) if lines else ""
    # Answers to a question have no heading word.
    heading, rest = (escape(words[kind]), opening) if kind in words else (opening, "")
    parts = [f'<b><span aria-hidden="true">{sign}</span> {heading}</b> {rest}'.rstrip()]
    parts += [inline(line) for line in lines[1:] if line]
    if link is not None:
        parts.append(f'<a href="{escape(link[0])}" target="_blank" rel="noopener" {LINK}>{escape(link[1])}</a>')
    style = f"border-left: 4px solid {_COLOURS[kind]}; padding: 2px 10px; line-height: 1.5"
    return f'<div {NO_MATHEMATICS} role="status" style="{style}">{"<br>".join(parts)}</div>'
