"""Render untrusted Markdown as safe HTML within a limited time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograde.hub.markdown.children import renderer
from autograde.hub.markdown.sanitising import MAX_TEXT, Place, sanitised
from autograde.hub.untrusted import clean_text

if TYPE_CHECKING:
    from markupsafe import Markup

#: Longer texts are rendered in a child process, in characters. Shorter ones take some tenths of a second at most.
AT_ONCE = 4000


@dataclass(frozen=True)
class Rendered:
    """A rendered text.

    Attributes:
        html: sanitised HTML.
        cut: whether the text was truncated.
        plain: whether it shows the source text, because rendering takes too long.
    """

    html: Markup
    cut: bool = False
    plain: bool = False


def render_text(text: str, place: Place | None = None, *, anchors: bool = True) -> Rendered:
    """Render ``text`` as :func:`to_html` does, and report whether it was truncated or not rendered."""
    from markupsafe import Markup, escape

    cut, text = len(text) > MAX_TEXT, clean_text(text[:MAX_TEXT])
    if len(text) <= AT_ONCE:
        return Rendered(Markup(sanitised(text, place, anchors=anchors)), cut)  # noqa: S704 - sanitised
    found = renderer.html(text, (place.root, place.files, place.pages) if place else None, anchors=anchors)
    if found is None:
        return Rendered(Markup('<pre tabindex="0">') + escape(text) + Markup("</pre>"), cut, plain=True)
    return Rendered(Markup(found), cut)  # noqa: S704 - sanitised by the child


def to_html(text: str, place: Place | None = None, *, anchors: bool = True) -> Markup:
    """Render ``text`` as CommonMark with tables, without scripts, styles, forms and event handlers.

    With a ``place``, relative links and images lead to the files next to the text, and images from other sites are
    removed: without a network the page would wait for them, and other sites could track readers. ``anchors`` gives
    headings an id; don't use it on a page with several texts, because ids must be unique.
    """
    return render_text(text, place, anchors=anchors).html
