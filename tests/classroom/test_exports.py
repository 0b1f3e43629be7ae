"""Exports contain every event, and no formula that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.classroom.exports import COLUMNS, csv_lines, json_lines, moment
from autograde.errors import HubRefused
from autograde.hub.events import Event

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
ENTRIES = st.builds(
    Event, st.integers(0, 4_000_000_000_000), TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS,
    st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=3),
)  # fmt: skip


@given(st.lists(ENTRIES, max_size=5))
def test_csv_has_every_text_and_no_formula(entries: list[Event]) -> None:
    rows = list(csv.reader(io.StringIO("".join(csv_lines(entries)), newline="")))
    assert rows[0] == ["\ufeff" + COLUMNS[0], *COLUMNS[1:]]
    for row, entry in zip(rows[1:], entries, strict=True):
        assert row[2].removeprefix("'") in (entry.kind, entry.kind.removeprefix("'"))
        assert not any(value.startswith(("=", "+", "-", "@", "\t")) for value in row)


@given(st.lists(ENTRIES, max_size=5))
def test_json_lines_have_every_event_unchanged(entries: list[Event]) -> None:
    found = [json.loads(line) for line in "".join(json_lines(entries)).split("\n")[:-1]]
    for item, entry in zip(found, entries, strict=True):
        assert list(item) == list(COLUMNS)
        moved = {key: item[key] for key in ("files", "size") if key in entry.detail}
        assert item["detail"] | moved == entry.detail
        assert (item["user"], item["kind"], item["repository"]) == (entry.user, entry.kind, entry.repository)
        assert round(datetime.fromisoformat(item["time"]).timestamp() * 1000) == entry.at


def test_long_export_is_yielded_in_pieces() -> None:
    entries = [Event(0, "Root=1", "tag.created", "ada", "ada/m", {"tag": f"v{n}"}) for n in range(5000)]
    for pieces in (list(csv_lines(entries)), list(json_lines(entries))):
        assert 2 < len(pieces) < 100
        assert "".join(pieces).count("tag.created") == 5000


def test_times_are_read_in_the_local_time_zone() -> None:
    assert moment("", 5) == 5
    assert moment("2026-11-23", 0) == datetime(2026, 11, 23).timestamp() * 1000
    assert moment(" 2026-11-23T09:30 ", 0) == datetime(2026, 11, 23, 9, 30).timestamp() * 1000
    assert moment("2026-11-23T09:30+08:00", 0) == datetime.fromisoformat("2026-11-23T01:30+00:00").timestamp() * 1000
    for text in ("yesterday", "23.11.2026", "9999999999", "0001-01-01"):
        with pytest.raises(HubRefused, match=text):
            moment(text, 0)
    with pytest.raises(HubRefused, match="不是日期"):
        moment("yesterday", 0, "zh")
