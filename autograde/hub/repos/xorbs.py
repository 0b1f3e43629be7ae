"""Xorbs that were uploaded, each for the scope that sent it: a person, or a fine-grained token.

A xorb is stored as it was sent, except the first one of a draft (:mod:`autograde.hub.storage.drafts`): that is stored
uncompressed, in the draft's file. The file may become a blob that continues after the xorb's own bytes.
"""

from __future__ import annotations

import mmap
import struct
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import accumulate, islice
from types import TracebackType

from autograde.hub.core import Hub
from autograde.hub.repos.xethashes import Leaf
from autograde.hub.repos.xorb_format import XetRefused, chunks_of, unpack

#: Prefix of a list of chunks with their sizes, for a xorb that is stored uncompressed.
_PLAIN = "plain:"

#: A chunk's hash, followed by its size if the xorb is stored uncompressed.
_HASH, _SIZED = struct.Struct("<32s"), struct.Struct("<32sI")


#: How many xorbs a request keeps open, and how often it may open one. A file of 64 GB consists of about 1,000 xorbs.
_KEPT_OPEN, _MOST_OPENED = 16, 10_000


class Xorb:
    """An open xorb.

    Args:
        data: its file.
        chunks: the list of its chunks in the database.
    """

    def __init__(self, data: mmap.mmap, chunks: str) -> None:
        # Objects for the thousands of chunks would need five times the memory of these bytes and numbers.
        self._data, self._plain = data, chunks.startswith(_PLAIN)
        self._row = _SIZED if self._plain else _HASH
        self._rows = bytes.fromhex(chunks.removeprefix(_PLAIN))
        #: The number of chunks.
        self.length = len(self._rows) // self._row.size
        self._starts: array[int] | None = None

    def hashes(self, start: int, end: int) -> list[bytes]:
        """Return the hashes of the chunks from ``start`` to before ``end``."""
        rows = memoryview(self._rows)[start * self._row.size : end * self._row.size]
        return [row[0] for row in self._row.iter_unpack(rows)]

    def contents(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the contents of the chunks from ``start`` to before ``end``."""
        if self._starts is None:
            self._starts = array("Q", self._find_starts())
        if self._plain:
            for number in range(start, end):
                yield self._data[self._starts[number] : self._starts[number + 1]]
        elif start < end:
            yield from unpack(self._data, islice(chunks_of(self._data, self._starts[start]), end - start))

    def _find_starts(self) -> Iterator[int]:
        """Yield where each chunk begins in the file, and where the last one of an uncompressed xorb ends."""
        if self._plain:
            return accumulate((size for __, size in self._row.iter_unpack(self._rows)), initial=0)
        return (chunk.offset for chunk in chunks_of(self._data))


class OpenXorbs:
    """Keeps the xorbs of one scope open that were used last, because opening one takes milliseconds.

    A context manager that closes them at the end.
    """

    def __init__(self, hub: Hub, scope: str) -> None:
        self._hub, self._scope = hub, scope
        self._open: OrderedDict[str, tuple[Xorb, ExitStack]] = OrderedDict()
        self._opened = 0

    def __enter__(self) -> OpenXorbs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._open:
            self._close_oldest()

    def get(self, name: str) -> Xorb:
        """Return a xorb.

        Raises:
            XetRefused: there is no such xorb, or too many were opened.
        """
        if name not in self._open:
            self._opened += 1
            if self._opened > _MOST_OPENED:
                raise XetRefused(f"its files change between xorbs more than {_MOST_OPENED:,} times")
            with ExitStack() as stack:
                xorb = stack.enter_context(opened(self._hub, self._scope, name))
                self._open[name] = (xorb, stack.pop_all())
            if len(self._open) > _KEPT_OPEN:
                self._close_oldest()
        self._open.move_to_end(name)
        return self._open[name][0]

    def _close_oldest(self) -> None:
        __, (___, stack) = self._open.popitem(last=False)
        stack.close()


def is_kept(hub: Hub, scope: str, name: str) -> bool:
    """Return whether this scope has a xorb."""
    row = hub.database.one("SELECT oid FROM xorbs WHERE scope = ? AND hash = ?", (scope, name))
    return row is not None and hub.xorbs.has(row["oid"])


def _transaction(hub: Hub) -> AbstractContextManager[None]:
    """Return a transaction for rows of xorbs. It is flushed only if the xorbs are flushed too: otherwise a power
    failure deletes both (core.py)."""
    return hub.database.transaction() if hub.xorbs.durable else hub.database.relaxed_transaction()


def record_xorb(
    hub: Hub, scope: str, user_id: str, name: str, stored_name: str, size: int, leaves: Sequence[Leaf], *, plain: bool
) -> None:
    """Record that a xorb is in the store.

    Args:
        hub: the Hub.
        scope, user_id: who sent it.
        name: its hash.
        stored_name: that of its file in the store.
        size: its size in the store, in bytes.
        leaves: its chunks.
        plain: whether it is stored as the uncompressed content of its chunks, instead of as it was sent.
    """
    rows = [_SIZED.pack(raw, length) if plain else raw for raw, length in leaves]
    chunks = (_PLAIN if plain else "") + b"".join(rows).hex()
    with _transaction(hub):
        hub.database.execute(
            "INSERT INTO xorbs (scope, user_id, hash, oid, size, chunks, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (scope, hash) DO UPDATE SET oid = excluded.oid, size = excluded.size,"
            " chunks = excluded.chunks, created_at = excluded.created_at",
            (scope, user_id, name, stored_name, size, chunks, hub.now()),
        )


def mark_used(hub: Hub, scope: str, names: Iterable[str]) -> None:
    """Mark xorbs as used now, so that they are kept for another full period."""
    with _transaction(hub):
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
        xorb = Xorb(data, row["chunks"])
        # The row is half a megabyte of text.
        del row
        yield xorb
