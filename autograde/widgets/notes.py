"""Short notes below a form: a sign and a word say what colour alone must not."""

from __future__ import annotations

from html import escape
from typing import Literal

from autograde.i18n.translation import messages

_ = messages("widgets")

Kind = Literal["done", "refused", "busy", "hint"]

#: Border colours; JupyterLab's themes are light and dark, so the text keeps the theme's own colour.
_COLOURS = {"done": "#1a7f37", "refused": "#cf222e", "busy": "#6e7781", "hint": "#0969da"}


def note(kind: Kind, *lines: str, link: tuple[str, str] | None = None) -> str:
    """A note as HTML; every line is escaped.

    Args:
        kind: what happened.
        lines: the sentences, the first in bold type.
        link: address and text of a link below them.
    """
    word = {"done": _("Done:"), "refused": _("Not done:"), "busy": _("Working:"), "hint": _("Note:")}[kind]
    sign = {"done": "✓", "refused": "✗", "busy": "…", "hint": "ℹ"}[kind]
    said = [
        f'<b><span aria-hidden="true">{sign}</span> {escape(word)}</b> {escape(lines[0])}' if lines else escape(word)
    ]
    said += [escape(line) for line in lines[1:] if line]
    if link is not None:
        said.append(f'<a href="{escape(link[0])}" target="_blank" rel="noopener">{escape(link[1])}</a>')
    return (
        f'<div role="status" style="border-left: 4px solid {_COLOURS[kind]}; padding: 2px 10px; line-height: 1.5">'
        + "<br>".join(said)
        + "</div>"
    )
