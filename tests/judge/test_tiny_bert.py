"""The judge's BERT in NumPy gives the same results as transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograde.judge.tiny_bert import Array, ModelRecipe, answer, forward
from autograde.models import minilm_folder, tiny_folder
from autograde.runner.answers.tiny_models import bert

TOKENS = (1, 7, 8, 2, 9, 9, 30, 2)
SEGMENTS = (0, 0, 0, 0, 1, 1, 1, 1)
MASK = (1, 0, 1, 1, 1, 0, 1, 1)


@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize("sizes", [(32, 1, 2), (48, 3, 6), (24, 5, 4)])
def test_model_recipe_gives_the_same_results_as_transformers(
    sizes: tuple[int, int, int], mask: tuple[int, ...] | None
) -> None:
    import torch

    recipe = ModelRecipe(60, *sizes, seed=sum(sizes))
    with torch.no_grad():
        real = bert(recipe)(
            torch.tensor([TOKENS]),
            token_type_ids=torch.tensor([SEGMENTS]),
            attention_mask=None if mask is None else torch.tensor([mask]),
        )
    ours = answer(recipe, TOKENS, SEGMENTS, mask)
    np.testing.assert_allclose(ours.last_hidden_state, real.last_hidden_state[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(ours.pooler_output, real.pooler_output[0].numpy(), atol=1e-4)


def test_segments_and_mask_change_the_result() -> None:
    recipe = ModelRecipe(60, 32, 1, 2, seed=3)
    right = answer(recipe, TOKENS, SEGMENTS).last_hidden_state
    zeros = (0,) * len(TOKENS)
    assert np.abs(right - answer(recipe, TOKENS, zeros).last_hidden_state).max() > 0.1
    assert np.abs(right - answer(recipe, TOKENS, SEGMENTS, MASK).last_hidden_state).max() > 0.1


@pytest.mark.parametrize("name", ["tiny", "minilm"])
def test_results_are_the_same_as_those_of_models_in_folders(tmp_path: Path, name: str) -> None:
    import torch
    from transformers import BertModel

    folder = (
        tiny_folder(tmp_path / "tiny", hidden_size=48, num_attention_heads=4) if name == "tiny" else minilm_folder()
    )
    model = BertModel.from_pretrained(folder)
    weights: dict[str, Array] = {key: value.numpy() for key, value in model.state_dict().items()}
    with torch.no_grad():
        real = model(torch.tensor([TOKENS]), token_type_ids=torch.tensor([SEGMENTS]))
    config = model.config
    ours = forward(weights, config.num_hidden_layers, config.num_attention_heads, TOKENS, SEGMENTS)
    np.testing.assert_allclose(ours.last_hidden_state, real.last_hidden_state[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(ours.pooler_output, real.pooler_output[0].numpy(), atol=1e-4)


def test_weights_of_a_recipe_never_change() -> None:
    recipe = ModelRecipe(60, 32, 1, 2, seed=1)
    name = "embeddings.word_embeddings.weight"
    bits = int(np.random.PCG64(1).random_raw())
    assert recipe.weights()[name][0, 0] == ((bits >> 40) - 2**23) / 2**25
    assert np.abs(recipe.weights()[name]).max() <= 0.25
