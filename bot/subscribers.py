"""Keeps who wants a briefing, when, where and of what. Knows nothing of how briefings are made or sent.

A subscription belongs to a reader: a person in their private chat, a group, or a topic of one.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dues import Rhythm, next_due
from bot.outbox import Place
from bot.people import Clock
from retrieval.database import execute, rows
from retrieval.types import Scope, person

ON, PAUSED, AWAY = "on", "paused", "away"  # away: the bot may not write there any more
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
    # thread 0: outside of any topic. set_by: the person who set it up
    "ALTER TABLE subscribers RENAME COLUMN person TO reader",
    "ALTER TABLE subscribers ADD COLUMN chat BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE subscribers ADD COLUMN thread BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE subscribers ADD COLUMN set_by BIGINT NOT NULL DEFAULT 0",
    "UPDATE subscribers SET chat = reader, set_by = reader",
    "CREATE UNIQUE INDEX subscribers_place ON subscribers (chat, thread)",
    "ALTER TABLE subscribers ADD COLUMN language TEXT",
    "ALTER TABLE subscribers ADD COLUMN quiet INTEGER NOT NULL DEFAULT 1",
)

_FIELDS = (
    "reader, chat, thread, set_by, zone, minute, days, topics, role, industry, length, language, quiet, "
    "state, changed, last, due"
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A reader's wishes; ``last`` and ``due`` are kept by what delivers.

    ``reader`` is the person in a private chat, elsewhere a number that no person has. ``by`` is the person
    who set it up. ``language`` is that of written editions, as an IETF tag; None: each story's own.
    ``quiet``: whether a day without news is worth a line.
    """

    reader: int
    place: Place
    by: int
    rhythm: Rhythm
    topics: tuple[str, ...] = ()
    role: str = ""
    industry: str = ""
    length: str = "standard"
    language: str | None = None
    quiet: bool = True
    state: str = ON
    last: date | None = None
    due: datetime | None = None

    @property
    def private(self) -> bool:
        """Whether it is a person's own, in their private chat."""
        return self.place.chat > 0

    @property
    def scope(self) -> Scope:
        """Whose documents it may be told from: in a group the shared library's alone."""
        return Scope.of(person(self.reader)) if self.private else Scope()


def anew(place: Place, by: int, rhythm: Rhythm, language: str | None = None) -> Subscription:
    """A subscription of a place that has none yet, before more is said of what is wanted.

    Its reader is in a private chat the person, elsewhere a number below zero that was never given before.
    """
    reader = place.chat if place.chat > 0 else -1 - secrets.randbits(52)
    return Subscription(reader, place, by, rhythm, language=language)


