"""Xorbs that were uploaded, each for the scope that sent it: a person, or a fine-grained token.

A xorb is stored as it was sent, except the first one of a draft (:mod:`autograde.hub.storage.drafts`): that is stored
uncompressed, in the draft's file. The file may become a blob that continues after the xorb's own bytes.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate

from autograde.hub.core import Hub
from autograde.hub.repos.xethashes import Leaf
from autograde.hub.repos.xorb_format import XetRefused, chunks_of, unpack

#: Prefix of a list of chunks with their sizes, for a xorb that is stored uncompressed.
_PLAIN = "plain:"

#: A chunk's hash, followed by its size if the xorb is stored uncompressed.
_HASH, _SIZED = struct.Struct("<32s"), struct.Struct("<32sI")


class Xorb:
    """An open xorb.

    Args:
        data: its file.
        chunks: the list of its chunks in the database.
    """

    def __init__(self, data: mmap.mmap, chunks: str) -> None:
        self._data, self._plain = data, chunks.startswith(_PLAIN)
        raw = bytes.fromhex(chunks.removeprefix(_PLAIN))
        rows = list((_SIZED if self._plain else _HASH).iter_unpack(raw))
        #: The hash of every chunk.
        self.hashes: list[bytes] = [row[0] for row in rows]
        self._ends = list(accumulate((row[1] for row in rows), initial=0)) if self._plain else []

    def contents(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the contents of the chunks from ``start`` to before ``end``."""
        if self._plain:
            for number in range(start, end):
                yield self._data[self._ends[number] : self._ends[number + 1]]
        else:
            yield from unpack(self._data, chunks_of(self._data)[start:end])


def is_kept(hub: Hub, scope: str, name: str) -> bool:
    """Return whether this scope has a xorb."""
    row = hub.database.one("SELECT oid FROM xorbs WHERE scope = ? AND hash = ?", (scope, name))
    return row is not None and hub.xorbs.has(row["oid"])


def record_xorb(
    hub: Hub, scope: str, user_id: str, name: str, place: str, size: int, leaves: Sequence[Leaf], *, plain: bool
) -> None:
    """Record that a xorb is in the store.

    Args:
        hub: the Hub.
        scope, user_id: who sent it.
        name: its hash.
        place: its name in the store.
        size: its size in the store, in bytes.
        leaves: its chunks.
        plain: whether it is stored as the uncompressed content of its chunks, instead of as it was sent.
    """
    rows = [_SIZED.pack(raw, length) if plain else raw for raw, length in leaves]
    chunks = (_PLAIN if plain else "") + b"".join(rows).hex()
    # Flush the row only if the xorb is flushed too: otherwise a power failure deletes both (core.py).
    with hub.database.transaction() if hub.xorbs.durable else hub.database.relaxed_transaction():
        hub.database.execute(
            "INSERT INTO xorbs (scope, user_id, hash, oid, size, chunks, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (scope, hash) DO UPDATE SET oid = excluded.oid, size = excluded.size,"
            " chunks = excluded.chunks, created_at = excluded.created_at",
            (scope, user_id, name, place, size, chunks, hub.now()),
        )


def mark_used(hub: Hub, scope: str, names: Iterable[str]) -> None:
    """Mark xorbs as used now, so that they are kept for another full period."""
    with hub.database.transaction():
        for name in names:
            hub.database.execute(
                "UPDATE xorbs SET created_at = ? WHERE scope = ? AND hash = ?", (hub.now(), scope, name)
            )


@contextmanager
def opened(hub: Hub, scope: str, name: str) -> Iterator[Xorb]:
    """Open a xorb uploaded in this scope.

    Raises:
        XetRefused: there is no such xorb.
    """
    row = hub.database.one("SELECT oid, chunks FROM xorbs WHERE scope = ? AND hash = ?", (scope, name))
    try:
        stream = hub.xorbs.open(row["oid"]) if row else None
    except FileNotFoundError:
        stream = None
    if row is None or stream is None:
        raise XetRefused(f"the xorb {name} was not uploaded by you to this Hub")
    with stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield Xorb(data, row["chunks"])
