"""Highlight source code for model cards and file pages, on the server and without scripts.

Pygments' token types are mapped to a few short class names of the style sheet.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup
    from pygments.lexer import Lexer

#: Longer texts are not highlighted, in characters.
MAX_CODE = 16 << 10

#: Texts that take longer are not highlighted, in seconds of CPU time: lexers are regular expressions, their input is
#: untrusted, and some texts of 16 Ki characters take seconds.
MAX_SECONDS = 0.15

#: Highlighted languages: the name in cards and Pygments' name. Deliberately few: other lexers (C, diff, console) can
#: spend a minute in a single expression, which cannot be interrupted.
LANGUAGES = {
    "python": "python", "py": "python", "python3": "python", "json": "json", "jsonl": "json", "yaml": "yaml",
    "yml": "yaml", "toml": "toml", "ini": "ini", "cfg": "ini", "bash": "bash", "sh": "bash", "shell": "bash",
}  # fmt: skip

#: Languages by file extension.
EXTENSIONS = {
    "py": "python", "json": "json", "jsonl": "json", "ipynb": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "ini": "ini", "cfg": "ini", "sh": "bash",
}  # fmt: skip

#: CSS classes by token type; other types have that of their parent, or none.
CLASSES = {
    "Keyword": "hk", "Operator.Word": "hk", "Name.Tag": "hk", "Name.Builtin": "hb", "Name.Function": "hf",
    "Name.Class": "hf", "Name.Decorator": "hf", "Name.Attribute": "hf", "Literal.String": "hs", "Literal.Number": "hn",
    "Keyword.Constant": "hn", "Comment": "hc",
}  # fmt: skip


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer:
    # Importing Pygments and a lexer takes 30 ms, and not every Hub shows code.
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@lru_cache(maxsize=512)
def _class(kind: Any) -> str:
    while kind:
        name = str(kind).removeprefix("Token.")
        if name in CLASSES:
            return CLASSES[name]
        kind = kind.parent
    return ""


def language_of_file(name: str) -> str:
    """Return the language of a file by its name; empty if it is not highlighted."""
    return EXTENSIONS.get(name.lower().rpartition(".")[2], "")


# Cached because many people may open the same file at the same time.
@lru_cache(maxsize=32)
def highlighted(code: str, language: str) -> Markup:
    """Return code as HTML with ``<span class="h…">``; unknown languages, long and slow texts are only escaped."""
    from markupsafe import Markup, escape

    known = LANGUAGES.get(language.lower())
    if known is None or len(code) > MAX_CODE:
        return escape(code)
    lexer = _lexer(known)
    tokens, start = [], time.thread_time()
    for token in lexer.get_tokens(code):
        tokens.append(token)
        if time.thread_time() - start > MAX_SECONDS:
            return escape(code)
    if "".join(text for __, text in tokens) != code:
        # Some lexers drop text that they cannot parse, and all of them change CRLF line ends.
        return escape(code)
    # Merge neighbours of the same class: a quoted string is several tokens.
    spans: list[list[str]] = []
    for kind, text in tokens:
        found = _class(kind)
        if spans and (spans[-1][0] == found or not text.strip()):
            spans[-1][1] += text
        else:
            spans.append([found, text])
    marked = [f'<span class="{name}">{escape(text)}</span>' if name else str(escape(text)) for name, text in spans]
    return Markup("").join(map(Markup, marked))
