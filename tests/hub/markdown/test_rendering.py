"""Untrusted model cards are rendered as text, tables and links, never as scripts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.hub.markdown import MAX_TEXT, Place, to_html
from autograde.hub.markdown.highlighting import CLASSES

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "![x](javascript:alert(1))",
    "<iframe src=/settings/tokens></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=/settings/tokens method=post><input name=csrf><button>x</button></form>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "`<img src=x onerror=alert(1)>`",
    "```html\n<script>alert(1)</script>\n```",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<a href='/ada' id=main name=csrf class=alert role=alert>x</a>",
]


#: Addresses of a card behind a proxy that adds a prefix to every path.
PLACE = Place("/proxy/1", "/proxy/1/ada/m/resolve/main", "/proxy/1/ada/m/blob/main")


class Reader(HTMLParser):
    """Collects every tag and attribute that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def read(text: str, place: Place | None = None) -> Reader:
    reader = Reader()
    reader.feed(to_html(text, place))
    return reader


def check_harmless(text: str) -> None:
    for place in (None, PLACE):
        check_tags_and_attributes(read(text, place), place)


def check_tags_and_attributes(reader: Reader, place: Place | None) -> None:
    assert not reader.tags & {
        "script", "style", "iframe", "object", "embed", "form", "input", "button", "base", "meta", "link", "svg",
        "math", "template", "noscript", "textarea", "select", "frame",
    }  # fmt: skip
    for tag, name, value in reader.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "srcdoc", "formaction", "name", "role")
        if name == "id":
            assert re.fullmatch("h[1-6]", tag)
            assert value.startswith("card-"), "a card must not use the ids of the page"
        if name == "class":
            assert tag == "span"
            assert set(value.split()) <= set(CLASSES.values())
        if name == "src" and place:
            assert value.startswith(place.files + "/") or (value.startswith("/") and not value.startswith("//"))
        if name in ("href", "src"):
            # Browsers drop spaces and control characters before they look for the scheme.
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value), re.IGNORECASE)
            assert not scheme or scheme[1].lower() in ("http", "https", "mailto"), value


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_is_escaped_or_removed(attack: str) -> None:
    check_harmless(attack)
    check_harmless(f"# Title\n\nSome text {attack} and more\n\n{attack}")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*ATTACKS, "<", ">", '"', "'", "&", "`", "\n\n", "<p ", "](", "-->"]), max_size=8))
def test_combined_attacks_are_escaped_or_removed(pieces: list[str]) -> None:
    check_harmless("".join(pieces))


def test_code_blocks_and_tables_can_be_focused_with_the_keyboard() -> None:
    html = to_html('```\nx\n```\n\n| a |\n|---|\n| 1 |\n\n<pre tabindex="7">y</pre>\n\n<p tabindex="7">z</p>')
    assert re.findall("<[^>]*tabindex[^>]*>", html) == [
        '<pre tabindex="0">', '<table tabindex="0">', '<pre tabindex="0">',
    ]  # fmt: skip


def test_ordinary_markdown_is_kept() -> None:
    html = to_html("# Bert\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~old~~ [paper](https://example.org) `code`\n\n- x")
    for tag in ('<h1 id="card-bert">', "<table ", "<th>", "<td>", "<code>", "<li>", "<s>"):
        assert tag in html
    assert 'href="https://example.org"' in html
    assert 'rel="noopener nofollow ugc"' in html


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("![x](img/a.png)", "/proxy/1/ada/m/resolve/main/img/a.png"),
        ("![x](./a%20b.png)", "/proxy/1/ada/m/resolve/main/a%20b.png"),
        ("<img src='图.png'>", "/proxy/1/ada/m/resolve/main/%E5%9B%BE.png"),
        ("[x](doc/../other.md)", "/proxy/1/ada/m/blob/main/other.md"),
        ("[x](config.json?x=1#l)", "/proxy/1/ada/m/blob/main/config.json"),
        ("[x](/ada/other)", "/proxy/1/ada/other"),
        ("[x](#how-to-use)", "#card-how-to-use"),
        ("[x](https://example.org/a?b#c)", "https://example.org/a?b#c"),
        ("[x](mailto:a@example.org)", "mailto:a@example.org"),
        ("[x](../../other/m)", None),
        ("[x](..%2f..%2fsettings)", None),
        ("![x](../x.png)", None),
        ("![x](https://example.org/x.png)", None),
        ("![x](//example.org/x.png)", None),
        ("<img src='\\\\\\\\example.org/x.png'>", None),
        ("<img src='/\\example.org/x.png'>", None),
        ("![x](/%2Fexample.org/x.png)", "/proxy/1/example.org/x.png"),
        ("![x](data:image/png;base64,AAAA)", None),
        ("[x](ftp://example.org/)", None),
    ],
)
def test_links_are_resolved_in_the_repository_and_unsafe_ones_removed(written: str, found: str | None) -> None:
    addresses = [value for __, name, value in read(written, PLACE).attributes if name in ("href", "src")]
    assert addresses == ([] if found is None else [found])


def test_encoded_slash_does_not_lead_to_another_site() -> None:
    place = Place("", "/ada/m/resolve/main", "/ada/m/blob/main")
    for written in ("/%2Fexample.org/x.png", "/%2f/example.org/x.png", "/%2F%2Fexample.org/x.png"):
        assert place.address(written, shown=True) == "/example.org/x.png"


def test_headings_have_ids_for_links() -> None:
    html = to_html("# How to use *it*\n\n## Files\n\n## Files\n\n## 模型 介绍")
    assert re.findall(r'id="([^"]+)"', html) == ["card-how-to-use-it", "card-files", "card-files-1", "card-模型-介绍"]


def test_text_rendered_without_anchors_has_no_ids() -> None:
    assert "id=" not in to_html("# One\n\n<h2 id=x>Two</h2>", anchors=False)


def test_code_is_highlighted_in_supported_languages_only() -> None:
    assert '<span class="hk">import </span>' in to_html("```python\nimport torch\n```")
    assert "<span" not in to_html("```brainfuck\n+[]\n```")
    assert "<span" not in to_html("```\nimport torch\n```")


def test_huge_card_is_truncated() -> None:
    assert "the end" not in to_html("x " * MAX_TEXT + "the end")


def test_deep_nesting_is_rendered_without_an_error() -> None:
    assert to_html(">" * 5000 + "x")
    assert to_html("[" * 5000)
    assert to_html("*a " * 5000)
