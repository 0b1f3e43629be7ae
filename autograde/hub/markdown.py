"""Markdown written by strangers, as HTML that a browser may safely show."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markupsafe import Markup

#: Longer texts are cut: rendering must not become a way to stop the Hub.
MAX_TEXT = 1 << 20


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    # Not every Hub shows a card; importing this one takes 65 ms.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def to_html(text: str) -> Markup:
    """``text`` rendered as CommonMark with tables, every script, style, form and handler taken out."""
    import nh3
    from markupsafe import Markup

    html = nh3.clean(
        _renderer().render(text[:MAX_TEXT]),
        link_rel="noopener nofollow ugc",
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(html)  # noqa: S704 - sanitised one line above
