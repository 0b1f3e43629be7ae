"""Attention weights in sentences, on weights whose habits are known and on the real MiniLM; the map by its sliders."""

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
def test_a_heads_habit_is_named_with_its_share(weights: Any, habit: str, crossing: str) -> None:
    said = rules.summary(one_head(weights), 1, 1)
    assert habit in said[1]
    assert said[2].startswith(f"{crossing} of the attention crosses")


def test_one_sentence_alone_has_nothing_to_cross() -> None:
    attention = rules.Attention(("[CLS]", "[SEP]"), (0, 0), np.eye(2)[None, None])
    assert len(rules.summary(attention, 1, 1)) == 2


def test_every_row_of_the_real_weights_adds_up_to_one(minilm: tuple[Any, Any]) -> None:
    attention = rules.attend(*minilm, "Talk is cheap", "Please show me your code!")
    assert attention.weights.shape == (6, 12, 12, 12)
    assert np.allclose(attention.weights.sum(axis=-1), 1, atol=1e-5)
    assert attention.segments == (0,) * 5 + (1,) * 7


def test_a_model_without_weights_is_refused_with_the_way_to_load_it(tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = tiny_folder(tmp_path / "tiny")
    with pytest.raises(NoAttention, match='attn_implementation="eager"'):
        AttentionMap(AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder))


def test_the_sliders_choose_the_head_and_the_sentences_follow(minilm: tuple[Any, Any]) -> None:
    shown = AttentionMap(*minilm, layer=1, head=3)
    assert "the token before: 99%" in shown.message.value
    assert 'role="status"' in shown.message.value
    shown.layer.value, shown.head.value = 5, 6
    assert "Layer 5, head 6." in shown.message.value
    assert "[CLS]: 91%" in shown.message.value
    assert "Layer 5, head 6." in shown.view.value
    assert "<table>" in shown.view.value


def test_a_new_sentence_is_drawn_and_one_that_is_too_long_is_not(minilm: tuple[Any, Any]) -> None:
    shown = AttentionMap(*minilm)
    shown.second.value = ""
    assert "crosses" not in shown.message.value
    before = shown.view.value
    shown.first.value = "word " * 40
    assert "42 tokens" in shown.message.value
    assert shown.view.value == before


def test_where_there_is_no_widget_the_picture_and_its_sentences_are_there(minilm: tuple[Any, Any]) -> None:
    bundle = AttentionMap(*minilm)._repr_mimebundle_()
    assert "<img alt=" in bundle["text/html"]
    assert bundle["text/plain"].startswith("Layer 1, head 1.")
