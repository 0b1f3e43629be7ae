"""Which models run while a learner's function is called, on what, and where they were loaded from.

A Hub sees what is downloaded, and never whether somebody used it: that is seen here, where the model runs.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from autograde.exercises.capturing import captured
from autograde.exercises.observing import observe
from autograde.judge.observation import Mapping, Observation, listed

#: Runs that are told of, the last ones.
_MOST = 8


@contextlib.contextmanager
def watched(folder: str | None) -> Iterator[list[Mapping]]:
    """Inside the block every run of a ``transformers`` model is noticed; nothing is, without a folder.

    Args:
        folder: of the model on this machine.

    Yields:
        The runs in their order, filled when the block ends. Each has ``ids``, the tensor of token ids, or None when the
        model was not given one; ``shape``, that of its first output, or None; ``folder``: whether the model was loaded
        from ``folder``; and ``ended``: False when it raised. Of a model whose ``forward`` was called past the model
        itself nothing is known but that it ran.
    """
    told: list[Mapping] = []
    if folder is None:
        yield told
        return
    with captured():
        # Before the function's time begins to count: the first import takes seconds.
        from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
        from transformers import PreTrainedModel
    runs: list[Mapping] = []
    parts: set[str] = set()

    def begins(module: Any, _arguments: tuple[Any, ...]) -> None:
        if isinstance(module, PreTrainedModel):
            runs.append(_run(None, None, _is_same(getattr(module, "name_or_path", None), folder), ended=False))
            del runs[:-_MOST]

    def ends(module: Any, arguments: tuple[Any, ...], named: dict[str, Any], output: Any) -> None:
        if not isinstance(module, PreTrainedModel):
            parts.add(type(module).__module__.partition(".")[0])
            return
        ids = named.get("input_ids", arguments[0] if arguments else None)
        # A model inside another one ends first.
        place = max((place for place, run in enumerate(runs) if run.get("ended") is False), default=None)
        if place is not None:
            runs[place] = _run(ids, output, runs[place].get("folder") is True, ended=True)

    handles = register_module_forward_pre_hook(begins), register_module_forward_hook(ends, with_kwargs=True)
    try:
        yield told
    finally:
        for handle in handles:
            handle.remove()
        if not runs and "transformers" in parts:
            runs.append(_run(None, None, False, ended=True))
        told.extend(runs)


def _run(ids: Any, output: Any, from_folder: bool, *, ended: bool) -> Mapping:
    import torch
    from transformers.utils.generic import ModelOutput

    first = output[0] if isinstance(output, tuple | ModelOutput) and len(output) else output
    shape: Observation = listed(*map(int, first.shape)) if isinstance(first, torch.Tensor) else None
    seen = observe(ids) if isinstance(ids, torch.Tensor) else None
    return Mapping((("ids", seen), ("shape", shape), ("folder", from_folder), ("ended", ended)))


def _is_same(path: object, folder: str) -> bool:
    return isinstance(path, str | os.PathLike) and os.path.realpath(path) == os.path.realpath(folder)
