"""Parse xorbs written by the specification; invalid bytes raise ``XetRefused`` and nothing else."""

from __future__ import annotations

import lz4.frame
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograde.hub.repos.xethashes import chunk_hash
from autograde.hub.repos.xorb_format import MAX_CHUNK, MAX_CHUNKS, Chunk, XetRefused, XorbReader, chunks_of, unpack

from ..shards import damaged, packed

CONTENTS = st.one_of(st.binary(min_size=1, max_size=300), st.integers(1, 4000).map(lambda n: b"\x00\x3f\x80\x00" * n))


@given(st.lists(st.tuples(CONTENTS, st.integers(0, 2)), min_size=1, max_size=6))
def test_packed_chunks_are_unpacked(pieces: list[tuple[bytes, int]]) -> None:
    xorb = b"".join(packed(content, scheme) for content, scheme in pieces)
    chunks = list(chunks_of(xorb))
    assert [chunk.size for chunk in chunks] == [len(content) for content, __ in pieces]
    assert list(unpack(xorb, chunks)) == [content for content, __ in pieces]
    assert list(unpack(xorb, chunks[1:3])) == [content for content, __ in pieces[1:3]]


@pytest.mark.parametrize("scheme", [0, 1, 2])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 4095, MAX_CHUNK])
def test_every_length_is_unpacked_with_every_scheme(scheme: int, size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    xorb = packed(content[:size], scheme)
    assert b"".join(unpack(xorb, chunks_of(xorb))) == content[:size]


def test_footer_ends_a_xorb() -> None:
    xorb = packed(b"abc", 0)
    assert list(chunks_of(xorb + b"XETBLOB" + b"\1" * 100)) == list(chunks_of(xorb))


GOOD_XORB = packed(b"hello world" * 50, 0) + packed(b"hello world" * 50, 1) + packed(b"hello world" * 50, 2)


def read_in_pieces(data: bytes, length: int) -> list[bytes] | None:
    """Return the chunks of a xorb that is read in pieces of ``length`` bytes; None if it is rejected."""
    contents: list[bytes] = []
    reader = XorbReader(lambda content: contents.append(bytes(content)))
    try:
        reader.feed(data[start : start + length] for start in range(0, len(data), length))
        reader.end()
    except XetRefused:
        return None
    assert reader.leaves == [(chunk_hash(content), len(content)) for content in contents]
    return contents


def is_valid_xorb(data: bytes) -> bool:
    """Return whether the bytes are a valid xorb. Its chunks must then be adjacent and have their announced sizes, and
    reading the same bytes in pieces must give the same result."""
    try:
        chunks = list(chunks_of(data))
        contents = list(unpack(data, chunks))
    except XetRefused:
        assert read_in_pieces(data, 7) is None
        return False
    for length in (1, 7, 8, 9, 1000, 1 << 20):
        assert read_in_pieces(data, length) == (contents or None)
    position = 0
    for chunk, content in zip(chunks, contents, strict=True):
        assert chunk.offset == position
        assert len(content) == chunk.size <= MAX_CHUNK
        position += 8 + chunk.packed
    assert position == len(data) or data[position:].startswith(b"XETBLOB")
    return True


#: Bytes that look like chunks: most of their numbers are wrong.
CHUNKS = st.builds(
    lambda version, missing, scheme, size, body: (
        bytes([version])
        + (len(body) + missing).to_bytes(3, "little")
        + bytes([scheme])
        + size.to_bytes(3, "little")
        + body
    ),
    st.sampled_from([0, 0, 0, 1]), st.sampled_from([0, 0, 0, 1, 9]), st.sampled_from([0, 0, 1, 2, 3]),
    st.integers(0, 9),
    st.binary(max_size=9),
)  # fmt: skip
XORBS = st.lists(CHUNKS, min_size=1, max_size=4).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(damaged(GOOD_XORB) | XORBS | st.binary(max_size=400))
def test_arbitrary_bytes_are_a_valid_xorb_or_rejected(data: bytes) -> None:
    is_valid_xorb(data)


@pytest.mark.parametrize("strategy", [damaged(GOOD_XORB), XORBS], ids=["damaged", "made up"])
def test_generated_bytes_include_valid_and_invalid_xorbs(strategy: st.SearchStrategy[bytes]) -> None:
    """Otherwise the test above would cover only one of the two outcomes."""
    assert is_valid_xorb(find(strategy, is_valid_xorb))
    assert not is_valid_xorb(find(strategy, lambda data: not is_valid_xorb(data)))


@pytest.mark.parametrize(
    "data",
    [
        b"\x01" + packed(b"abc", 0)[1:],  # another version
        packed(b"abc", 0)[:4] + b"\x03" + packed(b"abc", 0)[5:],  # another scheme
        packed(b"", 0),
        packed(b"x" * (MAX_CHUNK + 1), 0),
        packed(b"abc", 0)[:-1],
        packed(b"abc", 0) + b"\0",
        packed(b"x", 0) * (MAX_CHUNKS + 1),
    ],
)
def test_invalid_xorb_is_refused(data: bytes) -> None:
    with pytest.raises(XetRefused):
        list(chunks_of(data))


def test_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    """A chunk that announces few bytes and contains many: at most one byte more than announced is unpacked."""
    body = lz4.frame.compress(bytes(50 << 20))
    chunk = Chunk(0, len(body), 1, 1000)
    with pytest.raises(XetRefused, match="does not have the size"):
        list(unpack(bytes(8) + body, [chunk]))
