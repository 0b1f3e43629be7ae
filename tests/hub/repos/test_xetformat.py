"""Parse xorbs and shards written by the specification; invalid bytes raise ``XetRefused`` and nothing else."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable

import lz4.frame
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograde.hub.repos.xetformat import (
    MAX_CHUNK,
    MAX_CHUNKS,
    Chunk,
    ShardTerm,
    XetRefused,
    XorbReader,
    chunks_of,
    parse_shard,
    unpack,
)
from autograde.hub.repos.xethashes import chunk_hash, hash_text

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
                    lambda xorb, start, more, size: ShardTerm(xorb, start, start + more, size),
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
def test_shard_is_parsed_back(files: list[tuple[str, list[ShardTerm], str | None]], verified: bool) -> None:
    parsed = parse_shard(shard_of(*files, verified=verified))
    assert [(f.hash, list(f.terms), f.sha256) for f in parsed] == files
    assert [f.size for f in parsed] == [sum(term.size for term in terms) for _name, terms, _sha256 in files]


def test_hash_text_is_four_little_endian_numbers() -> None:
    raw = bytes(range(32))
    assert hash_text(raw) == "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"
    assert hash_bytes(hash_text(raw)) == raw


GOOD_XORB = packed(b"hello world" * 50, 0) + packed(b"hello world" * 50, 1) + packed(b"hello world" * 50, 2)
GOOD_SHARD = shard_of(("ab" * 32, [ShardTerm("cd" * 32, 0, 1, 11)], "ef" * 32), verified=True)
SHARD_HEADER = GOOD_SHARD[:48]


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
        chunks = chunks_of(data)
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


def is_valid_shard(data: bytes) -> bool:
    """Return whether the bytes are a valid shard. Each term must then name at least one chunk and have a record."""
    try:
        files = parse_shard(data)
    except XetRefused:
        return False
    terms = [term for file in files for term in file.terms]
    assert 48 * (1 + len(files) + len(terms)) < len(data)
    assert [term for term in terms if not 0 <= term.start < term.end <= MAX_CHUNKS] == []
    return True


def damaged(good: bytes) -> st.SearchStrategy[bytes]:
    """Change one to four bytes, and sometimes cut off the end."""
    changes = st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), min_size=1, max_size=4)

    def damage(changes: list[tuple[int, int]], length: int) -> bytes:
        found = bytearray(good)
        for position, value in changes:
            found[position] = value
        return bytes(found[:length])

    return st.builds(damage, changes, st.just(len(good)) | st.integers(0, len(good)))


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
#: Bytes that look like records of a shard, of files and of terms.
RECORDS = st.builds(
    lambda name, numbers: name + struct.pack("<4I", *numbers),
    st.binary(min_size=32, max_size=32) | st.just(b"\xff" * 32),
    st.tuples(
        st.sampled_from([0, 1 << 31, 1 << 30, 3 << 30]), st.sampled_from([0, 1, 2, 9, 1 << 31]),
        st.sampled_from([0, 1, MAX_CHUNKS]), st.sampled_from([0, 1, MAX_CHUNKS, MAX_CHUNKS + 1]),
    ),
)  # fmt: skip
SHARDS = st.lists(RECORDS, min_size=1, max_size=6).map(lambda records: b"".join([SHARD_HEADER, *records, END]))


@settings(max_examples=300, deadline=None)
@given(damaged(GOOD_XORB) | XORBS | st.binary(max_size=400))
def test_arbitrary_bytes_are_a_valid_xorb_or_rejected(data: bytes) -> None:
    is_valid_xorb(data)


@settings(max_examples=300, deadline=None)
@given(damaged(GOOD_SHARD) | SHARDS | st.binary(max_size=400))
def test_arbitrary_bytes_are_a_valid_shard_or_rejected(data: bytes) -> None:
    is_valid_shard(data)


@pytest.mark.parametrize(
    ("strategy", "is_valid"),
    [
        (damaged(GOOD_XORB), is_valid_xorb), (XORBS, is_valid_xorb),
        (damaged(GOOD_SHARD), is_valid_shard), (SHARDS, is_valid_shard),
    ],
    ids=["damaged xorb", "xorb", "damaged shard", "shard"],
)  # fmt: skip
def test_generated_bytes_include_valid_and_invalid_ones(
    strategy: st.SearchStrategy[bytes], is_valid: Callable[[bytes], bool]
) -> None:
    """Otherwise the two tests above would cover only one of the two outcomes."""
    assert is_valid(find(strategy, is_valid))
    assert not is_valid(find(strategy, lambda data: not is_valid(data)))


def test_every_truncation_of_a_shard_is_refused() -> None:
    complete = len(GOOD_SHARD) - len(END)  # the second end marker is in a section that is not read
    for length in range(complete):
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
