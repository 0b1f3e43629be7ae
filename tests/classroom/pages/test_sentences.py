"""Every kind of event has a sentence in both languages, and no name can change the text around it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import autograde
from autograde.classroom.pages.sentences import lines, sentence
from autograde.hub.events import Event
from autograde.i18n.translation import translator

SOURCES = Path(autograde.__file__).parent
KINDS = sorted(
    {
        kind
        for room in ("hub", "classroom")
        for path in (SOURCES / room).rglob("*.py")
        for kind in re.findall(r'record\(\s*(?:hub,\s*)?"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
)
DETAIL = {
    "files": 2,
    "size": 5000,
    "name": "n",
    "role": "r",
    "to": "t",
    "source": "s",
    "branch": "b",
    "tag": "g",
    "number": 7,
}


def entry(kind: str, at: int = 0, user: str | None = "ada", **detail: object) -> Event:
    return Event(at, "Root=1", kind, user, "ada/m", {**DETAIL, **detail})


@pytest.mark.parametrize("kind", KINDS)
def test_every_recorded_event_has_a_sentence_in_both_languages(kind: str) -> None:
    assert len(KINDS) > 30, "too few calls of record() were found"
    english, chinese = (sentence(entry(kind), translator("classroom", language)) for language in ("en", "zh"))
    assert english.startswith("ada ")
    assert kind not in english
    assert "{" not in english + chinese
    assert re.search("[\u4e00-\u9fff]", chinese)


def test_unknown_kind_of_event_is_shown_unchanged() -> None:
    assert "brand.new" in sentence(entry("brand.new"), str)


def test_event_without_user_is_by_an_anonymous_user() -> None:
    assert sentence(entry("git.fetched", user=None), str).startswith("an anonymous user")
    # Accounts from a class list were shown as made by an anonymous user.
    assert sentence(entry("account.made", user=None), str).startswith("a command on the Hub's machine")


def test_consecutive_downloads_are_merged_and_other_events_are_not() -> None:
    minute = 60_000
    found = lines(
        [
            entry("file.downloaded", 9 * minute, files=1, size=1000),
            entry("file.downloaded", 8 * minute, files=1, size=500),
            entry("git.pushed", 7 * minute), entry("git.pushed", 6 * minute),
            entry("git.fetched", 5 * minute), entry("git.fetched", 4 * minute),
            entry("file.downloaded", 3 * minute, user="bob"), entry("file.downloaded", -30 * minute, user="bob"),
        ],
        str,
    )  # fmt: skip
    texts = [line.text.replace("\u2068", "").replace("\u2069", "") for line in found]
    assert [line.at // minute for line in found] == [9, 7, 6, 5, 3, -30]
    assert texts[0] == "ada downloaded 2 files, 1.5 kB, of ada/m"
    assert texts[3] == "ada fetched ada/m with git"


def test_control_characters_in_names_do_not_change_the_sentence() -> None:
    text = sentence(entry("branch.created", branch="x\u202e\n\x07y"), str)
    assert not set("\u202e\n\x07") & set(text)
    assert text.count("\u2068") == text.count("\u2069") > 0


def test_size_that_is_not_a_number_counts_as_zero() -> None:
    assert "0 files, 0 Bytes" in sentence(entry("git.pushed", files="x", size=None), str)
