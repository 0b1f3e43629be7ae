"""The two binary forms of a Xet upload: xorbs (compressed chunks) and shards (which chunks make which file).

Source: the Xet protocol specification (https://huggingface.co/docs/xet) and hub-protocol, section 5. All numbers are
little-endian. Both parsers take bytes from anybody, so every length is checked before it is believed.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

#: The largest chunk, unpacked, in bytes, and the most chunks in a xorb.
MAX_CHUNK = 128 << 10
MAX_CHUNKS = 8192

#: Bytes before each chunk.
CHUNK_HEADER = 8

_TAG = b"HFRepoMetaData\0"
_RECORD = 48
_END = b"\xff" * 32
_WITH_VERIFICATION = 1 << 31
_WITH_METADATA = 1 << 30


class XetRefused(Exception):
    """The bytes are no xorb or no shard; the message says where."""


@dataclass(frozen=True)
class Term:
    """A run of chunks of one xorb: ``start`` to ``end`` (exclusive), ``size`` bytes when unpacked."""

    xorb: str
    start: int
    end: int
    size: int


@dataclass(frozen=True)
class File:
    """A file of a shard: its Xet hash, its terms in order, and its SHA-256 (None when the client gave none)."""

    hash: str
    terms: tuple[Term, ...]
    sha256: str | None

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(term.size for term in self.terms)


def hash_text(raw: bytes) -> str:
    """A hash as URLs spell it: four little-endian 64-bit numbers, each in hexadecimal."""
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", raw))


def parse_shard(data: bytes) -> list[File]:
    """The files of an uploaded shard.

    Raises:
        XetRefused: it is no shard of version 2.
    """
    if len(data) < _RECORD or not data.startswith(_TAG) or struct.unpack_from("<Q", data, 32)[0] != 2:
        raise XetRefused("the shard has no header of version 2")
    files: list[File] = []
    position = _RECORD
    while True:
        header = _record(data, position)
        position += _RECORD
        if header[:32] == _END:
            return files
        flags, count = struct.unpack_from("<II", header, 32)
        if count > len(data) // _RECORD:
            raise XetRefused("the shard announces more terms than it has bytes")
        terms = []
        for __ in range(count):
            record = _record(data, position)
            position += _RECORD
            __, size, start, end = struct.unpack_from("<IIII", record, 32)
            if not start < end <= MAX_CHUNKS:
                raise XetRefused("a term of the shard is empty or out of range")
            terms.append(Term(hash_text(record[:32]), start, end, size))
        if flags & _WITH_VERIFICATION:
            position += count * _RECORD
        sha256 = None
        if flags & _WITH_METADATA:
            # The SHA-256 travels in the order of the hashes: reversed within each group of eight bytes.
            sha256 = hash_text(_record(data, position)[:32])
            position += _RECORD
        files.append(File(hash_text(header[:32]), tuple(terms), sha256))


def _record(data: bytes, position: int) -> bytes:
    record = data[position : position + _RECORD]
    if len(record) < _RECORD:
        raise XetRefused("the shard ends in the middle of a record")
    return record


@dataclass(frozen=True)
class Chunk:
    """Where one chunk of a xorb lies: ``offset`` of its 8-byte header, ``packed`` and ``size`` in bytes, its scheme."""

    offset: int
    packed: int
    scheme: int
    size: int


def chunks_of(data: bytes | mmap.mmap) -> list[Chunk]:
    """The chunks of a xorb, from its headers alone.

    Raises:
        XetRefused: it is no xorb.
    """
    found: list[Chunk] = []
    position = 0
    while position < len(data):
        if data[position : position + 7] == b"XETBLOB":
            break  # the footer that some clients send
        if position + 8 > len(data):
            raise XetRefused("the xorb ends in the middle of a chunk's header")
        version, scheme = data[position], data[position + 4]
        packed = int.from_bytes(data[position + 1 : position + 4], "little")
        size = int.from_bytes(data[position + 5 : position + 8], "little")
        if version != 0 or scheme > 2 or not 0 < size <= MAX_CHUNK or position + 8 + packed > len(data):
            raise XetRefused(f"chunk {len(found)} of the xorb is not readable")
        found.append(Chunk(position, packed, scheme, size))
        if len(found) > MAX_CHUNKS:
            raise XetRefused(f"the xorb has more than {MAX_CHUNKS} chunks")
        position += 8 + packed
    return found


def unpack(data: bytes | mmap.mmap, chunks: list[Chunk]) -> Iterator[bytes]:
    """The contents of some chunks of a xorb.

    Raises:
        XetRefused: a chunk does not unpack to the size that it announces.
    """
    for chunk in chunks:
        body = data[chunk.offset + 8 : chunk.offset + 8 + chunk.packed]
        content = body if chunk.scheme == 0 else _inflate(body, chunk.size)
        if len(content) != chunk.size:
            raise XetRefused("a chunk of the xorb does not have the size that it announces")
        yield _ungroup(content) if chunk.scheme == 2 else content


def _inflate(body: bytes, size: int) -> bytes:
    import lz4.frame

    try:
        # One byte more than announced is enough to see a bomb, and no more is ever unpacked.
        content: bytes = lz4.frame.LZ4FrameDecompressor().decompress(body, max_length=size + 1)
    except RuntimeError as error:
        raise XetRefused(f"a chunk of the xorb is not LZ4: {error}") from error
    return content


def _ungroup(content: bytes) -> bytes:
    """Undo the grouping of every fourth byte that makes floats compress better."""
    out = bytearray(len(content))
    position = 0
    for plane in range(4):
        length = (len(content) - plane + 3) // 4
        out[plane::4] = content[position : position + length]
        position += length
    return bytes(out)


def pack(content: bytes) -> bytes:
    """A xorb of ``content``, cut into the largest chunks that there may be and not compressed."""
    pieces = []
    for start in range(0, len(content), MAX_CHUNK):
        chunk = content[start : start + MAX_CHUNK]
        length = len(chunk).to_bytes(3, "little")
        pieces.append(b"\0" + length + b"\0" + length + chunk)
    return b"".join(pieces)
