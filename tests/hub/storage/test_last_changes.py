"""The cache of last commits: which answers are kept and which are dropped."""

from __future__ import annotations

import pytest

from autograde.hub.storage import last_changes
from autograde.hub.storage.last_changes import LastChanges


def test_answers_are_separate_for_each_commit_and_repository() -> None:
    known = LastChanges()
    known.keep("r", "c1", {"a": "x"})
    known.keep("r", "c1", {"b": "y"})
    known.keep("r", "c2", {"a": "z"})
    assert known.at("r", "c1", ["a", "b", "c"]) == {"a": "x", "b": "y"}
    assert known.at("r", "c2", ["a", "b"]) == {"a": "z"}
    assert known.at("s", "c1", ["a"]) == known.at("r", "c3", ["a"]) == {}
    assert known.commits("r") == {"c1", "c2"}
    known.forget("r")
    known.forget("never seen")
    assert known.commits("r") == frozenset()


def test_full_cache_drops_the_least_recently_used_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_changes, "MAX_ANSWERS", 100)
    known = LastChanges()
    for number in range(50):
        known.keep("busy", f"c{number}", {"a": "x", "b": "x"})
        known.keep(f"r{number}", "c", {f"{n}": "x" for n in range(30)})
        known.at("busy", "c0", ["a"])
    held = {"busy": known.commits("busy")} | {f"r{n}": known.commits(f"r{n}") for n in range(50)}
    assert 1 < len(held["busy"]) < 50
    assert "c0" in held["busy"]
    assert held["r49"]
    assert not held["r0"]
    answers = 2 * len(held.pop("busy")) + 30 * sum(map(len, held.values()))
    assert answers <= 100
    # An answer larger than the whole cache is dropped; later ones are kept.
    known.keep("large", "c", {f"{n}": "x" for n in range(101)})
    assert known.at("large", "c", ["1"]) == {}
    known.keep("small", "c", {"a": "x"})
    assert known.at("small", "c", ["a"]) == {"a": "x"}
