"""Cards and comments that are slow to render delay only their own page, by a few seconds."""

from __future__ import annotations

import http.client
import threading
import time

import pytest

from autograde.hub import LocalHub
from autograde.hub.markdown import children
from autograde.hub.markdown.children import SECONDS
from autograde.hub.markdown.rendering import AT_ONCE, render_text, to_html
from autograde.hub.markdown.sanitising import MAX_TEXT

LONG = 200_000
SLOW = {
    "div": "<div>" * (LONG // 5),
    "inline": "x <b>" * (LONG // 5),
    "brackets": "[" * LONG,
    "links": "[a](" * (LONG // 4),
    "pictures": "![" * (LONG // 2),
    "emphasis": "*a_ " * (LONG // 4),
    "quotes": "> " * (LONG // 2),
    "lists": "- " * (LONG // 2),
    "cells": "|a" * 2000 + "\n" + "|-" * 2000 + "|\n" + "|a\n" * 50_000,
    "backticks": " ".join("`" * n for n in range(1, 600)),
    "references": "".join(f"[a{n}]: x\n" for n in range(LONG // 9)),
    "entities": "&" * LONG,
    "unclosed": "<a " * (LONG // 3),
    "comments": "<!--" * (LONG // 4),
}


@pytest.mark.parametrize("name", SLOW)
def test_slow_text_is_stopped_after_the_time_limit(name: str) -> None:
    started = time.monotonic()
    found = render_text(SLOW[name])
    # The time limit, the start of a child process, and a margin for a busy machine.
    assert time.monotonic() - started < 3 * SECONDS + 5
    assert "<script" not in found.html


@pytest.mark.parametrize("name", SLOW)
def test_short_slow_text_is_rendered_quickly_in_the_process(name: str) -> None:
    started = time.thread_time()
    to_html(SLOW[name][:AT_ONCE])
    assert time.thread_time() - started < 3


def test_text_over_the_time_limit_is_shown_as_plain_text_and_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SLOW["div"] + "&"
    # A limit that no machine can meet.
    monkeypatch.setattr(children, "SECONDS", 0.01)
    assert render_text(text).plain
    monkeypatch.undo()
    started = time.monotonic()
    found = render_text(text)
    assert time.monotonic() - started < SECONDS / 2
    assert found.html.startswith("<pre")
    assert "&lt;div&gt;" in found.html


def test_long_text_is_rendered_like_a_short_one() -> None:
    paragraph = "# Title\n\nSome **words** and `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    found = render_text(paragraph * 200)
    assert not found.plain
    assert not found.cut
    assert found.html.count("<strong>words</strong>") == 200
    assert len(paragraph * 200) > AT_ONCE


def test_text_above_the_size_limit_is_cut_and_marked() -> None:
    found = render_text("word " * MAX_TEXT + "the end")
    assert found.cut
    assert "the end" not in found.html


def test_other_pages_are_served_while_a_hostile_card_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    # A fast machine renders this card within the usual limit.
    monkeypatch.setattr(children, "SECONDS", 0.5)
    with LocalHub() as hub:
        hub.create_user("eve")
        hub.create_repository("eve/slow", files={"README.md": (SLOW["div"] + "!").encode()})
        page: list[str] = []

        def open_page() -> None:
            page.append(get(hub, "/eve/slow"))

        threads = [threading.Thread(target=open_page) for __ in range(3)]
        for thread in threads:
            thread.start()
        started = time.monotonic()
        for __ in range(10):
            assert get(hub, "/models")
        assert time.monotonic() - started < SECONDS
        for thread in threads:
            thread.join(60)
        assert len(page) == 3
        assert any("takes too long" in text for text in page)


def get(hub: LocalHub, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    connection.request("GET", path, headers={"Accept-Language": "en"})
    answer = connection.getresponse()
    assert answer.status == 200
    text = answer.read().decode()
    connection.close()
    return text
