"""Segment ids: the rule compared with a tokenizer, the table, and the explorer's buttons."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.models import minilm_folder, tiny_folder
from autograde.questions import question
from autograde.widgets import SegmentExplorer
from autograde.widgets import segments as rules
from autograde.widgets.notes import inline


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tokenizer whose [SEP] is not 102."""
    from transformers import AutoTokenizer

    folder = tiny_folder(tmp_path_factory.mktemp("models") / "tiny", sep_id=107)
    return AutoTokenizer.from_pretrained(folder)


@given(st.lists(st.integers(0, 9), max_size=12), st.lists(st.integers(0, 9), max_size=12))
def test_rule_gives_zeros_up_to_the_first_separator_and_ones_after_it(before: list[int], behind: list[int]) -> None:
    before = [each for each in before if each != 7]
    found = rules.segment_ids([*before, 7, *behind], 7)
    assert found == [0] * len(before) + [0] + [1] * len(behind)


@given(st.lists(st.integers(0, 1), max_size=8), st.lists(st.integers(0, 1), max_size=8))
def test_first_difference_is_where_the_common_prefix_ends(mine: list[int], theirs: list[int]) -> None:
    position = rules.first_difference(mine, theirs)
    if position is None:
        assert mine == theirs
    else:
        assert mine[:position] == theirs[:position]
        assert mine[position : position + 1] != theirs[position : position + 1]


@pytest.mark.parametrize(
    "pair", [("Talk is cheap", "Please show me your code!"), ("你好", "请给我看代码。"), ("a", "b")]
)
def test_rule_agrees_with_the_tokenizer_on_pairs(tokenizer: Any, pair: tuple[str, str]) -> None:
    encoded = rules.encode(tokenizer, *pair)
    assert encoded.separator == tokenizer.sep_token_id
    assert rules.segment_ids(encoded.ids, encoded.separator) == list(encoded.segments)


