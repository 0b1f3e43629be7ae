"""Generate a BERT's weights from a seed, with the same bytes on every machine.

Neither torch nor NumPy's distributions guarantee that. NumPy guarantees that the raw bits of PCG64 for a given seed
never change (NEP 19), so the weights are those bits, scaled by a power of two: no rounding is involved, so the bytes
cannot differ.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

#: Random numbers generated at a time, to limit memory to a few megabytes.
CHUNK = 1 << 20


@dataclass(frozen=True)
class BertShape:
    """The sizes that determine the shapes of a BERT's weights.

    Attributes:
        vocab_size: number of token ids.
        hidden_size: length of a token's vector; a multiple of ``num_attention_heads``.
        num_hidden_layers: encoder layers.
        num_attention_heads: attention heads in each layer.
        intermediate_size: width of each layer's feed-forward part.
        max_position_embeddings: longest input, in tokens.
        type_vocab_size: number of segment ids.
    """

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int = 512
    type_vocab_size: int = 2

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} is not a multiple of num_attention_heads {self.num_attention_heads}"
            )

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Return ``{name: shape}`` of every weight, with the names that ``BertModel`` saves, in the file's order."""
        hidden, wide = self.hidden_size, self.intermediate_size
        shapes: dict[str, tuple[int, ...]] = {}

        def linear(name: str, inputs: int, outputs: int) -> None:
            shapes[f"{name}.weight"] = (outputs, inputs)
            shapes[f"{name}.bias"] = (outputs,)

        def norm(name: str) -> None:
            shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (hidden,)

        shapes["embeddings.word_embeddings.weight"] = (self.vocab_size, hidden)
        shapes["embeddings.position_embeddings.weight"] = (self.max_position_embeddings, hidden)
        shapes["embeddings.token_type_embeddings.weight"] = (self.type_vocab_size, hidden)
        norm("embeddings.LayerNorm")
        for number in range(self.num_hidden_layers):
            layer = f"encoder.layer.{number}"
            for part in ("query", "key", "value"):
                linear(f"{layer}.attention.self.{part}", hidden, hidden)
            linear(f"{layer}.attention.output.dense", hidden, hidden)
            norm(f"{layer}.attention.output.LayerNorm")
            linear(f"{layer}.intermediate.dense", hidden, wide)
            linear(f"{layer}.output.dense", wide, hidden)
            norm(f"{layer}.output.LayerNorm")
        linear("pooler.dense", hidden, hidden)
        return shapes


def uniform(bits: np.random.PCG64, count: int) -> Iterator[bytes]:
    """Yield ``count`` little-endian float32 numbers, uniform over [-1/32, 1/32), as bytes, a chunk at a time.

    Their standard deviation, 0.018, is close to the 0.02 of a newly initialised BERT.
    """
    while count:
        size = min(count, CHUNK)
        words = bits.random_raw((size + 1) // 2).astype("<u8").view("<u4")[:size]
        # 24 bits fit into a float32 exactly, and so does their product with a power of two.
        numbers = (words >> 8).astype("<i4") - (1 << 23)
        yield (numbers.astype("<f4") * np.float32(2.0**-28)).astype("<f4").tobytes()
        count -= size


def write_weights(path: Path, shape: BertShape, seed: int) -> None:
    """Write the weights of ``shape`` as a safetensors file; the same ``seed`` gives the same bytes everywhere.

    Matrices are random, biases are zeros and layer-norm weights ones, as in an untrained BERT. The file is written
    without a library so that its bytes do not depend on a library's version.
    """
    tensors = shape.tensors()
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, sizes in tensors.items():
        begin, end = end, end + 4 * prod(sizes)
        header[name] = {"dtype": "F32", "shape": list(sizes), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)

    bits = np.random.PCG64(seed)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, sizes in tensors.items():
            if name.endswith("bias"):
                file.write(np.zeros(sizes, "<f4").tobytes())
            elif name.endswith("LayerNorm.weight"):
                file.write(np.ones(sizes, "<f4").tobytes())
            else:
                file.writelines(uniform(bits, prod(sizes)))
