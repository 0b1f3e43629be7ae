"""Limit how many costly operations run at the same time, in total and for one client."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Turns:
    """A semaphore with a share for each client.

    Args:
        total: turns that may be held at the same time.
        share: turns that one client may hold at the same time.
        patience: seconds after which a turn no longer counts towards the total, even if its holder continues.
    """

    def __init__(self, total: int, share: int, patience: float) -> None:
        self._total, self._share, self._patience = asyncio.Semaphore(total), share, patience
        self._shares: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def take(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn for ``client``, and hold it inside the block."""
        share, users = self._shares.get(client, (asyncio.Semaphore(self._share), 0))
        self._shares[client] = (share, users + 1)
        try:
            async with share:
                await self._total.acquire()
                # Otherwise a client that reads its response slowly would block all others.
                early = asyncio.get_running_loop().call_later(self._patience, self._total.release)
                try:
                    yield
                finally:
                    if not early.cancelled() and early.when() > asyncio.get_running_loop().time():
                        early.cancel()
                        self._total.release()
        finally:
            share, users = self._shares.pop(client)
            if users > 1:
                self._shares[client] = (share, users - 1)


class Places:
    """A limited number of places that are taken only if one is free. For one event loop.

    Args:
        total: places in total.
        share: places that one client may have.
    """

    def __init__(self, total: int, share: int) -> None:
        self._total, self._share = total, share
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, client: str) -> Iterator[bool]:
        """Hold a place inside the block; yields whether one was free."""
        free = self._taken[client] < self._share and self._taken.total() < self._total
        self._taken[client] += free
        try:
            yield free
        finally:
            self._taken[client] -= free
            if not self._taken[client]:
                del self._taken[client]
