"""Keeps the editions that readers got, for their feeds and for whom they share them with.

Knows nothing of how editions are written or sent. The stories of an edition are those that are kept for its
buttons, so that what many readers get is kept once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.kept_stories import KeptStories
from bot.people import Clock
from retrieval.database import execute, rows
from retrieval.types import Scope, person

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from retrieval.briefing import Briefing

SCHEMA: tuple[str, ...] = (
    # at: the moment it was due; NULL of one that was asked for. briefing: all of it but its stories
    """CREATE TABLE kept_editions (
        id BIGINT PRIMARY KEY,
        reader BIGINT NOT NULL,
        day TEXT NOT NULL,
        at TEXT,
        briefing TEXT NOT NULL,
        stories TEXT NOT NULL,
        created TEXT NOT NULL)""",
    "CREATE INDEX kept_editions_reader ON kept_editions (reader, at)",
    "CREATE INDEX kept_editions_created ON kept_editions (created)",
)

_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition as it was written: under which number it is kept, for which local date, due when (UTC)."""

    number: int
    day: date
    at: datetime | None
    briefing: Briefing


class KeptEditions:
    """The editions of the last month, by numbers that cannot be guessed."""

    def __init__(self, engine: AsyncEngine, clock: Clock, stories: KeptStories) -> None:
        self._engine = engine
        self._clock = clock
        self._stories = stories

    async def keep(
        self, reader: int, day: date, briefing: Briefing, stories: Sequence[int], at: datetime | None
    ) -> int:
        """Keep a reader's edition of a local date, whose stories are kept under numbers; its own number.

        ``at`` is when it is due; it takes the place of one written before for the same date. None: it was
        asked for. Those that are older than a month are dropped.
        """
        number, now = secrets.randbits(53), self._clock()
        bare = _form().dump_json(replace(briefing, pieces=())).decode()
        whose = {"reader": reader, "day": day.isoformat()}
        values = {
            "id": number,
            "at": at.isoformat() if at else None,
            "briefing": bare,
            "stories": json.dumps(list(stories)),
            "now": now.isoformat(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(
                text("DELETE FROM kept_editions WHERE created < :oldest"),
                {"oldest": (now - _KEPT).isoformat()},
            )
            if at:
                earlier = "DELETE FROM kept_editions WHERE reader = :reader AND day = :day AND at IS NOT NULL"
                await connection.execute(text(earlier), whose)
            await connection.execute(
                text("INSERT INTO kept_editions VALUES (:id, :reader, :day, :at, :briefing, :stories, :now)"),
                whose | values,
            )
        return number

    async def find(self, number: int, reader: int) -> Edition | None:
        """One edition of a reader's."""
        found = await rows(
            self._engine,
            "SELECT id, day, at, briefing, stories FROM kept_editions WHERE id = :id AND reader = :reader",
            id=number,
            reader=reader,
        )
        editions = await self._whole(found, reader)
        return editions[0] if editions else None

    async def newest(self, reader: int, count: int) -> list[Edition]:
        """The editions that came to a reader by now, newest first; those that were asked for left out."""
        found = await rows(
            self._engine,
            "SELECT id, day, at, briefing, stories FROM kept_editions WHERE reader = :reader "
            "AND at <= :now ORDER BY at DESC LIMIT :count",
            reader=reader,
            now=self._clock().isoformat(),
            count=count,
        )
        return await self._whole(found, reader)

    async def forget(self, reader: int) -> None:
        """Erase a reader's editions."""
        await execute(self._engine, "DELETE FROM kept_editions WHERE reader = :reader", reader=reader)

    async def _whole(self, found: Sequence[Row[Any]], reader: int) -> list[Edition]:
        """The editions with their stories; those that were forgotten since are left out."""
        numbers = {row.id: json.loads(row.stories) for row in found}
        every = [number for each in numbers.values() for number in each]
        held = await self._stories.several(every, Scope.of(person(reader)).owners)
        editions = []
        for row in found:
            pieces = tuple(held[number] for number in numbers[row.id] if number in held)
            briefing = replace(_form().validate_json(row.briefing), pieces=pieces)
            at = datetime.fromisoformat(row.at) if row.at else None
            editions.append(Edition(row.id, date.fromisoformat(row.day), at, briefing))
        return editions


@cache
def _form() -> TypeAdapter[Briefing]:
    from pydantic import TypeAdapter

    from retrieval.briefing import Briefing

    return TypeAdapter(Briefing)
