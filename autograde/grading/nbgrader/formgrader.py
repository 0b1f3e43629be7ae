"""Configure the formgrader's pages to be safe and to work offline.

nbgrader shows the output of a learner's notebook unchanged: a script in it runs with the instructor's rights and can
change points. Its pages also load MathJax from the internet.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nh3
from markupsafe import Markup
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from autograde.grading.reports.feedback import clean, markdown_to_html

_PAGES = Path(__file__).parent.parent / "html"

#: CSS properties that verdicts use. None of them can load a resource, as "background" could.
_STYLES = {
    "background-color", "border-collapse", "border-left", "border-radius", "color", "font-family", "font-weight",
    "list-style", "margin", "margin-left", "outline", "padding", "padding-left", "text-align", "white-space",
}  # fmt: skip
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES} | {"*": {"class", "style", "lang", "title", "aria-hidden"}}


def configure_formgrader(config: Config) -> None:
    """Set the formgrader's options in the course's configuration."""
    # This folder comes first: its formgrade/mathjax.html.j2 replaces nbconvert's.
    config.HTMLExporter.extra_template_basedirs = [str(_PAGES), handlers.template_path]
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {
        "markdown2html": markdown_to_html,
        "clean_html": clean_html,
        "get_metadata": size_of_picture,
        "posix_path": no_file,
    }


def size_of_picture(output: Mapping[str, Any], key: str, mimetype: str | None = None) -> Any:
    """Return the width or height of a picture if it is a number; nbconvert writes it into the page without quotes.

    Return None for any other value in a display's metadata.
    """
    about = output.get("metadata", {}).get(mimetype, {}) if mimetype else {}
    size = about.get(key) if isinstance(about, Mapping) else None
    return size if key in ("width", "height") and type(size) is int else None


def no_file(_path: object) -> str:
    """Return an empty address, where nbconvert would load a picture from the address in its metadata."""
    return ""


def clean_html(html: str | bytes) -> Markup:
    """Return HTML without scripts, frames, forms and styles that could load resources."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    cleaned = clean(text, attributes=_ATTRIBUTES, filter_style_properties=_STYLES)
    return Markup(cleaned)  # noqa: S704 - cleaned
