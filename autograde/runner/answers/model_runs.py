"""Record which models run while a learner's function is called, with their inputs, weights and origin.

A Hub registers downloads, but not whether the model is used; that is recorded here, where the model runs.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograde.judge.observation import Mapping, Observation, listed
from autograde.runner.answers.observing import observe

#: Most runs that are reported; earlier ones are dropped.
_MOST = 8

#: Largest difference between equal weights, because half precision rounds them.
_ROUNDING = 1e-2


#: The folder whose model has been loaded; empty before.
_loaded: set[str] = set()


def load_once(folder: str) -> None:
    """Load the model of a folder once in this process, so that its copies start with the libraries prepared.

    The first model that ``transformers`` loads takes half a second longer: it imports parts and compiles patterns.
    """
    if _loaded:
        return
    import safetensors.torch  # noqa: F401
    import torch
    from transformers import AutoModel, AutoTokenizer

    # Creating a model uses random numbers, which must not change the learner's own sequence.
    with torch.random.fork_rng(devices=[]):
        AutoTokenizer.from_pretrained(folder)
        AutoModel.from_pretrained(folder)
    _loaded.add(folder)


@contextlib.contextmanager
def watched(folder: str | None) -> Iterator[list[Mapping]]:
    """Record every run of a ``transformers`` model inside the block; without a folder, record nothing.

    Args:
        folder: the model's folder on this machine.

    Yields:
        The runs in order, complete when the block ends. Each has ``ids``, ``segments`` and ``mask``, the tensors of
        token ids, segment ids and the attention mask, or None if the model did not receive one; ``shape``, that of its
        first output, or None; ``folder``: whether the model came from a local folder that is not a download;
        ``weights``: whether its weights are those of ``folder``; and ``ended``: False if it raised. If
        ``model.forward()`` was called directly, the run of its embedding layer is reported instead, which does not
        receive a mask.
    """
    recorded: list[Mapping] = []
    if folder is None:
        yield recorded
        return
    from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
    from transformers import PreTrainedModel

    runs: list[Mapping] = []
    embedded: list[Mapping] = []
    same = _comparison_with(Path(folder))

    def begins(module: Any, _arguments: tuple[Any, ...]) -> None:
        if isinstance(module, PreTrainedModel):
            runs.append(_run({}, None, _is_folder(getattr(module, "name_or_path", None)), same(module), ended=False))
            del runs[:-_MOST]

    def ends(module: Any, arguments: tuple[Any, ...], named: dict[str, Any], output: Any) -> None:
        if "word_embeddings" in getattr(module, "_modules", {}):
            embedded.append(_run(_inputs(module, arguments, named), output, False, same(module), ended=True))
            del embedded[:-_MOST]
        if not isinstance(module, PreTrainedModel):
            return
        # A nested model ends first.
        index = max((index for index, run in enumerate(runs) if run.get("ended") is False), default=None)
        if index is not None:
            before = runs[index]
            from_folder, weights = before.get("folder") is True, before.get("weights") is True
            runs[index] = _run(_inputs(module, arguments, named), output, from_folder, weights, ended=True)

    handles = register_module_forward_pre_hook(begins), register_module_forward_hook(ends, with_kwargs=True)
    try:
        yield recorded
    finally:
        for handle in handles:
            handle.remove()
        recorded.extend(runs or embedded)


def _inputs(module: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a model or of its embedding layer, by name."""
    order = ("input_ids", "attention_mask", "token_type_ids")
    if "word_embeddings" in getattr(module, "_modules", {}):
        order = ("input_ids", "token_type_ids", "position_ids")
    return dict(zip(order, arguments, strict=False)) | named


def _run(given: dict[str, Any], output: Any, from_folder: bool, weights: bool, *, ended: bool) -> Mapping:
    import torch
    from transformers.utils.generic import ModelOutput

    first = output[0] if isinstance(output, tuple | ModelOutput) and len(output) else output
    shape: Observation = listed(*map(int, first.shape)) if isinstance(first, torch.Tensor) else None
    ids, segments, mask = (
        observe(value) if isinstance(value := given.get(name), torch.Tensor) else None
        for name in ("input_ids", "token_type_ids", "attention_mask")
    )
    return Mapping(
        (
            ("ids", ids),
            ("segments", segments),
            ("mask", mask),
            ("shape", shape),
            ("folder", from_folder),
            ("weights", weights),
            ("ended", ended),
        )
    )


def _is_folder(path: object) -> bool:
    """Return whether a path is a local folder that is not a download.

    Such a folder is outside the client's cache, and neither it nor its parent has a folder of git or of the client.
    """
    if not isinstance(path, str | os.PathLike) or not os.path.isdir(path):
        return False
    from huggingface_hub import constants

    at = Path(os.path.realpath(path))
    if at.is_relative_to(os.path.realpath(constants.HF_HUB_CACHE)):
        return False
    return not any((around / name).exists() for around in (at, at.parent) for name in (".git", ".cache/huggingface"))


def _comparison_with(folder: Path) -> Callable[[Any], bool]:
    """Return a function that compares a module's weights with those of the model in ``folder``."""
    from safetensors.torch import load_file

    expected = load_file(folder / "model.safetensors")

    def same(module: Any) -> bool:
        import torch

        compared = False
        with torch.no_grad():
            for name, weight in torch.nn.Module.state_dict(module).items():
                for known, wanted in expected.items():
                    if known == name or known.endswith(f".{name}") or name.endswith(f".{known}"):
                        compared = True
                        if weight.shape != wanted.shape or not torch.allclose(
                            weight.float().cpu(), wanted.float(), atol=_ROUNDING
                        ):
                            return False
        return compared

    return same
