"""What is in a safetensors file, read from its header alone: an 8-byte length, then JSON (huggingface/safetensors)."""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

#: The largest header that is read, in bytes; clients of the format allow more, but no model of a class comes near.
MAX_HEADER = 8 << 20


@dataclass(frozen=True)
class Tensor:
    """A tensor's name, its dtype in the format's words (``F32``, ``I64``) and its shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


#: How the files are called that hold a model's weights.
_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".h5", ".ckpt", ".msgpack", ".onnx", ".gguf", ".tflite")


def is_weights(path: str) -> bool:
    """Whether a file of this name holds a model's weights."""
    return path.lower().endswith(_WEIGHTS)


def tensors_in(stream: BinaryIO) -> list[Tensor] | None:
    """The tensors of a file, in its order; None when it is no safetensors file. Only the header is read.

    Never raises for the file's content.
    """
    length = stream.read(8)
    if len(length) < 8 or (size := struct.unpack("<Q", length)[0]) > MAX_HEADER:
        return None
    try:
        header = json.loads(stream.read(size))
        return [
            Tensor(str(name), str(item["dtype"]), tuple(int(number) for number in item["shape"]))
            for name, item in header.items()
            if name != "__metadata__"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def parameter_counts(tensors: Iterable[Tensor]) -> dict[str, int]:
    """How many numbers of each dtype there are."""
    counts: Counter[str] = Counter()
    for tensor in tensors:
        counts[tensor.dtype] += tensor.parameters
    return dict(counts)
