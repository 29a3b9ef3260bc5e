"""Reads the page of an item in full, where its site lets programs in. Knows nothing of feeds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import Unreachable, Unreadable
from retrieval.extract import Reader
from retrieval.following.robots import Robots
from retrieval.following.visits import Visits
from retrieval.pages import read_page
from retrieval.types import Draft

_PASSING = (408, 425, 429)  # of the refusals, those that may be over soon


@dataclass(frozen=True, slots=True)
class Had:
    """What a page gave: its ``article``, or None; ``later`` where another try may bring it.

    ``wait`` are the seconds that its server asks to be left alone.
    """

    article: Draft | None = None
    later: bool = False
    wait: float = 0.0


class Pages:
    """Pages read on behalf of owners."""

    def __init__(self, visits: Visits, robots: Robots, reader: Reader, inbox: Path) -> None:
        self._visits = visits
        self._robots = robots
        self._reader = reader
        self._inbox = inbox

    async def article(self, url: str, owner: str) -> Had:
        """The article at an address. Raises LimitReached where the owner has fetched enough for today."""
        rule = await self._robots.rule(url, owner)
        if not rule.allowed:
            return Had()
        try:
            fetched = await self._visits.fetch(url, owner, pause=rule.pause)
            return Had(await asyncio.to_thread(read_page, fetched, url, self._reader, self._inbox))
        except Unreachable as fault:
            later = fault.status is None or fault.status >= 500 or fault.status in _PASSING
            return Had(later=later, wait=(fault.retry_after or 0.0) if later else 0.0)
        except Unreadable:
            return Had()
