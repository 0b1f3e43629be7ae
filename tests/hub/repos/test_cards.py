"""Metadata of model cards: valid values are accepted, invalid ones are reported, and no input raises."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.hub.repos.cards import LICENSES, RepositoryCard, parse_card, tags


def card(metadata: str, text: str = "# Model\n") -> RepositoryCard:
    return parse_card(f"---\n{metadata}\n---\n{text}")


def test_card_is_split_into_metadata_and_text() -> None:
    parsed = card("license: mit\ntags: [a, b]")
    assert parsed.metadata == {"license": "mit", "tags": ["a", "b"]}
    assert parsed.text == "# Model\n"
    assert not parsed.errors


@pytest.mark.parametrize(
    "content", ["", "# only text", "---", "---\n", "--- \nno end", "----\na: b\n----\n", "a\n---\n"]
)
def test_card_without_metadata_gives_a_warning(content: str) -> None:
    parsed = parse_card(content)
    assert (parsed.metadata, parsed.text, parsed.errors) == ({}, content, [])
    assert parsed.warnings


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_windows_line_ends_and_byte_order_mark_are_accepted(newline: str, mark: str) -> None:
    parsed = parse_card(mark + newline.join(["---", "license: mit", "---", "text"]))
    assert parsed.metadata == {"license": "mit"}
    assert parsed.text == "text"


#: PyYAML does not read back every line separator that it writes.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=20)
VALUES = st.one_of(TEXTS, st.integers(-(2**63) + 1, 2**63 - 1), st.lists(TEXTS, max_size=3))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(st.sampled_from("abcxyz"), min_size=1), VALUES, min_size=1))
def test_any_yaml_metadata_is_read_back_unchanged(metadata: dict[str, Any]) -> None:
    assert card(yaml.safe_dump(metadata, allow_unicode=True)).metadata == metadata


@settings(max_examples=80, deadline=None)
@given(st.text(), st.text(st.sampled_from("-:[]{}&*!|>'\"%@#\n a1?,"), max_size=60))
def test_arbitrary_card_does_not_raise(text: str, metadata: str) -> None:
    for content in (text, f"---\n{metadata}\n---\n{text}"):
        parsed = parse_card(content)
        tags(parsed, "model")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ("license: my-own", '"license" must be one of ['),
        ("license: [mit, nope]", '"license" must be one of ['),
        ("license: 3", '"license" must be one of ['),
        ("language: no", 'write "no"'),
        ("tags: [1, 2]", '"tags" must be a text'),
        ("pipeline_tag: [a]", '"pipeline_tag" must be a string'),
        ("model-index: foo", '"model-index"'),
        ("model-index: [{results: []}]", '"model-index"'),
        ("- a\n- b", "key: value"),
        ("just words", "key: value"),
        ("a: [", "Invalid YAML"),
        ("a: b: c", "Invalid YAML"),
        ("a: !!python/object/apply:os.system [id]", "Invalid YAML"),
    ],
)  # fmt: skip
def test_invalid_metadata_is_reported(metadata: str, words: str) -> None:
    parsed = card(metadata)
    assert any(words in error for error in parsed.errors), parsed.errors


@pytest.mark.parametrize("license", LICENSES)
def test_every_known_license_is_accepted(license: str) -> None:
    assert not card(f"license: {license}").errors


def test_billion_laughs_attack_is_an_error() -> None:
    """The "billion laughs" attack in YAML: each alias expands to ten copies of the one before."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "Aliases" in card("\n".join(lines)).errors[0]


def test_deep_nesting_is_an_error_and_does_not_raise() -> None:
    assert card("a: " + "[" * 3000 + "]" * 3000).errors


def test_too_long_metadata_are_an_error_before_parsing() -> None:
    assert "longer than" in card("a: [b]\n" * (1 << 17)).errors[0]


def test_dates_become_text_for_json() -> None:
    assert card("date: 2026-11-22\nwhen: 2026-11-22T08:00:00Z").metadata == {
        "date": "2026-11-22",
        "when": "2026-11-22T08:00:00+00:00",
    }


def test_tags_match_huggingface_co() -> None:
    parsed = card(
        "license: mit\nlanguage: [en, zh]\ntags: [bert, en]\ndatasets: squad\nlibrary_name: transformers\n"
        "pipeline_tag: fill-mask\nbase_model: google/bert"
    )
    assert tags(parsed, "model") == [
        "transformers", "fill-mask", "bert", "en", "zh", "dataset:squad", "base_model:google/bert", "license:mit",
    ]  # fmt: skip
