"""Keeps who wants a briefing, when and of what. Knows nothing of how briefings are made or sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dues import Rhythm, next_due
from bot.people import Clock
from retrieval.database import execute, rows

ON, PAUSED, AWAY = "on", "paused", "away"  # away: the person blocked the bot, and has not come back
LENGTHS = ("glance", "standard", "deep")

SCHEMA: tuple[str, ...] = (
    # days: one bit each, Monday the lowest. last: the local date of the latest edition. due: of the next.
    """CREATE TABLE subscribers (
        person BIGINT PRIMARY KEY,
        zone TEXT NOT NULL,
        minute INTEGER NOT NULL,
        days INTEGER NOT NULL,
        topics TEXT NOT NULL,
        role TEXT NOT NULL,
        industry TEXT NOT NULL,
        length TEXT NOT NULL CHECK (length IN ('glance', 'standard', 'deep')),
        state TEXT NOT NULL CHECK (state IN ('on', 'paused', 'away')),
        changed TEXT NOT NULL,
        last TEXT,
        due TEXT)""",
    "CREATE INDEX subscribers_due ON subscribers (due)",
)

_FIELDS = "person, zone, minute, days, topics, role, industry, length, state, changed, last, due"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person's wishes; ``last`` and ``due`` are kept by what delivers."""

    person: int
    rhythm: Rhythm
    topics: tuple[str, ...] = ()
    role: str = ""
    industry: str = ""
    length: str = "standard"
    state: str = ON
    last: date | None = None
    due: datetime | None = None


class Subscribers:
    """The subscriptions of everybody; those who are away are kept in memory, being asked for often."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._away: set[int] = set()

    async def load(self) -> None:
        """Read who is away."""
        found = await rows(self._engine, "SELECT person FROM subscribers WHERE state = :away", away=AWAY)
        self._away = {row.person for row in found}

    def away(self, person: int) -> bool:
        """Whether this person's briefings wait for them to come back."""
        return person in self._away

    async def find(self, person: int) -> Subscription | None:
        """A person's subscription, or None."""
        found = await rows(
            self._engine, f"SELECT {_FIELDS} FROM subscribers WHERE person = :person", person=person
        )
        return _subscription(found[0]) if found else None

    async def due_by(self, moment: datetime) -> Sequence[Subscription]:
        """Whose next edition is due by a moment, earliest first."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM subscribers WHERE due <= :moment ORDER BY due, person",
            moment=moment.isoformat(),
        )
        return [_subscription(row) for row in found]

    async def keep(self, wanted: Subscription) -> Subscription:
        """Store a subscription, with the moment of its next edition, which is never one of the past.

        Returns it as it is kept now.
        """
        now = self._clock()
        rhythm = replace(wanted.rhythm, since=now)
        due = next_due(rhythm, wanted.last, now) if wanted.state == ON else None
        kept = replace(wanted, rhythm=rhythm, due=due.at if due else None)
        await execute(
            self._engine,
            f"INSERT OR REPLACE INTO subscribers ({_FIELDS}) VALUES (:person, :zone, :minute, :days, "
            ":topics, :role, :industry, :length, :state, :changed, :last, :due)",
            **_values(kept),
        )
        (self._away.add if kept.state == AWAY else self._away.discard)(kept.person)
        return kept

    async def delivered(self, person: int, day: date) -> None:
        """Remember that the edition of a local date was claimed, and when the next one is due."""
        held = await self.find(person)
        if held is None:
            return
        due = next_due(held.rhythm, day, self._clock()) if held.state == ON else None
        await execute(
            self._engine,
            "UPDATE subscribers SET last = :last, due = :due WHERE person = :person",
            person=person,
            last=day.isoformat(),
            due=due.at.isoformat() if due else None,
        )

    async def drop(self, person: int) -> bool:
        """Forget a person's subscription; whether there was one."""
        held = await self.find(person)
        await execute(self._engine, "DELETE FROM subscribers WHERE person = :person", person=person)
        self._away.discard(person)
        return held is not None


def _values(kept: Subscription) -> dict[str, Any]:
    return {
        "person": kept.person,
        "zone": kept.rhythm.zone,
        "minute": kept.rhythm.minute,
        "days": sum(1 << day for day in kept.rhythm.days),
        "topics": json.dumps(kept.topics),
        "role": kept.role,
        "industry": kept.industry,
        "length": kept.length,
        "state": kept.state,
        "changed": kept.rhythm.since.isoformat(),
        "last": kept.last.isoformat() if kept.last else None,
        "due": kept.due.isoformat() if kept.due else None,
    }


def _subscription(row: Row[Any]) -> Subscription:
    days = frozenset(day for day in range(7) if row.days & 1 << day)
    return Subscription(
        row.person,
        Rhythm(row.zone, row.minute, days, datetime.fromisoformat(row.changed)),
        tuple(json.loads(row.topics)),
        row.role,
        row.industry,
        row.length,
        row.state,
        date.fromisoformat(row.last) if row.last else None,
        datetime.fromisoformat(row.due) if row.due else None,
    )
