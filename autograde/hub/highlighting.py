"""Source code with its words marked up, for model cards and file pages: done on the server, no script is needed.

Pygments reads the code; what it finds is given eight short class names, which are all that the style sheet knows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markupsafe import Markup
    from pygments.lexer import Lexer

#: Longer texts stay plain, in characters: a lexer is a list of regular expressions, and strangers choose what it reads.
MAX_CODE = 32 << 10

#: The languages that are marked up, by the names that cards use for them, with Pygments' own name.
LANGUAGES = {
    "python": "python", "py": "python", "python3": "python", "pycon": "pycon", "json": "json", "jsonl": "json",
    "yaml": "yaml", "yml": "yaml", "toml": "toml", "ini": "ini", "cfg": "ini", "bash": "bash", "sh": "bash",
    "shell": "bash", "console": "console", "javascript": "javascript", "js": "javascript", "html": "html",
    "xml": "xml", "css": "css", "c": "c", "cpp": "cpp", "c++": "cpp", "java": "java", "go": "go", "rust": "rust",
    "sql": "sql", "r": "r", "diff": "diff",
}  # fmt: skip

#: The languages of files by the end of their names.
EXTENSIONS = {
    "py": "python", "json": "json", "jsonl": "json", "ipynb": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "ini": "ini", "cfg": "ini", "sh": "bash", "js": "javascript", "html": "html", "xml": "xml", "css": "css", "c": "c",
    "h": "c", "cpp": "cpp", "java": "java", "go": "go", "rs": "rust", "sql": "sql", "r": "r", "diff": "diff",
}  # fmt: skip

#: The class of a kind of word; a kind that is not here has that of its parent, or none.
CLASSES = {
    "Keyword": "hk", "Operator.Word": "hk", "Name.Tag": "hk", "Name.Builtin": "hb", "Name.Function": "hf",
    "Name.Class": "hf", "Name.Decorator": "hf", "Name.Attribute": "hf", "Literal.String": "hs", "Literal.Number": "hn",
    "Keyword.Constant": "hn", "Comment": "hc", "Generic.Output": "hc", "Generic.Prompt": "hb", "Generic.Inserted": "hi",
    "Generic.Deleted": "hd",
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
    """Code as HTML, its words in ``<span class="h…">``; unknown languages and long texts are only escaped."""
    from markupsafe import Markup, escape

    known = LANGUAGES.get(language.lower())
    if known is None or len(code) > MAX_CODE:
        return escape(code)
    tokens = list(_lexer(known).get_tokens(code))
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
