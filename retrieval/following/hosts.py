"""Lets one request at a time go to a host, with a pause between two. Knows nothing of what is asked there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

_REMEMBERED = 1_000  # hosts; of more only those are kept whose pause is not over


class Hosts:
    """Turns at hosts. ``pause`` is in seconds, from the end of one request to the start of the next."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._free: dict[str, float] = {}  # host → when it may be asked again

    @asynccontextmanager
    async def turn(self, host: str, pause: float = 0.0) -> AsyncIterator[None]:
        """The caller's turn at a host, after which it is left alone for a while, at least ``pause``."""
        clock = asyncio.get_running_loop().time
        lock = self._locks.setdefault(host, asyncio.Lock())
        async with lock:
            await asyncio.sleep(max(0.0, self._free.get(host, 0.0) - clock()))
            try:
                yield
            finally:
                self._free[host] = clock() + max(self._pause, pause)
                self._tidy(clock())

    def _tidy(self, now: float) -> None:
        if len(self._free) > _REMEMBERED:
            self._free = {host: free for host, free in self._free.items() if free > now}