def test_single_sentence_has_no_second_segment(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk is cheap")
    assert set(encoded.segments) == {0}
    assert encoded.ids.count(encoded.separator) == 1


def test_padding_is_masked_and_explained_as_padding(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk is cheap", "Show me", padding=3)
    assert encoded.attention[-3:] == (0, 0, 0)
    assert "padding" in rules.explain(encoded, len(encoded.ids) - 1)


def test_table_is_readable_without_javascript_or_colour(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "<b>", "x")
    shown = rules.table(encoded, [1] * len(encoded.ids))
    assert shown.count("<tr>") == len(encoded.ids) + 1
    assert 'scope="col"' in shown
    assert 'scope="row"' in shown
    assert "<script" not in shown
    assert "&lt;" in shown
    assert "✗ no" in shown


def test_each_sentence_has_a_colour_a_line_and_a_letter(tokenizer: Any) -> None:
    shown = rules.table(rules.encode(tokenizer, "a", "b", padding=1))
    for sentence, words in (("A", "0 · A"), ("B", "1 · B"), ("", "0 · padding")):
        style = f"border-left: 8px {rules.LINES[sentence]} {rules.COLOURS[sentence]}"
        assert re.search(rf"{re.escape(style)}[^>]*>{re.escape(words)}<", shown)


def test_words_without_a_token_are_named(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk 🐈 and 🐕", "x")
    assert encoded.unknown == ("🐈", "🐕")
    message = rules.about_unknown(encoded)
    assert "🐈, 🐕" in message
    assert "the same id" in message
    assert rules.about_unknown(rules.encode(tokenizer, "Talk")) == ""
    assert "the same id" not in rules.about_unknown(rules.encode(tokenizer, "🐈 🐈"))


def test_other_vocabulary_has_tokens_for_a_chinese_sentence() -> None:
    from transformers import AutoTokenizer

    explorer = SegmentExplorer(AutoTokenizer.from_pretrained(minilm_folder()), "空谈没有用", "请给我看代码！")
    assert "谈" in explorer.encoded.unknown
    assert "[UNK]" in explorer.message.value
    assert explorer.encoded.separator == 102
    explorer.vocabulary.value = "english-chinese"
    assert explorer.encoded.unknown == ()
    assert "[UNK]" not in explorer.message.value
    assert list(explorer.encoded.tokens[1:6]) == list("空谈没有用")
    assert explorer.encoded.separator == 103


def test_second_sentence_can_be_removed_and_restored(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.alone.value = True
    assert explorer.encoded.tokens == tuple(tokenizer("Talk is cheap").tokens())
    assert explorer.second.value == "Please show me your code!"
    explorer.alone.value = False
    assert explorer.encoded.segments.count(1) > 0


def test_the_answer_is_hidden_until_the_check_and_after_a_change(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    assert "model&#x27;s segment" not in explorer.view.value
    assert explorer.rule_button.disabled
    explorer.check_button.click()
    assert "model&#x27;s segment" in explorer.view.value
    assert not explorer.rule_button.disabled
    explorer.toggles[3].value = True
    assert "model&#x27;s segment" not in explorer.view.value


def test_wrong_prediction_does_not_look_like_an_error(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.check()
    assert "Not yet" in explorer.message.value
    assert "Not done" not in explorer.message.value
    # The red colour of errors.
    assert "#cf222e" not in explorer.message.value


def test_typed_separator_makes_rule_and_tokenizer_disagree(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk [SEP] is cheap", "Show me")
    assert rules.segment_ids(encoded.ids, encoded.separator) != list(encoded.segments)
    last = rules.steps(encoded)[-1]
    assert str(list(encoded.segments)) in last.sentence
    assert "you typed" in last.sentence
    # The explanation follows the tokenizer.
    assert rules.explain(encoded, encoded.ids.index(encoded.separator) + 1).endswith(": 0.")


def test_padding_is_not_part_of_the_rule(tokenizer: Any) -> None:
    encoded = rules.encode(tokenizer, "Talk", "Show me", padding=3)
    texts = [step.sentence for step in rules.steps(encoded)]
    real = rules.segment_ids(encoded.ids[: encoded.length], encoded.separator)
    assert any(str(real) in each for each in texts)
    assert "3 padding tokens" in texts[-1]
    assert rules.steps(encoded)[-1].positions == tuple(range(encoded.length, encoded.length + 3))


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
    assert f"<code>[SEP]</code> at position {k} closes sentence A" in explorer.message.value
    assert "ends sentence A" in explorer.message.value
    # The lesson explains a mistake in the same words as the judge in the exercise.
    assert explanation("segment_ids", "separator-in-second", "en") in unescape(explorer.message.value)
    assert "A common cause:" in explorer.message.value


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
        # One input cannot distinguish all zeros from taking the last [SEP] for the first, so no cause is named.
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None, None),
        # Ambiguous as well: the number of zeros in the example, or one token too late.
        ([0, 0, 0, 0, 0, 1, 1, 1, 0, 0], None, None),
        ([0, 0, 0, 0, 1, 1, 1, 1, 0, 1], None, None),
        ([0, 1, 0, 1, 0, 1, 0, 1, 0, 0], None, None),
        ([0, 0, 0, 0, 1, 1, 1, 1, 0, 0], None, None),
    ],
)
def test_cause_of_a_wrong_prediction_is_explained_as_by_the_judge(
    tokenizer: Any, predicted: list[int], function: str | None, misconception: str | None, language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    explorer = SegmentExplorer(tokenizer, "a b", "c d e")
    explorer.padding.value = 2
    assert len(explorer.toggles) == len(predicted)
    explorer.predict(predicted)
    right = explorer.check()
    found = rules.cause(explorer.encoded, predicted)
    assert (None if found is None else found.id) == misconception
    assert right == (predicted == list(explorer.encoded.segments))
    if function is not None and misconception is not None:
        assert explanation(function, misconception, language) in unescape(explorer.message.value)
    if not right:
        position = rules.first_difference(predicted, explorer.encoded.segments)
        assert position is not None
        assert inline(rules.explain(explorer.encoded, position)) in explorer.message.value


def test_changed_sentence_gets_a_button_for_each_token(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.second.value = ""
    explorer.padding.value = 2
    assert len(explorer.toggles) == len(explorer.encoded.ids)
    assert explorer.encoded.attention[-2:] == (0, 0)
    with pytest.raises(ValueError, match="tokens need"):
        explorer.predict([0])


def test_the_rule_is_shown_step_by_step_to_its_result(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.check()
    pressed = 0
    while not explorer.rule_button.disabled:
        explorer.rule_button.click()
        pressed += 1
        assert explorer.message.value.count("<li>") == pressed
        marked = rules.steps(explorer.encoded)[pressed - 1].positions
        assert explorer.view.value.count("▸") == len(marked)
    assert str(list(explorer.encoded.segments)) in explorer.message.value


def test_too_long_input_gets_no_buttons(tokenizer: Any) -> None:
    explorer = SegmentExplorer(tokenizer)
    explorer.first.value = "word " * 80
    assert explorer.toggles == []
    assert explorer.check_button.disabled
    # A table of all tokens would be screens long.
    assert explorer.view.value == ""
    explorer.first.value = "word"
    assert "<table>" in explorer.view.value


def test_table_is_shown_as_html_without_widgets(tokenizer: Any, tmp_path: Path) -> None:
    bundle = SegmentExplorer(tokenizer)._repr_mimebundle_()
    assert "<table>" in bundle["text/html"]
    assert bundle["text/plain"].splitlines()[1].split() == ["0", "[CLS]", "101", "0", "1"]
