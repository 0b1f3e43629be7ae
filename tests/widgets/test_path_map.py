"""The path to the Hub as text and HTML: which commands are done, which is next, and which follow."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from autograde.widgets.path_map import Place, as_html, as_text

#: The places on the path; a model that is elsewhere is at its beginning.
PLACES: tuple[Place, ...] = get_args(Place)[:6]


@pytest.mark.parametrize(("number", "place"), list(enumerate(PLACES)))
def test_passed_commands_are_done_and_the_next_one_is_marked(number: int, place: Place) -> None:
    commands, message = as_text(place, 3).splitlines()
    assert commands.count("✓") == number
    assert commands.count("▶") == (1 if number < 5 else 0)
    html = as_html(place, 3)
    items = re.findall(r"<li.*?</li>", html)
    assert len(items) == 5
    assert [bool("✓" in item) for item in items] == [each < number for each in range(5)]
    # The next command is also marked for screen readers, and the message names it.
    current = [re.sub("<[^>]+>", "", item) for item in items if 'aria-current="step"' in item]
    assert len(current) == commands.count("▶")
    if place not in ("clone", "hub"):
        assert re.search(r"git \w+", current[0])[0] in message  # type: ignore[index]


@pytest.mark.parametrize(("language", "words"), [("en", ["done", "next", "to do"]), ("zh", ["完成", "下一步", "待做"])])
def test_state_of_each_command_is_shown_in_words(
    language: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    text = re.sub("<[^>]+>", "", as_html("index", 6))
    for word in words:
        assert word in text
    assert "6" in text
    assert "`" not in as_text("index", 6)


def test_blanks_leave_out_the_names_of_the_git_commands_to_come() -> None:
    moves, said = as_text("folder", 6, blanks=True).splitlines()
    assert moves == "✓ git clone → ✓ cp -r → ▶ git ___ → ○ git ___ → ○ git ___"
    assert said == "Files in the folder that the index doesn't have yet: 6."
    # What is no git command is no blank, and what is done has its name.
    assert as_text("clone", 0, blanks=True).startswith("✓ git clone → ▶ cp -r → ○ git ___")
    assert as_text("hub", 0, blanks=True) == as_text("hub", 0)
    # The lesson itself writes git clone.
    assert as_text("nowhere", 0, blanks=True).startswith("▶ git clone → ○ cp -r → ○ git ___")
    for place in PLACES[2:5]:
        hidden = {"folder": "add", "index": "commit", "commit": "push"}[place]
        assert not re.search(rf"\bgit {hidden}\b", re.sub("<[^>]+>", "", as_html(place, 2, blanks=True)))
