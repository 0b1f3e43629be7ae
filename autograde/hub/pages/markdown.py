"""Markdown written by strangers, as HTML that a browser may safely show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from posixpath import normpath
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, unquote

from autograde.hub.pages.highlighting import CLASSES, highlighted
from autograde.hub.untrusted import clean_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.utils import OptionsType
    from markupsafe import Markup

#: Longer texts are cut, in characters: rendering must not become a way to stop the Hub.
MAX_TEXT = 1 << 18

#: Longer texts are rendered in a process of their own, in characters. Short ones take some tenths of a second.
AT_ONCE = 4000

#: Seconds of the processor for the code in one text.
_CODE_SECONDS = 0.3

#: Put before the ids of headings, so that no text can take the place of a part of the page.
_ID = "card-"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Place:
    """Where a text stands, so that its relative addresses lead to the files beside it.

    Attributes:
        root: what comes before every path of the Hub: empty, or a proxy's path.
        files: the path under which the repository's files are downloaded, ``/ada/m/resolve/main``.
        pages: the path under which they are shown, ``/ada/m/blob/main``.
    """

    root: str
    files: str
    pages: str

    def address(self, written: str, *, shown: bool) -> str | None:
        """An address as it stands in the text, made one that leads there; None where it leads nowhere good.

        ``shown`` is for what a browser fetches by itself, such as a picture: that comes from this Hub or not at all.
        """
        # Browsers drop these before they read an address, so they must not hide what it is.
        text = re.sub(r"[\x00-\x20\x7f-\x9f]", "", written).replace("\\", "/")
        if text.startswith("//") or _SCHEME.match(text):
            return None if shown or not re.match(r"(https?:|mailto:|//)", text, re.IGNORECASE) else text
        if text.startswith("#"):
            return f"#{_ID}{text[1:]}"
        if text.startswith("?") or not text:
            return None
        path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", text).groups()  # type: ignore[union-attr]
        if path.startswith("/"):
            return self.root + quote(unquote(path)) + mark + quote(rest, safe="=&#%-._~/")
        path = normpath(unquote(path))
        if path in ("", ".") or path.startswith(".."):
            return None
        return f"{self.files if shown else self.pages}/{quote(path)}" + (f"#{_ID}{rest}" if mark == "#" else "")


class _Code:
    """Marks up the code in one text, as long as that text's share of the processor's time lasts."""

    def __init__(self) -> None:
        self._spent = 0.0

    def __call__(self, code: str, language: str, attributes: str) -> str:
        if self._spent > _CODE_SECONDS:
            return ""  # the renderer then escapes the code itself
        start = time.thread_time()
        marked = str(highlighted(code, language))
        self._spent += time.thread_time() - start
        return marked


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    # Not every Hub shows a card; importing this one takes 65 ms.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _rendered(text: str, *, anchors: bool) -> str:
    """HTML; with ``anchors`` each heading has an id: its words, with hyphens, as links in a card's own contents
    expect them."""
    from markdown_it.utils import OptionsDict

    parser = _renderer()
    tokens = parser.parse(text[:MAX_TEXT])
    options = OptionsDict(cast("OptionsType", {**parser.options, "highlight": _Code()}))
    if not anchors:
        return str(parser.renderer.render(tokens, options, {}))
    seen: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", inline.content.lower()).strip().replace(" ", "-")[:80]
            seen[words] = seen.get(words, -1) + 1
            opening.attrSet("id", f"{words}-{seen[words]}" if seen[words] else words)
    return str(parser.renderer.render(tokens, options, {}))


def _attributes(place: Place | None, *, anchors: bool) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id" and not (anchors and re.fullmatch("h[1-6]", tag)):
            return None
        if attribute not in ("href", "src", "cite") or place is None:
            return value
        return place.address(value, shown=attribute == "src")

    return keep


@lru_cache(maxsize=1)
def _allowed() -> dict[str, set[str]]:
    import nh3

    # The id_prefix is put before what an author wrote; only headings keep theirs at all.
    return {**nh3.ALLOWED_ATTRIBUTES} | {f"h{level}": {"id", "align"} for level in range(1, 7)}


@dataclass(frozen=True)
class Rendered:
    """A text as HTML.

    Attributes:
        html: safe to show.
        cut: whether only the beginning of the text is in it.
        plain: whether it is the text as it was written, because its Markdown takes too long.
    """

    html: Markup
    cut: bool = False
    plain: bool = False


def render_text(text: str, place: Place | None = None, *, anchors: bool = True) -> Rendered:
    """``text`` as :func:`to_html` renders it, and what a page should say about it."""
    from markupsafe import Markup, escape

    cut, text = len(text) > MAX_TEXT, clean_text(text[:MAX_TEXT])
    if len(text) <= AT_ONCE:
        return Rendered(Markup(sanitised(text, place, anchors=anchors)), cut)  # noqa: S704 - sanitised
    from autograde.hub.pages.rendering import renderer

    found = renderer.html(text, (place.root, place.files, place.pages) if place else None, anchors=anchors)
    if found is None:
        return Rendered(Markup('<pre tabindex="0">') + escape(text) + Markup("</pre>"), cut, plain=True)
    return Rendered(Markup(found), cut)  # noqa: S704 - sanitised by the child


def to_html(text: str, place: Place | None = None, *, anchors: bool = True) -> Markup:
    """``text`` rendered as CommonMark with tables, every script, style, form and handler taken out.

    With a ``place`` its relative links and pictures lead to the files beside it, and pictures from elsewhere are left
    out: a class without a network would wait for them, and nobody else need know who reads a card. ``anchors`` gives
    headings an id; a page with several texts goes without, because no id may be there twice.
    """
    return render_text(text, place, anchors=anchors).html


def sanitised(text: str, place: Place | None, *, anchors: bool) -> str:
    """The HTML of a text, in this process and however long it takes."""
    import nh3

    return nh3.clean(
        _rendered(text, anchors=anchors),
        attributes=_allowed(),
        attribute_filter=_attributes(place, anchors=anchors),
        # They scroll where the screen is narrow, and the keyboard has to get there.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        allowed_classes={"span": set(CLASSES.values())},
        id_prefix=_ID,
        link_rel="noopener nofollow ugc",
        url_schemes={"http", "https", "mailto"},
    )
