"""Drafts: files that are started while the first xorb of a Xet upload arrives.

A Xet upload sends its xorbs first and then a shard, which describes the files. Most files begin with the complete first
xorb. Its content is written and hashed once, while it arrives, as the beginning of a blob; the xorb store gets a hard
link to the same file. When the shard arrives, only the rest of the file must be written. A draft is an optimisation:
without one, for example after a restart, the file is assembled from the xorbs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from autograde.hub.storage.blobs import BlobStore, BlobWriter

#: Drafts of one Hub at the same time, and seconds for which a draft waits for its shard.
MAX_DRAFTS, TIMEOUT = 8, 300.0


class Draft:
    """The content of one complete xorb, as an unfinished blob."""

    def __init__(self, scope: str, writer: BlobWriter, since: float) -> None:
        self.scope, self.writer, self.since = scope, writer, since
        #: The xorb's hash once it has arrived and is verified, the hashes and sizes of its chunks, and its size.
        self.xorb: str | None = None
        self.leaves: list[tuple[bytes, int]] = []
        self.size = 0

    def keep(self, xorb: str, leaves: Sequence[tuple[bytes, int]]) -> None:
        """Mark the xorb as complete, with this hash."""
        self.xorb, self.leaves, self.size = xorb, list(leaves), self.writer.size


class Drafts:
    """The drafts of one Hub, at most one for each person or fine-grained token. Thread-safe.

    Args:
        blobs: where the files will be stored.
        clock: returns seconds; replaced in tests.
    """

    def __init__(self, blobs: BlobStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._blobs, self._clock = blobs, clock
        self._guard = threading.Lock()
        self._drafts: dict[str, Draft] = {}

    @contextmanager
    def begin(self, scope: str) -> Iterator[Draft | None]:
        """Begin a draft; yields None if this scope already has one, or the Hub has too many.

        At the end of the block it is discarded unless :meth:`Draft.keep` was called.
        """
        draft = self._open(scope)
        try:
            yield draft
        finally:
            if draft is not None and draft.xorb is None:
                self._forget(draft)

    def _open(self, scope: str) -> Draft | None:
        now = self._clock()
        with self._guard:
            old = [draft for draft in self._drafts.values() if draft.xorb and now - draft.since > TIMEOUT]
        for draft in old:
            self._forget(draft)
        with self._guard:
            if scope in self._drafts or len(self._drafts) >= MAX_DRAFTS:
                return None
            draft = self._drafts[scope] = Draft(scope, self._blobs.writer(), now)
        return draft

    def _forget(self, draft: Draft) -> None:
        with self._guard:
            if self._drafts.get(draft.scope) is not draft:
                return  # another thread has taken it
            del self._drafts[draft.scope]
        draft.writer.discard()

    def take(self, scope: str) -> Draft | None:
        """Return the complete draft of a scope and forget it: the caller commits or discards its writer."""
        with self._guard:
            draft = self._drafts.get(scope)
            return self._drafts.pop(scope) if draft is not None and draft.xorb else None

    def close(self) -> None:
        """Discard all drafts."""
        with self._guard:
            drafts, self._drafts = list(self._drafts.values()), {}
        for draft in drafts:
            draft.writer.discard()
