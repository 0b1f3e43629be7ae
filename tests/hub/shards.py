"""Build xorbs and shards from the specification, independently of the Hub's own code."""

from __future__ import annotations

import struct

import lz4.frame
from hypothesis import strategies as st

from autograde.hub.repos import xethashes
from autograde.hub.repos.shards import ShardTerm

END = b"\xff" * 32 + bytes(16)


def grouped(content: bytes) -> bytes:
    return content[0::4] + content[1::4] + content[2::4] + content[3::4]


def packed(content: bytes, scheme: int) -> bytes:
    """Return one chunk in the format of a xorb."""
    body = content if scheme == 0 else lz4.frame.compress(grouped(content) if scheme == 2 else content)
    return b"\0" + len(body).to_bytes(3, "little") + bytes([scheme]) + len(content).to_bytes(3, "little") + body


def xorb_name(pieces: list[bytes]) -> str:
    """Return the name (a hash) of a xorb with these chunks."""
    return xethashes.hash_text(xethashes.root_hash([(xethashes.chunk_hash(piece), len(piece)) for piece in pieces]))


def file_name(pieces: list[bytes]) -> str:
    """Return the name (a hash) of a file with these chunks."""
    return xethashes.hash_text(xethashes.file_hash([(xethashes.chunk_hash(piece), len(piece)) for piece in pieces]))


def hash_bytes(text: str) -> bytes:
    return struct.pack("<4Q", *(int(text[i : i + 16], 16) for i in range(0, 64, 16)))


def shard_of(*files: tuple[str, list[ShardTerm], str | None], verified: bool = False) -> bytes:
    """Return a shard as a client sends it: file section, empty xorb section, no footer."""
    out = [b"HFRepoMetaData\0".ljust(32, b"\x55"), struct.pack("<QQ", 2, 0)]
    for name, terms, sha256 in files:
        flags = (1 << 31 if verified else 0) | (1 << 30 if sha256 else 0)
        out.append(hash_bytes(name) + struct.pack("<IIQ", flags, len(terms), 0))
        out += [hash_bytes(term.xorb) + struct.pack("<IIII", 0, term.size, term.start, term.end) for term in terms]
        if verified:
            out += [b"v" * 48] * len(terms)
        if sha256:
            out.append(hash_bytes(sha256) + bytes(16))
    return b"".join([*out, END, END])


def damaged(good: bytes) -> st.SearchStrategy[bytes]:
    """Change one to four bytes, and sometimes cut off the end."""
    changes = st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), min_size=1, max_size=4)

    def damage(changes: list[tuple[int, int]], length: int) -> bytes:
        found = bytearray(good)
        for position, value in changes:
            found[position] = value
        return bytes(found[:length])

    return st.builds(damage, changes, st.just(len(good)) | st.integers(0, len(good)))
