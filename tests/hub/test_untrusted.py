"""Read untrusted JSON and YAML: the result is plain data or a one-line error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograde.hub.untrusted import (
    MAX_DEPTH,
    MAX_INTEGER,
    MAX_VALUES,
    Unreadable,
    clean_text,
    plain,
    read_json,
    read_yaml,
)

HOSTILE_JSON = [
    "NaN",
    "[Infinity]",
    '{"a": -Infinity}',
    "1e999",
    "-1e999",
    '"\\ud800"',
    '{"\\udfff": 1}',
    "[" * 100_000,
    '{"a":' * 100_000,
    "1" * 5000,
    str(MAX_INTEGER + 1),
    "",
    "{",
    '"',
    "\x00",
    "tru",
    "{'a': 1}",
]
HOSTILE_YAML = [
    '!!int ""',
    '!!float ""',
    '!!timestamp "x"',
    'a: !!binary "x"',
    'a: "\\ud800"',
    "? [a]\n: b",
    "a: 2001-99-99",
    "a: .inf",
    "a: .nan",
    "0x" + "f" * 6000,
    "a: " + "9" * 5000,
    "[" * 50_000,
    "{a: " * 5000,
    "!!set {a, b}",
    "a: &x [1]\nb: *x",
    "&a [*a]",
    "a: 1\na: 2",
    "!!python/object/apply:os.system [id]",
    "a: !unknown b",
    "- " * 20_000,
    "a: !!binary aGVsbG8=",
    "\x00",
    "a\t: b: c",
    "%YAML 9.9\n--- x",
    "--- a\n--- b",
    "[a, " * 25_000,
    "a: [" + "1, " * 25_000 + "]",
]


def serialise(value: object) -> None:
    """Serialise the value as Starlette does for an answer, and encode it as the database does."""
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", HOSTILE_JSON, ids=lambda text: text[:12])
def test_hostile_json_is_rejected_with_a_one_line_error(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(text.encode())
    serialise(str(refused.value))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", HOSTILE_YAML, ids=lambda text: text[:12])
def test_hostile_yaml_is_rejected_with_a_one_line_error(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_yaml(text)
    serialise(str(refused.value))
    assert "\n" not in str(refused.value)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=())),
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(),
    st.complex_numbers(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3) | st.tuples(inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(VALUES)
@example({1: {None: [float("nan")]}})
def test_any_python_value_becomes_json_or_is_refused(value: object) -> None:
    try:
        cleaned = plain(value)
    except Unreadable as refused:
        serialise(str(refused))
    else:
        serialise(cleaned)


@settings(deadline=None)
@given(st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), st.binary(max_size=60)))
def test_any_text_is_read_as_json_and_yaml_or_refused(content: str | bytes) -> None:
    text = content if isinstance(content, str) else content.decode("utf-8", "surrogateescape")
    readers: list[Callable[[], Any]] = [lambda: read_json(content), lambda: read_yaml(text)]
    for read in readers:
        try:
            serialise(read())
        except Unreadable as refused:
            serialise(str(refused))


def test_ordinary_metadata_keep_their_values() -> None:
    text = "license: mit\ntags: [a, 名]\nwhen: 2026-11-23\n1: one\nnested: {a: {b: [1, 2.5, true, null]}}\n"
    assert read_yaml(text) == {
        "license": "mit", "tags": ["a", "名"], "when": "2026-11-23", "1": "one",
        "nested": {"a": {"b": [1, 2.5, True, None]}},
    }  # fmt: skip
    assert read_json(b'{"a": [1, 2.5, "\\u540d", "\\ud83d\\ude00", null]}') == {"a": [1, 2.5, "名", "😀", None]}


def test_depth_of_nesting_is_limited() -> None:
    assert read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(Unreadable, match="nested"):
        read_json("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2))


def test_clean_text_replaces_what_cannot_be_sent() -> None:
    assert clean_text("a\udce9b\ud800") == "a?b?"
    assert clean_text("名字😀") == "名字😀"


def test_number_of_values_in_json_is_limited_but_not_the_characters_in_a_text() -> None:
    assert read_json('["' + ",[{" * MAX_VALUES + '"]') == [",[{" * MAX_VALUES]
    for text in ("[" + "1," * MAX_VALUES + "1]", "[" + '"\\"",' * MAX_VALUES + "1]", "[[]" + ",[]" * MAX_VALUES + "]"):
        with pytest.raises(Unreadable, match="400,000 values"):
            read_json(text)
    # An unterminated string is scanned once, not once for each of its quotation marks.
    with pytest.raises(Unreadable):
        read_json('["' + '\\",' * (2 * MAX_VALUES))
