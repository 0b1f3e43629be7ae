"""HTML tables without JavaScript and style sheets, with a caption and headings for columns and rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

#: Without this padding, browsers set cells so close that numbers run together.
_SPACE = "padding: 2px 12px; line-height: 1.4"


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], align: Literal["left", "right"] = "right"
) -> str:
    """Return a table as HTML.

    Args:
        caption: its caption; escaped.
        columns: the columns' headings; escaped.
        rows: the cells of each row, as HTML; the first is the row's heading.
        align: alignment of every cell.
    """
    style = f'style="text-align: {align}; {_SPACE}"'
    head = "".join(f'<th scope="col" {style}>{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row" {style}>{first}</th>{"".join(f"<td {style}>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
