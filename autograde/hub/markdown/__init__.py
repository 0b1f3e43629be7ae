"""Model cards and comments as HTML. Any user writes them, so they are limited and sanitised."""

from autograde.hub.markdown.rendering import Rendered, render_text, to_html
from autograde.hub.markdown.sanitising import MAX_TEXT, Place

__all__ = ["MAX_TEXT", "Place", "Rendered", "render_text", "to_html"]
