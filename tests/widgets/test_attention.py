"""Descriptions of attention weights, for constructed weights and for the real MiniLM, and the map's sliders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograde.errors import NoAttention
from autograde.models import minilm_folder, tiny_folder
from autograde.widgets import AttentionMap
from autograde.widgets import attention as rules


@pytest.fixture(scope="module")
def minilm() -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    folder = minilm_folder()
    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder, attn_implementation="eager")


def one_head(weights: Any) -> rules.Attention:
    tokens = ("[CLS]", "a", "[SEP]", "b", "[SEP]")
    return rules.Attention(tokens, (0, 0, 0, 1, 1), np.asarray(weights, dtype=float)[None, None])


@pytest.mark.parametrize(
    ("weights", "habit", "crossing"),
    [
        (np.eye(5), "itself: 100%", "0%"),
        (np.eye(5, k=-1) + np.eye(5)[[0]].T @ np.eye(5)[[0]], "the token before: 100%", "20%"),
        (np.tile(np.eye(5)[0], (5, 1)), "[CLS]: 100%", "40%"),
        (np.tile(np.eye(5)[2], (5, 1)), "the [SEP] tokens: 100%", "40%"),
        (np.full((5, 5), 0.2), "spread out", "48%"),
    ],
    ids=["itself", "previous", "cls", "sep", "spread"],
)
def test_main_target_of_a_head_is_named_with_its_share(weights: Any, habit: str, crossing: str) -> None:
    lines = rules.summary(one_head(weights), 1, 1)
    assert habit in lines[1]
    assert lines[2].startswith(f"{crossing} of the attention crosses")


def test_single_sentence_has_no_line_about_crossing_attention() -> None:
    attention = rules.Attention(("[CLS]", "[SEP]"), (0, 0), np.eye(2)[None, None])
    assert len(rules.summary(attention, 1, 1)) == 2


def test_every_row_of_the_real_weights_adds_up_to_one(minilm: tuple[Any, Any]) -> None:
    attention = rules.attend(*minilm, "Talk is cheap", "Please show me your code!")
    assert attention.weights.shape == (6, 12, 12, 12)
    assert np.allclose(attention.weights.sum(axis=-1), 1, atol=1e-5)
    assert attention.segments == (0,) * 5 + (1,) * 7


def test_error_for_a_model_without_attention_says_how_to_load_it(tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = tiny_folder(tmp_path / "tiny")
    with pytest.raises(NoAttention, match='attn_implementation="eager"'):
        AttentionMap(AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder))


def test_sliders_choose_the_head_and_update_the_description(minilm: tuple[Any, Any]) -> None:
    shown = AttentionMap(*minilm, layer=1, head=3)
    assert "the token before: 99%" in shown.message.value
    assert 'role="status"' in shown.message.value
    shown.layer.value, shown.head.value = 5, 6
    assert "Layer 5, head 6." in shown.message.value
    assert "[CLS]: 91%" in shown.message.value
    assert "Layer 5, head 6." in shown.view.value
    assert "<table>" in shown.view.value


def test_new_sentence_is_drawn_unless_it_is_too_long(minilm: tuple[Any, Any]) -> None:
    shown = AttentionMap(*minilm)
    shown.second.value = ""
    assert "crosses" not in shown.message.value
    before = shown.view.value
    shown.first.value = "word " * 40
    assert "42 tokens" in shown.message.value
    assert shown.view.value == before
    # The model itself fails on more tokens than it has positions for.
    shown.first.value = "word " * 600
    assert "602 tokens" in shown.message.value


def test_picture_and_description_are_shown_without_widgets(minilm: tuple[Any, Any]) -> None:
    bundle = AttentionMap(*minilm)._repr_mimebundle_()
    assert "<img alt=" in bundle["text/html"]
    assert bundle["text/plain"].startswith("Layer 1, head 1.")
