"""Parse and write xorbs, the first part of a Xet upload: compressed chunks of files.

Source: the Xet protocol specification (https://huggingface.co/docs/xet). All numbers are little-endian. The bytes are
untrusted, so every length is checked before it is used.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from autograde.hub.repos.xethashes import Leaf, chunk_hash

#: Limits: size of an uncompressed chunk in bytes, and number of chunks in a xorb.
MAX_CHUNK = 128 << 10
MAX_CHUNKS = 8192

#: Bytes of the header before each chunk.
CHUNK_HEADER = 8

_FOOTER = b"XETBLOB"

Bytes = bytes | memoryview


class XetRefused(Exception):
    """Raised for bytes that are not a valid xorb or shard; the message says what is wrong."""


@dataclass(frozen=True)
class Chunk:
    """Location of a chunk in a xorb: ``offset`` of its 8-byte header, compressed and uncompressed size, and scheme."""

    offset: int
    packed: int
    scheme: int
    size: int


class XorbReader:
    """Reader of a xorb that arrives piece by piece; computes the hashes of its chunks.

    Args:
        give: called with the uncompressed content of each chunk.
    """

    def __init__(self, give: Callable[[Bytes], None] = lambda content: None) -> None:
        self._give = give
        #: Hash and uncompressed size of every chunk so far.
        self.leaves: list[Leaf] = []
        self._parts: list[memoryview] = []
        self._have, self._need = 0, CHUNK_HEADER
        self._chunk: Chunk | None = None
        self._position = 0
        self._footer = False

    def feed(self, pieces: Iterable[Bytes]) -> None:
        """Read the next bytes; they must not change afterwards.

        Raises:
            XetRefused: they are not those of a valid xorb.
        """
        for piece in pieces:
            view = memoryview(piece)
            while view and not self._footer:
                part = view[: self._need - self._have]
                self._parts.append(part)
                self._have += len(part)
                view = view[len(part) :]
                if self._have == self._need:
                    self._complete()

    def _complete(self) -> None:
        """Take the bytes of a header, or of a chunk."""
        content: Bytes = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts, self._have = [], 0
        if self._chunk is None:
            header = bytes(content)
            self._footer = header.startswith(_FOOTER)
            if not self._footer:
                self._chunk = _chunk(header, self._position, len(self.leaves))
                self._position += CHUNK_HEADER + self._chunk.packed
                self._need = self._chunk.packed
                if not self._need:
                    self._complete()
            return
        unpacked = _content(content, self._chunk)
        self.leaves.append((chunk_hash(unpacked), len(unpacked)))
        self._chunk, self._need = None, CHUNK_HEADER
        self._give(unpacked)

    def end(self) -> None:
        """Check that the last chunk is complete, and that there is at least one.

        Raises:
            XetRefused: the bytes end inside a chunk, or there are none.
        """
        if self._chunk is not None:
            raise XetRefused(f"chunk {len(self.leaves)} of the xorb is not readable")
        if self._parts and b"".join(self._parts)[: len(_FOOTER)] != _FOOTER:
            raise XetRefused("the xorb ends in the middle of a chunk's header")
        if not self.leaves:
            raise XetRefused("the xorb is empty")


def _chunk(header: bytes, position: int, number: int) -> Chunk:
    """Parse the header of a xorb's chunk. Raises XetRefused if it is invalid, or the xorb has too many chunks."""
    version, scheme = header[0], header[4]
    packed, size = int.from_bytes(header[1:4], "little"), int.from_bytes(header[5:8], "little")
    if version != 0 or scheme > 2 or not 0 < size <= MAX_CHUNK:
        raise XetRefused(f"chunk {number} of the xorb is not readable")
    if number >= MAX_CHUNKS:
        raise XetRefused(f"the xorb has more than {MAX_CHUNKS} chunks")
    return Chunk(position, packed, scheme, size)


def chunks_of(data: bytes | mmap.mmap, position: int = 0) -> Iterator[Chunk]:
    """Yield the chunks of a xorb, beginning with the one whose header is at ``position``; only headers are read.

    Raises:
        XetRefused: it is not a valid xorb.
    """
    number = 0
    while position < len(data):
        if data[position : position + len(_FOOTER)] == _FOOTER:
            break  # some clients send a footer
        if position + CHUNK_HEADER > len(data):
            raise XetRefused("the xorb ends in the middle of a chunk's header")
        chunk = _chunk(data[position : position + CHUNK_HEADER], position, number)
        position += CHUNK_HEADER + chunk.packed
        if position > len(data):
            raise XetRefused(f"chunk {number} of the xorb is not readable")
        yield chunk
        number += 1


def unpack(data: bytes | mmap.mmap, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """Yield the uncompressed contents of these chunks of a xorb.

    Raises:
        XetRefused: a chunk's uncompressed size differs from its header.
    """
    for chunk in chunks:
        yield bytes(_content(data[chunk.offset + 8 : chunk.offset + 8 + chunk.packed], chunk))


def _content(body: Bytes, chunk: Chunk) -> Bytes:
    """Return the uncompressed content of a chunk. Raises as :func:`unpack`."""
    content = body if chunk.scheme == 0 else _inflate(body, chunk.size)
    if len(content) != chunk.size:
        raise XetRefused("a chunk of the xorb does not have the size that it announces")
    return _ungroup(bytes(content)) if chunk.scheme == 2 else content


def _inflate(body: Bytes, size: int) -> bytes:
    import lz4.frame

    try:
        # Decompress at most one byte more than announced: enough to detect a decompression bomb.
        content: bytes = lz4.frame.LZ4FrameDecompressor().decompress(body, max_length=size + 1)
    except RuntimeError as error:
        raise XetRefused(f"a chunk of the xorb is not LZ4: {error}") from error
    return content


def _ungroup(content: bytes) -> bytes:
    """Reverse the byte grouping (every fourth byte together) that improves the compression of floats."""
    out = bytearray(len(content))
    position = 0
    for plane in range(4):
        length = (len(content) - plane + 3) // 4
        out[plane::4] = content[position : position + length]
        position += length
    return bytes(out)


def pack(content: bytes) -> bytes:
    """Return an uncompressed xorb of ``content``, in chunks of the largest allowed size."""
    pieces = []
    for start in range(0, len(content), MAX_CHUNK):
        chunk = content[start : start + MAX_CHUNK]
        length = len(chunk).to_bytes(3, "little")
        pieces.append(b"\0" + length + b"\0" + length + chunk)
    return b"".join(pieces)
