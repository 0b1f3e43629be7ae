"""HTML tables without JavaScript and style sheets, with a caption and headings for columns and rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from typing import Literal

#: Without this padding, browsers set cells so close that numbers run together.
_SPACE = "padding: 2px 12px; line-height: 1.4"


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: Literal["left", "right"] = "right",
    other: Collection[int] = (),
) -> str:
    """Return a table as HTML.

    Args:
        caption: its caption; escaped.
        columns: the columns' headings; escaped.
        rows: the cells of each row, as HTML; the first is the row's heading.
        align: alignment of the cells.
        other: positions of the columns that are aligned to the other side: numbers among texts, or texts among numbers.
    """
    opposite = "left" if align == "right" else "right"
    styles = [f'style="text-align: {opposite if place in other else align}; {_SPACE}"' for place in range(len(columns))]
    head = "".join(f'<th scope="col" {style}>{escape(name)}</th>' for style, name in zip(styles, columns, strict=True))
    body = "".join(
        f'<tr><th scope="row" {styles[0]}>{first}</th>'
        f"{''.join(f'<td {style}>{cell}</td>' for style, cell in zip(styles[1:], rest, strict=True))}</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
