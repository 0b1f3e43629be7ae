"""Model cards are written by strangers: what reaches a browser is text, tables and links, never a program."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.hub.markdown import MAX_TEXT, to_html

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


class Reader(HTMLParser):
    """What a browser would make of the result: every tag and attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def check_harmless(text: str) -> None:
    reader = Reader()
    reader.feed(to_html(text))
    assert not reader.tags & {
        "script", "style", "iframe", "object", "embed", "form", "input", "button", "base", "meta", "link", "svg",
        "math", "template", "noscript", "textarea", "select", "frame",
    }  # fmt: skip
    for name, value in reader.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "srcdoc", "formaction", "id", "name", "class", "role")
        if name in ("href", "src"):
            # Browsers drop blanks and control characters before they look for the scheme.
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value), re.IGNORECASE)
            assert not scheme or scheme[1].lower() in ("http", "https", "mailto"), value


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_becomes_text_or_nothing(attack: str) -> None:
    check_harmless(attack)
    check_harmless(f"# Title\n\nSome text {attack} and more\n\n{attack}")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*ATTACKS, "<", ">", '"', "'", "&", "`", "\n\n", "<p ", "](", "-->"]), max_size=8))
def test_attacks_put_together_are_harmless_too(pieces: list[str]) -> None:
    check_harmless("".join(pieces))


def test_what_a_card_needs_is_kept() -> None:
    html = to_html("# Bert\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~old~~ [paper](https://example.org) `code`\n\n- x")
    for tag in ("<h1>", "<table>", "<th>", "<td>", "<code>", "<li>", "<s>"):
        assert tag in html
    assert 'href="https://example.org"' in html
    assert 'rel="noopener nofollow ugc"' in html


def test_a_huge_card_is_cut() -> None:
    assert "the end" not in to_html("x " * MAX_TEXT + "the end")


def test_deep_nesting_does_not_stop_the_hub() -> None:
    assert to_html(">" * 5000 + "x")
    assert to_html("[" * 5000)
    assert to_html("*a " * 5000)
