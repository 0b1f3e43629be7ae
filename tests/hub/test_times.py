"""Times and sizes in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.hub.times import ago, iso, size_text
from autograde.i18n.translation import translator

NOW = 1_800_000_000_000


@given(st.integers(0, 4_000_000_000_000))
def test_client_parses_iso_times(milliseconds: int) -> None:
    from huggingface_hub.utils._datetime import parse_datetime

    text = iso(milliseconds)
    assert text.endswith("Z")
    assert parse_datetime(text) == datetime.fromtimestamp(milliseconds // 1000, UTC).replace(
        microsecond=milliseconds % 1000 * 1000
    )


@given(st.integers(0, 10**11))
def test_past_time_is_shown_in_its_largest_unit(elapsed: int) -> None:
    text = ago(NOW - elapsed, NOW, str)
    seconds = elapsed // 1000
    found = re.fullmatch(r"(\d+) (minute|hour|day)s? ago", text)
    if not found:
        assert text == "just now"
        assert seconds < 60
        return
    length = {"minute": 60, "hour": 3600, "day": 86400}[found[2]]
    assert int(found[1]) == seconds // length
    assert ("s ago" in text) == (int(found[1]) != 1)
    assert found[2] == "day" or int(found[1]) < {"minute": 60, "hour": 24}[found[2]]


def test_future_time_is_shown_as_just_now() -> None:
    assert ago(NOW + 5000, NOW, str) == "just now"


def test_times_are_translated() -> None:
    _ = translator("hub", "zh")
    assert "分钟" in ago(NOW - 180_000, NOW, _)
    assert "小时" in ago(NOW - 3_600_000, NOW, _)
    assert "天" in ago(NOW - 86_400_000 * 3, NOW, _)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 Bytes"), (999, "999 Bytes"), (1000, "1 kB"), (1234, "1.23 kB"), (12_345, "12.3 kB"),
        (437_985_000, "438 MB"), (1_340_000_000, "1.34 GB"), (5 * 10**12, "5 TB"), (999_999, "1 MB"),
        (999_499, "999 kB"), (10**6 - 500, "1 MB"), (9_996, "10 kB"),
    ],
)  # fmt: skip
def test_sizes_are_powers_of_ten_as_on_huggingface(size: int, text: str) -> None:
    assert size_text(size) == text
