"""Parsing xorbs and shards written after the specification; invalid bytes are refused and never raise other errors."""

from __future__ import annotations

import contextlib
import hashlib
import struct

import lz4.frame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.hub.repos.xetformat import (
    MAX_CHUNK,
    MAX_CHUNKS,
    Chunk,
    Term,
    XetRefused,
    chunks_of,
    hash_text,
    parse_shard,
    unpack,
)

from ..shards import END, hash_bytes, packed, shard_of

CONTENTS = st.one_of(st.binary(min_size=1, max_size=300), st.integers(1, 4000).map(lambda n: b"\x00\x3f\x80\x00" * n))


@given(st.lists(st.tuples(CONTENTS, st.integers(0, 2)), min_size=1, max_size=6))
def test_packed_chunks_are_unpacked(pieces: list[tuple[bytes, int]]) -> None:
    xorb = b"".join(packed(content, scheme) for content, scheme in pieces)
    chunks = chunks_of(xorb)
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
    assert chunks_of(xorb + b"XETBLOB" + b"\1" * 100) == chunks_of(xorb)


HASHES = st.binary(min_size=32, max_size=32).map(hash_text)


@given(
    st.lists(
        st.tuples(
            HASHES,
            st.lists(
                st.builds(
                    lambda xorb, start, more, size: Term(xorb, start, start + more, size),
                    HASHES,
                    st.integers(0, MAX_CHUNKS - 100),
                    st.integers(1, 100),
                    st.integers(0, 2**32 - 1),
                ),
                max_size=4,
            ),
            st.one_of(st.none(), st.binary().map(lambda b: hashlib.sha256(b).hexdigest())),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_shard_is_parsed_back(files: list, verified: bool) -> None:
    parsed = parse_shard(shard_of(*files, verified=verified))
    assert [(f.hash, list(f.terms), f.sha256) for f in parsed] == files
    assert [f.size for f in parsed] == [sum(term.size for term in terms) for __, terms, __ in files]


def test_hash_text_is_four_little_endian_numbers() -> None:
    raw = bytes(range(32))
    assert hash_text(raw) == "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"
    assert hash_bytes(hash_text(raw)) == raw


GOOD_XORB = packed(b"hello world" * 50, 0) + packed(b"hello world" * 50, 1) + packed(b"hello world" * 50, 2)
GOOD_SHARD = shard_of(("ab" * 32, [Term("cd" * 32, 0, 1, 11)], "ef" * 32), verified=True)


def read_xorb(data: bytes) -> None:
    for content in unpack(data, chunks_of(data)):
        assert len(content) <= MAX_CHUNK


def read_shard(data: bytes) -> None:
    for file in parse_shard(data):
        assert file.size >= 0


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from([(GOOD_XORB, read_xorb), (GOOD_SHARD, read_shard)]))
def test_damaged_bytes_are_refused(data: st.DataObject, kind) -> None:
    good, read = kind
    damaged = bytearray(good)
    for __ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(damaged) - 1))
        damaged[position] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged))) :]
    with contextlib.suppress(XetRefused):
        read(bytes(damaged))


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    for read in (read_xorb, read_shard):
        with contextlib.suppress(XetRefused):
            read(data)


def test_every_truncation_of_a_shard_is_refused() -> None:
    whole = len(GOOD_SHARD) - len(END)  # the second end marker is in a section that is not read
    for length in range(whole):
        with pytest.raises(XetRefused):
            parse_shard(GOOD_SHARD[:length])


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
        chunks_of(data)


def test_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    """A chunk that announces few bytes and contains many: at most one byte more than announced is unpacked."""
    body = lz4.frame.compress(bytes(50 << 20))
    chunk = Chunk(0, len(body), 1, 1000)
    with pytest.raises(XetRefused, match="does not have the size"):
        list(unpack(bytes(8) + body, [chunk]))


def test_shard_that_announces_too_many_terms_is_refused() -> None:
    data = bytearray(shard_of(("ab" * 32, [], None)))
    struct.pack_into("<I", data, 48 + 36, 2**31)
    with pytest.raises(XetRefused, match="more terms"):
        parse_shard(bytes(data))
