"""Segments as a table: the pure part against a tokenizer, the explorer by its buttons."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.judge.questions import question
from autograde.models import tiny_folder
from autograde.widgets import SegmentExplorer
from autograde.widgets import segments as rules


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tokenizer whose [SEP] is not 102."""
    from transformers import AutoTokenizer

    folder = tiny_folder(tmp_path_factory.mktemp("models") / "tiny", sep_id=107)
    return AutoTokenizer.from_pretrained(folder)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")


@given(st.lists(st.integers(0, 9), max_size=12), st.lists(st.integers(0, 9), max_size=12))
def test_the_rule_gives_zeros_up_to_the_first_separator_and_ones_behind(before: list[int], behind: list[int]) -> None:
    before = [each for each in before if each != 7]
    found = rules.segment_ids([*before, 7, *behind], 7)
    assert found == [0] * len(before) + [0] + [1] * len(behind)


@given(st.lists(st.integers(0, 1), max_size=8), st.lists(st.integers(0, 1), max_size=8))
def test_the_first_difference_is_the_end_of_what_agrees(mine: list[int], theirs: list[int]) -> None:
    position = rules.first_difference(mine, theirs)
    if position is None:
        assert mine == theirs
    else:
        assert mine[:position] == theirs[:position]
        assert mine[position : position + 1] != theirs[position : position + 1]


@pytest.mark.parametrize(
    "pair", [("Talk is cheap", "Please show me your code!"), ("你好", "请给我看代码。"), ("a", "b")]
)
def test_the_rule_agrees_with_the_tokenizer_on_pairs(tokenizer: Any, pair: tuple[str, str]) -> None:
    encoded = rules.encode(tokenizer, *pair)
    assert encoded.separator == tokenizer.sep_token_id
    assert rules.segment_ids(encoded.ids, encoded.separator) == list(encoded.segments)


def test_one_sentence_alone_has_no_second_segment(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk is cheap")
    assert set(encoded.segments) == {0}
    assert encoded.ids.count(encoded.separator) == 1


def test_padding_is_masked_and_explained_as_padding(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk is cheap", "Show me", padding=3)
    assert encoded.attention[-3:] == (0, 0, 0)
    assert "padding" in rules.explain(encoded, len(encoded.ids) - 1)


def test_the_table_is_readable_without_javascript_and_without_colour(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "<b>", "x")
    shown = rules.table(encoded, [1] * len(encoded.ids))
    assert shown.count("<tr>") == len(encoded.ids) + 1
    assert 'scope="col"' in shown
    assert 'scope="row"' in shown
    assert "<script" not in shown
    assert "&lt;" in shown
    assert "✗ no" in shown


def test_the_answer_is_hidden_until_the_check(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    assert "tokenizer" not in explorer.view.value
    explorer.check_button.click()
    assert "tokenizer" in explorer.view.value


def test_pressing_the_tokens_of_sentence_b_is_right(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    for toggle, segment in zip(explorer.toggles, explorer.encoded.segments, strict=True):
        toggle.value = bool(segment)
    explorer.check_button.click()
    assert f"All {len(explorer.toggles)} segments" in explorer.message.value
    assert all(toggle.description.endswith(f"· {int(toggle.value)}") for toggle in explorer.toggles)


def test_the_first_wrong_token_is_named_with_its_reason(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    k = explorer.encoded.ids.index(explorer.encoded.separator)
    explorer.predict([0] * k + [1] * (len(explorer.toggles) - k))
    assert not explorer.check()
    assert f"position {k}" in explorer.message.value
    assert "closes sentence A" in explorer.message.value
    # In the judge's own words: one mistake is called the same in the lesson and in the exercise.
    assert explanation("segment_ids", "separator-in-second", "en") in unescape(explorer.message.value)


def explanation(function: str, misconception: str, language: str) -> str:
    found = (each for each in question("2.6", function).misconceptions if each.id == misconception)
    return next(found).explanation.in_language(language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("predicted", "function", "misconception"),
    [
        ([0, 0, 0, 1, 1, 1, 1, 1, 0, 0], "segment_ids", "separator-in-second"),
        ([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], "segment_ids", "swapped"),
        ([2, 2, 2, 2, 1, 1, 1, 1, 0, 0], None, None),
        ([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], "segment_ids", "all-ones"),
        ([0, 0, 0, 0, 1, 1, 1, 0, 0, 0], "segment_ids", "every-separator-zero"),
        ([0, 0, 0, 0, 1, 1, 1, 1, 1, 1], "pad_pair", "padding-in-second"),
        # All zeros, or the last [SEP] taken for the first: one input cannot tell, so nothing is guessed.
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None, None),
        # The zeros of the example, or one token too late.
        ([0, 0, 0, 0, 0, 1, 1, 1, 0, 0], None, None),
        ([0, 0, 0, 0, 1, 1, 1, 1, 0, 1], None, None),
        ([0, 1, 0, 1, 0, 1, 0, 1, 0, 0], None, None),
        ([0, 0, 0, 0, 1, 1, 1, 1, 0, 0], None, None),
    ],
)
def test_a_prediction_is_called_what_the_judge_calls_it(
    tokenizer: Any, predicted: list[int], function: str | None, misconception: str | None, language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    explorer = SegmentExplorer(tokenizer, "a b", "c d e")
    explorer.padding.value = 2
    assert len(explorer.toggles) == len(predicted)
    explorer.predict(predicted)
    right = explorer.check()
    found = rules.belief(explorer.encoded, predicted)
    assert (None if found is None else found.id) == misconception
    assert right == (predicted == list(explorer.encoded.segments))
    if function is not None and misconception is not None:
        assert explanation(function, misconception, language) in unescape(explorer.message.value)
    if not right:
        position = rules.first_difference(predicted, explorer.encoded.segments)
        assert position is not None
        assert rules.explain(explorer.encoded, position) in unescape(explorer.message.value)


def test_changing_a_sentence_gives_a_button_for_each_new_token(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.second.value = ""
    explorer.padding.value = 2
    assert len(explorer.toggles) == len(explorer.encoded.ids)
    assert explorer.encoded.attention[-2:] == (0, 0)
    with pytest.raises(ValueError, match="tokens need"):
        explorer.predict([0])


def test_the_rule_is_shown_step_by_step_to_its_result(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    pressed = 0
    while not explorer.rule_button.disabled:
        explorer.rule_button.click()
        pressed += 1
        assert explorer.message.value.count("<li>") == pressed
    assert str(list(explorer.encoded.segments)) in explorer.message.value


def test_too_long_an_input_is_said_and_not_drawn_as_buttons(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.first.value = "word " * 80
    assert explorer.toggles == []
    assert explorer.check_button.disabled


def test_where_there_is_no_widget_the_whole_table_is_html(tokenizer: Any, tmp_path: Path) -> None:
    bundle = SegmentExplorer(tokenizer)._repr_mimebundle_()
    assert "<table>" in bundle["text/html"]
