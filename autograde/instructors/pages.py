"""Convert Markdown and code to self-contained HTML pages that include their pictures."""

from __future__ import annotations

import base64
import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

#: MIME types of the pictures in lessons.
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}

#: Style of a printed or projected page, with the machine's fonts.
STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #f7f5f0; color: #1c2320;
  font: 1rem/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
code, pre { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace; }
pre { background: #f1efe8; border: 1px solid #d9d6cc; border-radius: .5rem; padding: .6rem .9rem; overflow-x: auto; }
:not(pre) > code { background: #f1efe8; border-radius: .25rem; padding: 0 .25em; }
table { border-collapse: collapse; } th, td { border: 1px solid #8d958f; padding: .3rem .6rem; text-align: left; }
img { max-width: 100%; } a { color: #0b6650; } summary { cursor: pointer; font-weight: 600; color: #0b6650; }
""" + HtmlFormatter(style="friendly_grayscale").get_style_defs(".highlight")


def page(title: str, language: str, body: str, *, style: str = "", script: str = "") -> str:
    """Return a complete HTML document that does not load other files."""
    code = f"<script>{script}</script>" if script else ""
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head>\n<body>\n{body}\n{code}</body></html>\n"
    )


def from_markdown(text: str, folder: Path) -> str:
    """Convert a Markdown text of the kit to HTML; pictures relative to ``folder`` are included."""
    html = str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    return re.sub(r'(<img\b[^>]*?src=")([^"]+)(")', lambda found: found[1] + _data(folder / found[2]) + found[3], html)


def from_code(code: str) -> str:
    """Convert Python code to highlighted HTML."""
    return str(highlight(code, PythonLexer(), HtmlFormatter()))


def _data(picture: Path) -> str:
    """Return a picture as a data URL."""
    return f"data:{TYPES[picture.suffix]};base64,{base64.b64encode(picture.read_bytes()).decode()}"
