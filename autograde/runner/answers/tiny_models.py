"""Build models and tokenizers from a case's recipes: real ``transformers`` objects, created in milliseconds."""

from __future__ import annotations

from typing import Any

from autograde.judge.tiny_bert import ModelRecipe, Vocabulary


def bert(recipe: ModelRecipe) -> Any:
    """Return a new ``BertModel`` of the recipe in evaluation mode; the learner may change it."""
    import torch
    from transformers import BertConfig, BertModel
    from transformers.initialization import no_init_weights

    config = BertConfig(
        vocab_size=recipe.vocab_size,
        hidden_size=recipe.hidden_size,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=recipe.intermediate_size,
        max_position_embeddings=recipe.positions,
    )
    # Skip the random weights, which would take half of the time and are replaced immediately. Other uses of random
    # numbers must not change the learner's own sequence.
    with torch.random.fork_rng(devices=[]), no_init_weights():
        model = BertModel(config)
    weights = recipe.weights()
    with torch.no_grad():
        # A third of the time of ``load_state_dict``.
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(weights.pop(name)))
    if weights:
        raise ValueError(f"BertModel has no parameters {', '.join(weights)}")
    model.train(False)
    return model


def tokenizer(vocabulary: Vocabulary) -> Any:
    """Return a ``BertTokenizer`` of the vocabulary."""
    from transformers import BertTokenizer

    return BertTokenizer(vocab={token: place for place, token in enumerate(vocabulary.tokens)})


def torch_tensor(observation: Any) -> Any:
    """Return a new torch tensor from the observation of one."""
    import torch

    return torch.from_numpy(observation.array().copy())
