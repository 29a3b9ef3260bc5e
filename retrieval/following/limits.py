"""Keeps count of what each person has and fetches, against what one may. Knows nothing of the network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.database import rows
from retrieval.errors import LimitReached
from retrieval.following.types import Allowance
from retrieval.types import SHARED

_MEGABYTE = 1024 * 1024


class Allowances:
    """What each person may still do. ``spend`` counts in memory; ``keep`` writes it down."""

    def __init__(self, engine: AsyncEngine, allowance: Allowance, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._most = allowance
        self._clock = clock
        self._day = ""
        self._spent: dict[str, int] = {}  # owner → fetches of this day
        self._unkept: set[str] = set()

    async def spend(self, owner: str) -> None:
        """Count one fetch. Raises LimitReached where an owner has none left today."""
        if owner == SHARED or not self._most.fetches:
            return
        day = self._clock().date().isoformat()
        if day != self._day:
            self._day = day
            self._spent.clear()
        if owner not in self._spent:
            found = await rows(
                self._engine,
                "SELECT total FROM fetches WHERE owner = :owner AND day = :day",
                owner=owner,
                day=day,
            )
            self._spent.setdefault(owner, found[0].total if found else 0)
        if self._spent[owner] >= self._most.fetches:
            raise LimitReached(
                f"{self._most.fetches:,} addresses were fetched for you today, as many as one person may "
                "have in a day here; it goes on after midnight (UTC)."
            )
        self._spent[owner] += 1
        self._unkept.add(owner)

    async def keep(self) -> None:
        """Write down what was spent, and forget what was spent on other days."""
        owners, self._unkept = self._unkept, set()
        if not owners:
            return
        async with self._engine.begin() as connection:
            await connection.execute(text("DELETE FROM fetches WHERE day <> :day"), {"day": self._day})
            await connection.execute(
                text(
                    "INSERT INTO fetches VALUES (:owner, :day, :total) "
                    "ON CONFLICT (owner, day) DO UPDATE SET total = excluded.total"
                ),
                [
                    {"owner": owner, "day": self._day, "total": self._spent[owner]}
                    for owner in owners
                    if owner in self._spent
                ],
            )

    async def room(self, owner: str) -> int | None:
        """How many more documents an owner may have; None: as many as come. Raises LimitReached at none."""
        most = self._most
        if owner == SHARED or not (most.documents or most.text):
            return None
        (held,) = await rows(
            self._engine,
            "SELECT count(*) AS documents, coalesce(sum(passages), 0) AS passages FROM documents "
            "WHERE owner = :owner",
            owner=owner,
        )
        if most.documents and held.documents >= most.documents:
            raise LimitReached(
                f"You have {most.documents:,} documents, which is as many as one person may have here; "
                "remove some to make room."
            )
        if most.text and held.passages and await self._text(owner) >= most.text:
            raise LimitReached(
                f"Your documents hold {most.text / _MEGABYTE:,.0f} MB of text, as much as one person "
                "may have here; remove some to make room."
            )
        return most.documents - held.documents if most.documents else None

    def check_sources(self, owner: str, count: int) -> None:
        """Raises LimitReached where an owner who follows ``count`` sources may not follow one more."""
        most = self._most.sources
        if owner != SHARED and most and count >= most:
            raise LimitReached(
                f"You follow {count:,} sources, which is as many as one person may follow here; "
                "stop following one of them first."
            )

    async def _text(self, owner: str) -> int:
        """The bytes of an owner's texts, about: counted by their passages, without reading the texts."""
        (held,) = await rows(
            self._engine,
            'SELECT coalesce(sum(p."end" - p."start"), 0) AS total FROM documents d '
            "CROSS JOIN passages p ON p.document = d.number WHERE d.owner = :owner",
            owner=owner,
        )
        return int(held.total)

    async def first_told_today(self, owner: str) -> bool:
        """Whether an owner was not yet told today that a limit is reached; from now on they were."""
        day = self._clock().date().isoformat()
        async with self._engine.begin() as connection:
            await connection.execute(text("DELETE FROM limits_told WHERE day <> :day"), {"day": day})
            told = await connection.execute(
                text("INSERT OR IGNORE INTO limits_told VALUES (:owner, :day)"), {"owner": owner, "day": day}
            )
        return told.rowcount == 1
