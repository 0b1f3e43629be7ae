"""The cache of summaries: its size limit, and that it returns copies."""

from __future__ import annotations

import pytest

from autograde.hub.storage import summaries
from autograde.hub.storage.summaries import Summaries


def test_summary_is_returned_as_a_copy() -> None:
    known = Summaries()
    known.keep("r", "c", {"tags": ["a"]})
    found = known.get("r", "c")
    assert found == {"tags": ["a"]}
    found["tags"].append("b")
    assert known.get("r", "c") == {"tags": ["a"]}
    assert known.has("r", "c")
    assert not known.has("r", "d")
    assert known.get("s", "c") is None


def test_full_cache_drops_unused_summaries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "MAX_CHARACTERS", 1000)
    known = Summaries()
    known.keep("used", "c", {"a": 1})
    for number in range(50):
        known.keep("r", f"c{number}", {"tags": "x" * 100})
        assert known.get("used", "c") == {"a": 1}
    assert 7 <= sum(known.has("r", f"c{number}") for number in range(50)) <= 9
    # A summary larger than the cache is neither kept nor counted.
    known.keep("r", "large", {"tags": "x" * 2000})
    assert not known.has("r", "large")
    known.keep("r", "again", {"a": 1})
    assert known.has("r", "again")


def test_summary_kept_twice_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "MAX_CHARACTERS", 1000)
    known = Summaries()
    known.keep("other", "c", {"a": 1})
    for __ in range(50):
        known.keep("r", "c", {"tags": "x" * 100})
    assert known.has("other", "c")
