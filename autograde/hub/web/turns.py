"""Turns: how much of something costly runs at a time, and that no client takes all of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """A number of turns, of which each client has a share.

    Args:
        total: that may be taken at a time.
        share: of one client at a time.
        patience: seconds after which a turn is free for others, even if its holder goes on.
    """

    def __init__(self, total: int, share: int, patience: float) -> None:
        self._total, self._share, self._patience = asyncio.Semaphore(total), share, patience
        self._shares: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def take(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn of ``client`` and hold it meanwhile."""
        share, users = self._shares.get(client, (asyncio.Semaphore(self._share), 0))
        self._shares[client] = (share, users + 1)
        try:
            async with share:
                await self._total.acquire()
                # A client that reads its answer slowly would otherwise hold up everybody else's.
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
