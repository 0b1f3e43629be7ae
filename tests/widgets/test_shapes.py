"""The shape explorer with tiny real models: which axis changes, and whether that was predicted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autograde.models import tiny_folder
from autograde.widgets import ShapeExplorer
from autograde.widgets import shapes as rules


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    from transformers import AutoModel, AutoTokenizer

    made = {}
    for size in (16, 24):
        folder = tiny_folder(tmp_path_factory.mktemp("models") / f"tiny-{size}", hidden_size=size)
        made[f"tiny-{size}"] = (AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder))
    return made


@pytest.mark.parametrize(
    ("field", "value", "axis"),
    [("first", "Talk is very cheap", "tokens"), ("batch", 3, "batch"), ("model", "tiny-24", "hidden")],
)
def test_each_control_changes_its_own_axis(models: Any, field: str, value: object, axis: str) -> None:
    explorer = ShapeExplorer(models)
    getattr(explorer, field).value = value
    explorer.predictions[axis].value = True
    explorer.run_button.click()
    assert rules.changed_axes(explorer.runs[0].shape, explorer.runs[1].shape) == [axis]
    assert "As you predicted" in explorer.message.value
    assert explorer.view.value.count("moved") == 1
    assert not any(box.value for box in explorer.predictions.values())


def test_wrong_prediction_is_reported_with_the_changed_axis(models: Any) -> None:
    explorer = ShapeExplorer(models)
    explorer.batch.value = 2
    explorer.predictions["tokens"].value = True
    explorer.run_button.click()
    assert "Not what you predicted" in explorer.message.value
    assert "batch" in explorer.message.value
    # A wrong prediction must not look like an error.
    assert "Not done" not in explorer.message.value


def test_two_changes_at_once_give_advice_to_change_one_thing(models: Any) -> None:
    explorer = ShapeExplorer(models)
    explorer.batch.value, explorer.model.value = 2, "tiny-24"
    explorer.predictions["batch"].value = explorer.predictions["hidden"].value = True
    explorer.run_button.click()
    assert "As you predicted" in explorer.message.value
    assert "more than one thing" in explorer.message.value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences_have_no_doubled_punctuation(models: Any, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentences about two changed axes were joined with “。;”."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    before = rules.ModelRun("a", 1, (1, 12, 16))
    right, sentences = rules.verdict(before, rules.ModelRun("b", 2, (2, 12, 24)), ["batch", "hidden"])
    assert right
    assert len(sentences) == 3
    assert not any(re.search(r"[.。][;；.。]", each) for each in sentences)


def test_none_and_an_axis_are_never_ticked_together(models: Any) -> None:
    explorer = ShapeExplorer(models)
    explorer.predictions["tokens"].value = True
    explorer.none.value = True
    assert not explorer.predictions["tokens"].value
    explorer.predictions["batch"].value = True
    assert not explorer.none.value


def test_more_tokens_than_the_model_can_read_are_counted_in_a_message(models: Any) -> None:
    explorer = ShapeExplorer(models)
    most = models["tiny-16"][1].config.max_position_embeddings
    explorer.first.value = "word " * (most + 1)
    explorer.none.value = True
    explorer.run_button.click()
    assert f"this model reads at most {most}" in explorer.message.value
    assert len(explorer.runs) == 1


def test_model_is_not_run_without_a_prediction(models: Any) -> None:
    explorer = ShapeExplorer(models)
    explorer.run_button.click()
    assert "Predict first" in explorer.message.value
    assert len(explorer.runs) == 1


def test_unchanged_input_changes_no_axis(models: Any) -> None:
    explorer = ShapeExplorer(models)
    explorer.none.value = True
    explorer.run_button.click()
    assert "No axis moved" in explorer.message.value
    assert explorer.runs[0].shape == explorer.runs[1].shape


def test_shape_is_that_of_the_models_output(models: Any) -> None:
    explorer = ShapeExplorer(models)
    tokenizer, model = models["tiny-16"]
    tokens = len(tokenizer("Talk is cheap", "Please show me your code!")["input_ids"])
    assert explorer.runs[0].shape == (1, tokens, model.config.hidden_size)


def test_single_sentence_can_be_run(models: Any) -> None:
    explorer = ShapeExplorer(models)
    explorer.second.value = ""
    explorer.predictions["tokens"].value = True
    after = explorer.run()
    assert after is not None
    assert after.shape[1] == len(models["tiny-16"][0]("Talk is cheap")["input_ids"])
    bundle = explorer._repr_mimebundle_()
    assert "<table>" in bundle["text/html"]
    assert str(list(after.shape)) in bundle["text/plain"]
