"""Asks sites which of their pages programs may read (RFC 9309). Knows nothing of feeds and articles."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.database import execute, rows
from retrieval.errors import Unreachable
from retrieval.following.visits import Visits

if TYPE_CHECKING:
    from protego import Protego

AGENT = "Footnote"  # the name that rules may be for

_KEPT = timedelta(days=1)
_KEPT_UNREAD = timedelta(hours=1)  # where the rules could not be had
_LONGEST = 500 * 1024  # bytes that are read of the rules
_LONGEST_PAUSE = 10.0  # seconds
_PARSED = 64  # sites


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether a page may be read, and the seconds that its site wants between two pages."""

    allowed: bool
    pause: float = 0.0


class Robots:
    """The rules of sites, each read once a day."""

    def __init__(self, engine: AsyncEngine, visits: Visits, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._visits = visits
        self._clock = clock
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._parsed: OrderedDict[str, tuple[datetime, Protego | None]] = OrderedDict()

    async def rule(self, url: str, owner: str) -> Rule:
        """What a site says of one of its pages. Raises LimitReached as fetching does."""
        parts = urlsplit(url)
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}", owner)
        if rules is None:
            return Rule(allowed=False)
        pause = rules.crawl_delay(AGENT) or 0.0
        return Rule(rules.can_fetch(url, AGENT), min(_LONGEST_PAUSE, max(0.0, pause)))

    async def _rules(self, site: str, owner: str) -> Protego | None:
        """A site's rules; None where its server fails, which closes the site (RFC 9309, 2.3.1.4)."""
        async with self._asking.setdefault(site, asyncio.Lock()):
            known = self._parsed.get(site)
            if known is None or known[0] <= self._clock():
                until, status, said = await self._kept(site) or await self._asked(site, owner)
                known = self._parsed[site] = until, _read(said) if status == "open" else None
        self._parsed.move_to_end(site)
        if len(self._parsed) > _PARSED:
            self._parsed.popitem(last=False)
        return known[1]

    async def _kept(self, site: str) -> tuple[datetime, str, str] | None:
        """Until when rules that were read before hold, if they still do, with what they are."""
        found = await rows(
            self._engine, "SELECT read, status, rules FROM robots WHERE site = :site", site=site
        )
        for row in found:
            kept = _KEPT if row.status == "open" else _KEPT_UNREAD
            until = datetime.fromisoformat(row.read) + kept
            if until > self._clock():
                return until, row.status, row.rules
        return None

    async def _asked(self, site: str, owner: str) -> tuple[datetime, str, str]:
        status, said = "open", ""
        try:
            fetched = await self._visits.fetch(f"{site}/robots.txt", owner, accept="text/plain, */*;q=0.5")
            said = fetched.body[:_LONGEST].decode("utf-8-sig", "replace")
        except Unreachable as fault:
            if fault.status is None or fault.status >= 500 or fault.status == 429:
                status = "closed"  # a site without rules is open, one that cannot say is not
        now = self._clock()
        await execute(
            self._engine,
            "INSERT OR REPLACE INTO robots VALUES (:site, :now, :status, :said)",
            site=site,
            now=now.isoformat(),
            status=status,
            said=said,
        )
        return now + (_KEPT if status == "open" else _KEPT_UNREAD), status, said


def _read(said: str) -> Protego:
    from protego import Protego

    return Protego.parse(said.replace("\0", ""))
