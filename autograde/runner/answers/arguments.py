"""Build the arguments of a call from a case's description: numbers, texts, lists, tensors, models, tokenizers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograde.judge.observation import Observation, Sequence, Tensor, from_json

#: Functions that turn an argument of a case into an object.
Maker = Callable[[Observation], Any]


def _plain(observation: Observation) -> Any:
    """Return numbers, texts and lists, or a torch tensor; new objects each time."""
    if isinstance(observation, Sequence):
        return [_plain(item) for item in observation.items]
    if isinstance(observation, Tensor):
        from autograde.runner.answers.tiny_models import torch_tensor

        return torch_tensor(observation)
    return observation


def _model(observation: Observation) -> Any:
    from autograde.judge.tiny_bert import ModelRecipe
    from autograde.runner.answers.tiny_models import bert

    return bert(ModelRecipe.read(observation))


def _tokenizer(observation: Observation) -> Any:
    from autograde.judge.tiny_bert import Vocabulary
    from autograde.runner.answers.tiny_models import tokenizer

    return tokenizer(Vocabulary.read(observation))


#: Functions that build the first argument of a call, by the kind in its request.
FIRST_ARGUMENT: dict[str, Maker] = {"value": _plain, "tokenizer": _tokenizer, "model": _model}


def arguments_of(request: dict[str, Any]) -> list[Any]:
    """Return the arguments of one call; new objects each time."""
    made = [from_json(argument) for argument in request["arguments"]]
    first = FIRST_ARGUMENT[request.get("first", "value")]
    return [first(made[0]), *map(_plain, made[1:])] if made else []


def import_for_arguments(request: dict[str, Any]) -> None:
    """Import the libraries that are needed to build the arguments of a request.

    Raises:
        ImportError: one of them is missing or broken.
    """
    kind = request.get("first", "value")
    if kind == "model":
        from transformers import BertConfig, BertModel  # noqa: F401 - transformers imports its parts lazily
    if kind == "tokenizer":
        from transformers import BertTokenizer  # noqa: F401 - transformers imports its parts lazily
    if kind != "value" or any(isinstance(from_json(argument), Tensor) for argument in request["arguments"]):
        import torch  # noqa: F401
