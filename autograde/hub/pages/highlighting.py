"""Source code with its words marked up, for model cards and file pages: done on the server, no script is needed.

Pygments reads the code; what it finds is given a few short class names, which are all that the style sheet knows.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup
    from pygments.lexer import Lexer

#: Longer texts stay plain, in characters.
MAX_CODE = 16 << 10

#: So does a text that takes longer than this, in seconds of the processor: a lexer is a list of regular expressions,
#: strangers choose what it reads, and some texts of 16 Ki characters take it seconds.
MAX_SECONDS = 0.15

#: The languages that are marked up, by the names that cards use for them, with Pygments' own name. Few on purpose: the
#: lexers of others (C, diff, console) can stay in one expression for a minute, where no limit of time helps.
LANGUAGES = {
    "python": "python", "py": "python", "python3": "python", "json": "json", "jsonl": "json", "yaml": "yaml",
    "yml": "yaml", "toml": "toml", "ini": "ini", "cfg": "ini", "bash": "bash", "sh": "bash", "shell": "bash",
}  # fmt: skip

#: The languages of files by the end of their names.
EXTENSIONS = {
    "py": "python", "json": "json", "jsonl": "json", "ipynb": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "ini": "ini", "cfg": "ini", "sh": "bash",
}  # fmt: skip

#: The class of a kind of word; a kind that is not here has that of its parent, or none.
CLASSES = {
    "Keyword": "hk", "Operator.Word": "hk", "Name.Tag": "hk", "Name.Builtin": "hb", "Name.Function": "hf",
    "Name.Class": "hf", "Name.Decorator": "hf", "Name.Attribute": "hf", "Literal.String": "hs", "Literal.Number": "hn",
    "Keyword.Constant": "hn", "Comment": "hc",
}  # fmt: skip


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer:
    # Not every Hub shows code; importing Pygments and a lexer takes 30 ms.
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
    """The language of a file by its name; empty where it is none of ours."""
    return EXTENSIONS.get(name.lower().rpartition(".")[2], "")


# A class looks at the same file at the same time.
@lru_cache(maxsize=32)
def highlighted(code: str, language: str) -> Markup:
    """Code as HTML, its words in ``<span class="h…">``; what is unknown, long or slow is only escaped."""
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
        # Some lexers drop what they cannot read, and all of them change line ends of other systems.
        return escape(code)
    # One span for neighbours of the same class: quotes and the text between them are several tokens.
    spans: list[list[str]] = []
    for kind, text in tokens:
        found = _class(kind)
        if spans and (spans[-1][0] == found or not text.strip()):
            spans[-1][1] += text
        else:
            spans.append([found, text])
    marked = [f'<span class="{name}">{escape(text)}</span>' if name else str(escape(text)) for name, text in spans]
    return Markup("").join(map(Markup, marked))
