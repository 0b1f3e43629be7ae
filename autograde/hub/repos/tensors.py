"""Read the tensors of a safetensors file from its header: an 8-byte length, then JSON (huggingface/safetensors)."""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from autograde.hub.untrusted import MAX_INTEGER, Unreadable, read_json

#: The largest header that is read, in bytes. The format allows more, but ordinary models stay far below this.
MAX_HEADER = 8 << 20

#: The most dimensions of one tensor, as in PyTorch.
_MAX_DIMENSIONS = 64


@dataclass(frozen=True)
class TensorInfo:
    """A tensor: its name, its dtype as the format spells it (``F32``, ``I64``) and its shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


#: File name extensions of model weights.
_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".h5", ".ckpt", ".msgpack", ".onnx", ".gguf", ".tflite")


def is_weights(path: str) -> bool:
    """Return whether a file with this name contains a model's weights."""
    return path.lower().endswith(_WEIGHTS)


def tensors_in(stream: BinaryIO) -> list[TensorInfo] | None:
    """Return the tensors of a file, in order, or None when it is not a safetensors file. Only the header is read.

    Never raises an error because of the file's content.
    """
    length = stream.read(8)
    if len(length) < 8 or (size := struct.unpack("<Q", length)[0]) > MAX_HEADER:
        return None
    try:
        header = read_json(stream.read(size))
    except Unreadable:
        return None
    if not isinstance(header, dict):
        return None
    found = [_tensor(name, item) for name, item in header.items() if name != "__metadata__"]
    known = [tensor for tensor in found if tensor is not None]
    # A real file cannot have more elements than a 64-bit integer can count.
    valid = len(known) == len(found) and sum(tensor.parameters for tensor in known) <= MAX_INTEGER
    return known if valid else None


def _tensor(name: str, item: Any) -> TensorInfo | None:
    """Return the tensor described by a header entry, or None when the entry is invalid."""
    dtype, shape = (item.get("dtype"), item.get("shape")) if isinstance(item, dict) else (None, None)
    if not isinstance(dtype, str) or not re.fullmatch(r"[A-Z][A-Z0-9_]{0,15}", dtype):
        return None
    if not isinstance(shape, list) or len(shape) > _MAX_DIMENSIONS:
        return None
    if not all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in shape):
        return None
    return TensorInfo(name, dtype, tuple(shape))


def parameter_counts(tensors: Iterable[TensorInfo]) -> dict[str, int]:
    """Return the number of elements for each dtype."""
    counts: Counter[str] = Counter()
    for tensor in tensors:
        counts[tensor.dtype] += tensor.parameters
    return dict(counts)