class Subscribers:
    """The subscriptions of everybody; those who are away are kept in memory, being asked for often.

    ``changing`` is to be held from reading a subscription until it is kept, lest a quick second tap is lost.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._away: set[tuple[int, int]] = set()
        self.changing = asyncio.Lock()

    async def load(self) -> None:
        """Read who is away."""
        found = await rows(
            self._engine, "SELECT chat, thread FROM subscribers WHERE state = :away", away=AWAY
        )
        self._away = {(row.chat, row.thread) for row in found}

    def away(self, place: Place) -> bool:
        """Whether the briefings of a place wait until the bot may write there again."""
        return (place.chat, _thread(place)) in self._away

    async def find(self, reader: int) -> Subscription | None:
        """A reader's subscription, or None."""
        found = await rows(
            self._engine, f"SELECT {_FIELDS} FROM subscribers WHERE reader = :reader", reader=reader
        )
        return _subscription(found[0]) if found else None

    async def at(self, place: Place) -> Subscription | None:
        """The subscription of a place, or None; a private chat is one place, whatever its topics."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM subscribers WHERE chat = :chat AND thread = :thread",
            chat=place.chat,
            thread=_thread(place),
        )
        return _subscription(found[0]) if found else None

    async def of_chat(self, chat: int) -> Sequence[Subscription]:
        """The subscriptions of a chat and of its topics."""
        found = await rows(
            self._engine, f"SELECT {_FIELDS} FROM subscribers WHERE chat = :chat ORDER BY thread", chat=chat
        )
        return [_subscription(row) for row in found]

    async def set_by(self, person: int) -> Sequence[Subscription]:
        """The subscriptions that a person set up."""
        found = await rows(
            self._engine, f"SELECT {_FIELDS} FROM subscribers WHERE set_by = :person", person=person
        )
        return [_subscription(row) for row in found]

    async def due_by(self, moment: datetime) -> Sequence[Subscription]:
        """Whose next edition is due by a moment, earliest first."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM subscribers WHERE due <= :moment ORDER BY due, reader",
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
            f"INSERT OR REPLACE INTO subscribers ({_FIELDS}) VALUES (:reader, :chat, :thread, :set_by, "
            ":zone, :minute, :days, :topics, :role, :industry, :length, :language, :quiet, :state, :changed, "
            ":last, :due)",
            **_values(kept),
        )
        (self._away.add if kept.state == AWAY else self._away.discard)((kept.place.chat, _thread(kept.place)))
        return kept

    async def resume(self, reader: int) -> Subscription | None:
        """Let the briefings of a reader who was away come again, as it is kept then; None for any other."""
        async with self._engine.begin() as connection:
            back = await connection.execute(
                text("UPDATE subscribers SET state = 'on' WHERE reader = :reader AND state = 'away'"),
                {"reader": reader},
            )
        held = await self.find(reader) if back.rowcount else None
        return await self.keep(held) if held else None

    async def move(self, old: int, new: int) -> None:
        """Let what went to a chat go to the chat that took its place."""
        await execute(
            self._engine, "UPDATE OR REPLACE subscribers SET chat = :new WHERE chat = :old", old=old, new=new
        )
        await self.load()

    async def delivered(self, reader: int, day: date) -> None:
        """Remember that the edition of a local date was claimed, and when the next one is due."""
        held = await self.find(reader)
        if held is None:
            return
        due = next_due(held.rhythm, day, self._clock()) if held.state == ON else None
        await execute(
            self._engine,
            "UPDATE subscribers SET last = :last, due = :due WHERE reader = :reader",
            reader=reader,
            last=day.isoformat(),
            due=due.at.isoformat() if due else None,
        )

    async def drop(self, reader: int) -> bool:
        """Forget a reader's subscription; whether there was one."""
        held = await self.find(reader)
        await execute(self._engine, "DELETE FROM subscribers WHERE reader = :reader", reader=reader)
        if held:
            self._away.discard((held.place.chat, _thread(held.place)))
        return held is not None


def _thread(place: Place) -> int:
    return (place.thread or 0) if place.chat < 0 else 0


def _values(kept: Subscription) -> dict[str, Any]:
    return {
        "reader": kept.reader,
        "chat": kept.place.chat,
        "thread": _thread(kept.place),
        "set_by": kept.by,
        "zone": kept.rhythm.zone,
        "minute": kept.rhythm.minute,
        "days": sum(1 << day for day in kept.rhythm.days),
        "topics": json.dumps(kept.topics),
        "role": kept.role,
        "industry": kept.industry,
        "length": kept.length,
        "language": kept.language,
        "quiet": int(kept.quiet),
        "state": kept.state,
        "changed": kept.rhythm.since.isoformat(),
        "last": kept.last.isoformat() if kept.last else None,
        "due": kept.due.isoformat() if kept.due else None,
    }


def _subscription(row: Row[Any]) -> Subscription:
    days = frozenset(day for day in range(7) if row.days & 1 << day)
    return Subscription(
        row.reader,
        Place(row.chat, row.thread or None),
        row.set_by,
        Rhythm(row.zone, row.minute, days, datetime.fromisoformat(row.changed)),
        tuple(json.loads(row.topics)),
        row.role,
        row.industry,
        row.length,
        row.language,
        bool(row.quiet),
        row.state,
        date.fromisoformat(row.last) if row.last else None,
        datetime.fromisoformat(row.due) if row.due else None,
    )
