"""Parse shards written by the specification; invalid bytes raise ``XetRefused`` and nothing else."""

from __future__ import annotations

import hashlib
import struct

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograde.hub.repos.shards import ShardTerm, parse_shard
from autograde.hub.repos.xethashes import hash_text
from autograde.hub.repos.xorb_format import MAX_CHUNKS, XetRefused

from ..shards import END, damaged, shard_of

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


GOOD_SHARD = shard_of(("ab" * 32, [ShardTerm("cd" * 32, 0, 1, 11)], "ef" * 32), verified=True)
SHARD_HEADER = GOOD_SHARD[:48]


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
@given(damaged(GOOD_SHARD) | SHARDS | st.binary(max_size=400))
def test_arbitrary_bytes_are_a_valid_shard_or_rejected(data: bytes) -> None:
    is_valid_shard(data)


@pytest.mark.parametrize("strategy", [damaged(GOOD_SHARD), SHARDS], ids=["damaged", "made up"])
def test_generated_bytes_include_valid_and_invalid_shards(strategy: st.SearchStrategy[bytes]) -> None:
    """Otherwise the test above would cover only one of the two outcomes."""
    assert is_valid_shard(find(strategy, is_valid_shard))
    assert not is_valid_shard(find(strategy, lambda data: not is_valid_shard(data)))


def test_every_truncation_of_a_shard_is_refused() -> None:
    complete = len(GOOD_SHARD) - len(END)  # the second end marker is in a section that is not read
    for length in range(complete):
        with pytest.raises(XetRefused):
            parse_shard(GOOD_SHARD[:length])


@pytest.mark.parametrize(("bytes_per_chunk", "accepted"), [(8192, True), (1000, False), (1, False)])
def test_file_of_too_many_small_chunks_is_refused(bytes_per_chunk: int, accepted: bool) -> None:
    """A file of 16 MB with chunks of one byte would need gigabytes of memory."""
    term = ShardTerm("cd" * 32, 0, MAX_CHUNKS, MAX_CHUNKS * bytes_per_chunk)
    assert is_valid_shard(shard_of(("ab" * 32, [term] * 2000, None))) is accepted
    assert is_valid_shard(shard_of(("ab" * 32, [term] * 12, None)))


def test_shard_that_announces_too_many_terms_is_refused() -> None:
    data = bytearray(shard_of(("ab" * 32, [], None)))
    struct.pack_into("<I", data, 48 + 36, 2**31)
    with pytest.raises(XetRefused, match="more terms"):
        parse_shard(bytes(data))
