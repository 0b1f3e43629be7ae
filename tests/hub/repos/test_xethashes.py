"""The Hub's hashes of chunks, xorbs and files equal those of the Xet client."""

from __future__ import annotations

import random
from pathlib import Path

import hf_xet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.hub.repos import xethashes

from ..shards import hash_bytes


@pytest.mark.parametrize("content", [b"x", b"words", bytes(8000)])
def test_hash_of_one_chunk_file_equals_that_of_the_client(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    (found,) = hf_xet.hash_files([str(path)])
    assert xethashes.hash_text(xethashes.file_hash([(xethashes.chunk_hash(content), len(content))])) == found.hash


def test_hash_of_no_chunks_is_zero() -> None:
    assert xethashes.hash_text(xethashes.file_hash([])) == xethashes.hash_text(xethashes.root_hash([])) == "0" * 64


@given(st.integers(1, 400), st.integers(0, 1 << 32))
def test_changing_any_chunk_changes_the_hash(count: int, seed: int) -> None:
    generator = random.Random(seed)
    leaves = [(generator.randbytes(32), generator.randrange(1, 1 << 17)) for __ in range(count)]
    place = generator.randrange(count)
    name, (raw, size) = xethashes.root_hash(leaves), leaves[place]
    for changed in ((generator.randbytes(32), size), (raw, size + 1)):
        other = [*leaves[:place], changed, *leaves[place + 1 :]]
        if count > 1 or changed[0] != raw:  # the root of a single chunk is the chunk's hash, without its size
            assert xethashes.root_hash(other) != name
    assert xethashes.file_hash(leaves) != name


def test_hash_text_is_four_little_endian_numbers() -> None:
    raw = bytes(range(32))
    assert xethashes.hash_text(raw) == "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"
    assert hash_bytes(xethashes.hash_text(raw)) == raw
