"""Compute the Xet protocol's hashes of chunks, xorbs and files.

Source: https://huggingface.co/docs/xet/hashing. Clients send these hashes with their uploads, but the Hub computes them
itself and does not trust the client's.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

#: The specification's keys for hashing chunks, tree nodes and files.
_CHUNK_KEY = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
_NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
_FILE_KEY = bytes(32)

#: A node has at least two children, four on average, and at most nine.
_MEAN = 4
_MAX_CHILDREN = 2 * _MEAN + 1

#: A hash, and the number of bytes that it covers.
Leaf = tuple[bytes, int]


def chunk_hash(content: bytes | memoryview) -> bytes:
    """Return the hash of a chunk, 32 bytes."""
    return _keyed(content, _CHUNK_KEY)


def root_hash(leaves: Sequence[Leaf]) -> bytes:
    """Return the hash of a xorb with these chunks, in order; 32 zero bytes when there are none."""
    nodes = list(leaves) or [(bytes(32), 0)]
    while len(nodes) > 1:
        above: list[Leaf] = []
        start = 0
        while start < len(nodes):
            end = _cut(nodes, start)
            above.append(_merged(nodes[start:end]))
            start = end
        nodes = above
    return nodes[0][0]


def file_hash(leaves: Sequence[Leaf]) -> bytes:
    """Return the hash of a file with these chunks, in order."""
    return _keyed(root_hash(leaves), _FILE_KEY) if leaves else bytes(32)


def _cut(nodes: Sequence[Leaf], start: int) -> int:
    """Return the end of the node that begins at ``start``: after a hash divisible by four, within the limits."""
    end = min(start + _MAX_CHILDREN, len(nodes))
    for index in range(start + 2, end):
        if nodes[index][0][24] % _MEAN == 0:  # lowest byte of the last of the four little-endian numbers
            return index + 1
    return end


def _merged(children: Sequence[Leaf]) -> Leaf:
    lines = [f"{hash_text(name)} : {size}\n" for name, size in children]
    return _keyed("".join(lines).encode("ascii"), _NODE_KEY), sum(size for __, size in children)


def hash_text(raw: bytes) -> str:
    """Return a hash in the format of URLs: four little-endian 64-bit numbers, each in hexadecimal."""
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", raw))


def _keyed(content: bytes | memoryview, key: bytes) -> bytes:
    # Imported here, because only uploads need this library.
    import blake3

    return bytes(blake3.blake3(content, key=key).digest())
