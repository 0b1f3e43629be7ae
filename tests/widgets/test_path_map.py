"""The path to the Hub as text and as HTML: which commands are done, which is next, what is waiting."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from autograde.widgets.path_map import Place, as_html, as_text

PLACES: tuple[Place, ...] = get_args(Place)


@pytest.mark.parametrize(("number", "place"), list(enumerate(PLACES)))
def test_as_many_commands_are_done_as_places_were_passed_and_the_next_is_marked(number: int, place: Place) -> None:
    moves, said = as_text(place, 3).splitlines()
    assert moves.count("✓") == number
    assert moves.count("▶") == (1 if number < 5 else 0)
    html = as_html(place, 3)
    items = re.findall(r"<li.*?</li>", html)
    assert len(items) == 5
    assert [bool("✓" in item) for item in items] == [each < number for each in range(5)]
    # The next command has the mark for screen readers too, and the sentence names it.
    current = [re.sub("<[^>]+>", "", item) for item in items if 'aria-current="step"' in item]
    assert len(current) == moves.count("▶")
    if place not in ("clone", "hub"):
        assert re.search(r"git \w+", current[0])[0] in said  # type: ignore[index]


@pytest.mark.parametrize(("language", "words"), [("en", ["done", "next", "to do"]), ("zh", ["完成", "下一步", "待做"])])
def test_words_say_what_the_colours_say(language: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    text = re.sub("<[^>]+>", "", as_html("index", 6))
    for word in words:
        assert word in text
    assert "6" in text
    assert "`" not in as_text("index", 6)
