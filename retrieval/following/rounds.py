"""Looks at many sources side by side and stores what they bring, round by round. Knows nothing of the web."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta

from retrieval.errors import LimitReached
from retrieval.following.addresses import host
from retrieval.following.entries import Entry
from retrieval.following.limits import Allowances
from retrieval.following.looking import Looking, Outcome
from retrieval.following.settling import Settling
from retrieval.following.storage import Storage
from retrieval.following.types import Refreshed
from retrieval.following.whole import whole

_HOSTS = 8  # side by side
_SOURCES = 50  # of a round: what they bring is held in memory until it is stored
_DOCUMENTS = 32  # stored at once
_NO_ROOM = timedelta(hours=1)  # until it is seen whether somebody made room for more documents

Progress = Callable[[int, int], None]  # (sources done, sources in all)


class Rounds:
    """Rounds of looking, one at a time."""

    def __init__(
        self,
        storage: Storage,
        allowances: Allowances,
        looking: Looking,
        settling: Settling,
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._allowances = allowances
        self._looking = looking
        self._settling = settling
        self._clock = clock
        self._turn = asyncio.Lock()

    async def all(
        self,
        *,
        everything: bool,
        owner: str | None,
        only: Collection[int] | None,
        progress: Progress,
    ) -> Refreshed:
        """Look at all that is due, or at ``everything``, of one owner or of all, or of ``only`` these."""
        async with self._turn:
            numbers = await whole(self._storage.due(self._clock(), everything=everything, owner=owner))
            if only is not None:
                numbers = [number for number in numbers if number in only]
            found = Refreshed()
            for start in range(0, len(numbers), _SOURCES):
                found += await self._round(numbers[start : start + _SOURCES])
                progress(min(start + _SOURCES, len(numbers)), len(numbers))
            return found

    async def next(self, most: int) -> Refreshed:
        """Look at those that have been due the longest."""
        async with self._turn:
            numbers = await whole(self._storage.due(self._clock(), everything=False, owner=None, limit=most))
            return await self._round(numbers) if numbers else Refreshed()

    async def _round(self, numbers: Sequence[int]) -> Refreshed:
        """One round: what comes is stored while the rest is still being looked at."""
        entries = await whole(self._storage.entries(numbers))
        found = Refreshed()
        by_owner: dict[str, list[Entry]] = {}
        for entry in entries:
            by_owner.setdefault(entry.owner, []).append(entry)
        rooms: dict[str, int | None] = {}
        for owner, theirs in by_owner.items():
            try:
                rooms[owner] = await self._allowances.room(owner)
            except LimitReached as fault:
                found += await self._settling.limited(theirs, fault, self._clock() + _NO_ROOM)
        waiting: list[Outcome] = []
        async with aclosing(self._looks([each for each in entries if each.owner in rooms], rooms)) as looks:
            async for outcome in looks:
                waiting.append(outcome)
                if sum(len(each.drafts) for each in waiting) >= _DOCUMENTS:
                    found += await self._settling.settle(waiting)
                    waiting = []
        return found + await self._settling.settle(waiting) if waiting else found

    async def _looks(
        self, entries: Sequence[Entry], rooms: dict[str, int | None]
    ) -> AsyncGenerator[Outcome, None]:
        """Outcomes as they come: a host's sources one after the other, several hosts at once."""
        by_host: dict[str, list[Entry]] = {}
        for entry in entries:
            by_host.setdefault(host(entry.url), []).append(entry)
        came: asyncio.Queue[Outcome] = asyncio.Queue()
        gate = asyncio.Semaphore(_HOSTS)

        async def visit(some: Sequence[Entry]) -> None:
            for entry in some:
                async with gate:
                    outcome = await self._looking.look(entry, room=rooms[entry.owner])
                room = rooms[entry.owner]
                if room is not None:
                    rooms[entry.owner] = max(0, room - len(outcome.drafts))
                await came.put(outcome)

        tasks = [asyncio.create_task(visit(some)) for some in by_host.values()]
        try:
            for _ in entries:
                yield await came.get()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
