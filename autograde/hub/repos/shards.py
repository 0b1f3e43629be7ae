"""Parse shards, the second part of a Xet upload: they list the chunks of each file.

Source: the Xet protocol specification (https://huggingface.co/docs/xet). All numbers are little-endian. The bytes are
untrusted, so every length is checked before it is used.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from autograde.hub.repos.xethashes import hash_text
from autograde.hub.repos.xorb_format import MAX_CHUNKS, XetRefused

#: Limit of the terms of one shard: in memory, each needs ten times its bytes.
MAX_TERMS = 200_000

#: A file may have as many chunks as the first number, and one more for every so many bytes: each needs 150 bytes of
#: memory. Clients make chunks of at least 8 KiB.
_CHUNKS, _BYTES_PER_CHUNK = 100_000, 4096

_TAG = b"HFRepoMetaData\0"
_RECORD = 48
_END = b"\xff" * 32
_WITH_VERIFICATION = 1 << 31
_WITH_METADATA = 1 << 30


@dataclass(frozen=True)
class ShardTerm:
    """A range of chunks in one xorb: ``start`` to ``end`` (exclusive), with ``size`` uncompressed bytes."""

    xorb: str
    start: int
    end: int
    size: int


@dataclass(frozen=True)
class ShardFile:
    """A file in a shard: its Xet hash, its terms in order, and its SHA-256 (None when the client sent none)."""

    hash: str
    terms: tuple[ShardTerm, ...]
    sha256: str | None

    @property
    def size(self) -> int:
        """Size in bytes."""
        return sum(term.size for term in self.terms)


def parse_shard(data: bytes) -> list[ShardFile]:
    """Return the files of an uploaded shard.

    Raises:
        XetRefused: it is not a valid shard of version 2.
    """
    if len(data) < _RECORD or not data.startswith(_TAG) or struct.unpack_from("<Q", data, 32)[0] != 2:
        raise XetRefused("the shard has no header of version 2")
    files: list[ShardFile] = []
    position, number = _RECORD, 0
    while True:
        header = _record(data, position)
        position += _RECORD
        if header[:32] == _END:
            return files
        flags, count = struct.unpack_from("<II", header, 32)
        if count > len(data) // _RECORD:
            raise XetRefused("the shard announces more terms than it has bytes")
        number += count
        if number > MAX_TERMS:
            raise XetRefused(f"the shard has more than {MAX_TERMS:,} terms")
        terms = []
        for __ in range(count):
            record = _record(data, position)
            position += _RECORD
            __, size, start, end = struct.unpack_from("<IIII", record, 32)
            if not start < end <= MAX_CHUNKS:
                raise XetRefused("a term of the shard is empty or out of range")
            terms.append(ShardTerm(hash_text(record[:32]), start, end, size))
        if flags & _WITH_VERIFICATION:
            position += count * _RECORD
        sha256 = None
        if flags & _WITH_METADATA:
            # The SHA-256 has the byte order of the hashes: reversed within each group of eight bytes.
            sha256 = hash_text(_record(data, position)[:32])
            position += _RECORD
        file = ShardFile(hash_text(header[:32]), tuple(terms), sha256)
        if sum(term.end - term.start for term in terms) > _CHUNKS + file.size // _BYTES_PER_CHUNK:
            raise XetRefused("a file of the shard has too many small chunks")
        files.append(file)


def _record(data: bytes, position: int) -> bytes:
    record = data[position : position + _RECORD]
    if len(record) < _RECORD:
        raise XetRefused("the shard ends in the middle of a record")
    return record
