"""The models of lesson 1: they load, and have the cards that the lesson describes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from autograde.files import sha256
from autograde.models import gallery


@pytest.mark.parametrize("name", gallery.NAMES)
def test_every_model_loads_with_the_hidden_size_of_its_config(name: str, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    for path, content in gallery.contents(name).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    model, tokenizer = AutoModel.from_pretrained(tmp_path), AutoTokenizer.from_pretrained(tmp_path)
    state = model(**tokenizer("a model 模型", return_tensors="pt")).last_hidden_state
    assert state.shape[-1] == json.loads((tmp_path / "config.json").read_text())["hidden_size"]


def test_contents_are_the_same_every_time() -> None:
    first, second = (gallery.contents(gallery.NAMES[0]) for _time in range(2))
    assert {path: sha256(content) for path, content in first.items()} == {
        path: sha256(content) for path, content in second.items()
    }


@pytest.mark.parametrize("name", gallery.NAMES)
def test_card_has_license_language_and_task(name: str) -> None:
    card = gallery.contents(name).get("README.md")
    if name.endswith("without-a-card"):
        assert card is None
        return
    assert card is not None
    described = yaml.safe_load(card.decode().split("---")[1])
    assert described["license"]
    assert described["language"]
    assert described["pipeline_tag"]


def test_cards_say_that_weights_are_random() -> None:
    for tiny in gallery.TINY:
        if tiny.card:
            card = gallery.contents(f"{gallery.OWNER}/{tiny.name}")["README.md"].decode()
            assert "random-weights" in card
            assert f"# {tiny.name}\n" in card
