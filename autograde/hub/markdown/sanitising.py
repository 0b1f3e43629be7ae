"""Render untrusted Markdown as safe HTML in this process, however long it takes."""

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

from autograde.hub.markdown.highlighting import CLASSES, highlighted

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.utils import OptionsType

#: Longer texts are truncated, in characters, so that rendering cannot be used to overload the Hub.
MAX_TEXT = 1 << 18

#: Seconds of CPU time to highlight the code in one text.
_CODE_SECONDS = 0.3

#: Prefix of heading ids, so that no text can use the id of another element of the page.
_ID = "card-"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Place:
    """The location of a text, to resolve its relative links.

    Attributes:
        root: prefix of every path of the Hub: empty, or a proxy's path.
        files: the path under which the repository's files are downloaded, ``/ada/m/resolve/main``.
        pages: the path under which they are shown, ``/ada/m/blob/main``.
    """

    root: str
    files: str
    pages: str

    def address(self, written: str, *, shown: bool) -> str | None:
        """Resolve a link or an image address in the text; return None if it is not allowed.

        ``shown`` is for addresses that browsers load by themselves, such as images: only those on this Hub are allowed.
        """
        # Remove characters that browsers ignore in a URL, so that they cannot hide a forbidden scheme.
        text = re.sub(r"[\x00-\x20\x7f-\x9f]", "", written).replace("\\", "/")
        if text.startswith("//") or _SCHEME.match(text):
            return None if shown or not re.match(r"(https?:|mailto:|//)", text, re.IGNORECASE) else text
        if text.startswith("#"):
            return f"#{_ID}{text[1:]}"
        if text.startswith("?") or not text:
            return None
        path, mark, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", text).groups()  # type: ignore[union-attr]
        if path.startswith("/"):
            # After unquoting there may be several slashes, and a path that starts with // names another site.
            return f"{self.root}/{quote(unquote(path).lstrip('/'))}" + mark + quote(rest, safe="=&#%-._~/")
        path = normpath(unquote(path))
        if path in ("", ".") or path.startswith(".."):
            return None
        return f"{self.files if shown else self.pages}/{quote(path)}" + (f"#{_ID}{rest}" if mark == "#" else "")


class _Code:
    """Highlights the code in one text until its limit of CPU time is used up."""

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
    # This import takes 65 ms, and not every Hub shows a card.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _rendered(text: str, *, anchors: bool) -> str:
    """Return unsanitised HTML; with ``anchors``, headings get ids like ``how-to-use``, for links in a card's table of
    contents."""
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

    # Only headings may have an id, and it gets the id_prefix.
    return {**nh3.ALLOWED_ATTRIBUTES} | {f"h{level}": {"id", "align"} for level in range(1, 7)}


def sanitised(text: str, place: Place | None, *, anchors: bool) -> str:
    """Return the HTML of a text, rendered in this process without a time limit."""
    import nh3

    return nh3.clean(
        _rendered(text, anchors=anchors),
        attributes=_allowed(),
        attribute_filter=_attributes(place, anchors=anchors),
        # These elements scroll on narrow screens, which keyboard users can only do if they can be focused.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        allowed_classes={"span": set(CLASSES.values())},
        id_prefix=_ID,
        link_rel="noopener nofollow ugc",
        url_schemes={"http", "https", "mailto"},
    )
