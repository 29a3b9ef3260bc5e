"""Keeps who wants a briefing, when, where and of what. Knows nothing of how briefings are made or sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dues import next_due
from bot.outbox import Place
from bot.people import Clock
from bot.subscription import (
    AWAY,
    FIELDS,
    LENGTHS,
    ON,
    PAUSED,
    SCHEMA,
    Subscription,
    anew,
    subscription_of,
    thread_of,
    values_of,
)
from retrieval.database import execute, rows

__all__ = ["AWAY", "LENGTHS", "ON", "PAUSED", "SCHEMA", "Subscribers", "Subscription", "anew"]


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
        return (place.chat, thread_of(place)) in self._away

    async def find(self, reader: int) -> Subscription | None:
        """A reader's subscription, or None."""
        found = await rows(
            self._engine, f"SELECT {FIELDS} FROM subscribers WHERE reader = :reader", reader=reader
        )
        return subscription_of(found[0]) if found else None

    async def at(self, place: Place) -> Subscription | None:
        """The subscription of a place, or None; a private chat is one place, whatever its topics."""
        found = await rows(
            self._engine,
            f"SELECT {FIELDS} FROM subscribers WHERE chat = :chat AND thread = :thread",
            chat=place.chat,
            thread=thread_of(place),
        )
        return subscription_of(found[0]) if found else None

    async def of_chat(self, chat: int) -> Sequence[Subscription]:
        """The subscriptions of a chat and of its topics."""
        found = await rows(
            self._engine, f"SELECT {FIELDS} FROM subscribers WHERE chat = :chat ORDER BY thread", chat=chat
        )
        return [subscription_of(row) for row in found]

    async def set_by(self, person: int) -> Sequence[Subscription]:
        """The subscriptions that a person set up."""
        found = await rows(
            self._engine, f"SELECT {FIELDS} FROM subscribers WHERE set_by = :person", person=person
        )
        return [subscription_of(row) for row in found]

    async def due_by(self, moment: datetime) -> Sequence[Subscription]:
        """Whose next edition is due by a moment, earliest first."""
        found = await rows(
            self._engine,
            f"SELECT {FIELDS} FROM subscribers WHERE due <= :moment ORDER BY due, reader",
            moment=moment.isoformat(),
        )
        return [subscription_of(row) for row in found]

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
            f"INSERT OR REPLACE INTO subscribers ({FIELDS}) VALUES (:reader, :chat, :thread, :set_by, "
            ":zone, :minute, :days, :topics, :role, :industry, :length, :language, :quiet, :state, :changed, "
            ":last, :due)",
            **values_of(kept),
        )
        (self._away.add if kept.state == AWAY else self._away.discard)(
            (kept.place.chat, thread_of(kept.place))
        )
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
            self._away.discard((held.place.chat, thread_of(held.place)))
        return held is not None
