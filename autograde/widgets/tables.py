"""Tables as HTML that need no JavaScript and no style sheet: a caption, headings for columns and rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

#: Without a style sheet of its own a browser sets cells so close that numbers run together.
_SPACE = "padding: 2px 12px; line-height: 1.4"


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], align: Literal["left", "right"] = "right"
) -> str:
    """A table as HTML.

    Args:
        caption: what it shows; escaped.
        columns: the columns' headings; escaped.
        rows: each row's cells, HTML already; the first is the row's heading.
        align: of every cell.
    """
    style = f'style="text-align: {align}; {_SPACE}"'
    head = "".join(f'<th scope="col" {style}>{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row" {style}>{first}</th>{"".join(f"<td {style}>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
