"""Detect side effects of a call: it calls a tokenizer, changes its arguments, or runs a model with gradients.

Only effects that the judge needs are detected; see ``EFFECTS`` in :mod:`autograde.judge.evidence`.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

from autograde.judge.evidence import (
    CALLED_TOKENIZER,
    CHANGED_ARGUMENTS,
    FROZE_MODEL,
    LEFT_GRADIENTS_OFF,
    LEFT_TRAINING,
    RECORDED_GRADIENTS,
)
from autograde.runner.answers.observing import observe

#: The module whose tokenizers are watched.
TOKENIZERS = "transformers.tokenization_utils_base"

#: The methods of the tokenizers library that turn a text into ids; `transformers` and learners may call them.
_ENCODING = frozenset({"encode", "encode_batch", "encode_batch_fast", "tokenize"})


@contextlib.contextmanager
def watched_effects(arguments: Sequence[Any], *, tokenizers: bool = True) -> Iterator[set[str]]:
    """Yield a set with the effects of the call in the block; effects on arguments are added at the end of the block.

    Calls of tokenizers are detected only if ``tokenizers`` is true.
    """
    effects: set[str] = set()
    before = [_state(argument) for argument in arguments]
    with contextlib.ExitStack() as stack:
        if tokenizers:
            stack.enter_context(_watched_tokenizers(effects))
            stack.enter_context(_watched_library(effects))
        stack.enter_context(_watched_models(effects))
        yield effects
    if any(_state(argument) != state for argument, state in zip(arguments, before, strict=True)):
        effects.add(CHANGED_ARGUMENTS)
    effects.update(_left_behind(arguments))


def _state(argument: Any) -> object:
    """Return the part of an argument that a call must not change.

    It is the value; a digest of a model's weights; a tokenizer's vocabulary, special tokens and side of the padding.
    """
    module = sys.modules.get(TOKENIZERS)
    if module is not None and isinstance(argument, module.PreTrainedTokenizerBase):
        return argument.get_vocab(), argument.special_tokens_map, argument.padding_side
    torch = sys.modules.get("torch")
    if torch is None or not issubclass(type(argument), torch.nn.Module):
        return observe(argument)
    digest = hashlib.sha256()
    with torch.no_grad(), contextlib.suppress(Exception):
        # If the weights can no longer be read, the digest differs, because the model has changed.
        for name, weight in torch.nn.Module.state_dict(argument).items():
            digest.update(f"{name} {weight.dtype} ".encode())
            digest.update(weight.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _left_behind(arguments: Sequence[object]) -> Iterator[str]:
    """Yield the effects on PyTorch, and on models among the arguments: training mode, no gradients."""
    torch = sys.modules.get("torch")
    if torch is not None and not torch.is_grad_enabled():
        yield LEFT_GRADIENTS_OFF
    for argument in arguments:
        if torch is None or not issubclass(type(argument), torch.nn.Module):
            continue
        # Read the instance dictionaries, because the classes may be the learner's.
        if any(vars(part).get("training") is True for part in torch.nn.Module.modules(argument)):
            yield LEFT_TRAINING
        if not all(weight.requires_grad for weight in torch.nn.Module.parameters(argument)):
            yield FROZE_MODEL


@contextlib.contextmanager
def _watched_models(effects: set[str]) -> Iterator[None]:
    """Detect when a model runs while PyTorch records gradients; do nothing without torch."""
    if "torch" not in sys.modules:
        yield
        return
    import torch
    from torch.nn.modules.module import register_module_forward_pre_hook

    def begins(_module: object, _arguments: object) -> None:
        if torch.is_grad_enabled():
            effects.add(RECORDED_GRADIENTS)

    handle = register_module_forward_pre_hook(begins)
    try:
        yield
    finally:
        handle.remove()


@contextlib.contextmanager
def _watched_tokenizers(effects: set[str]) -> Iterator[None]:
    """Detect calls of any ``transformers`` tokenizer; do nothing if transformers is not imported."""
    module = sys.modules.get(TOKENIZERS)
    if module is None:
        yield
        return
    base = module.PreTrainedTokenizerBase
    names = ("__call__", "encode", "pad", "tokenize")
    before = {name: vars(base)[name] for name in names if name in vars(base)}

    def watched(method: Callable[..., object]) -> Callable[..., object]:
        def noticed(*args: object, **named: object) -> object:
            effects.add(CALLED_TOKENIZER)
            return method(*args, **named)

        return noticed

    for name, method in before.items():
        setattr(base, name, watched(method))
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(base, name, method)


@contextlib.contextmanager
def _watched_library(effects: set[str]) -> Iterator[None]:
    """Detect direct calls of the tokenizers library with a profiler, because its Rust types cannot be patched."""
    if "tokenizers" not in sys.modules or sys.getprofile() is not None:
        yield
        return

    def called(_frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and getattr(function, "__name__", "") in _ENCODING:
            owner = getattr(function, "__self__", None)
            if type(owner).__module__.partition(".")[0] == "tokenizers":
                effects.add(CALLED_TOKENIZER)

    sys.setprofile(called)
    try:
        yield
    finally:
        sys.setprofile(None)
