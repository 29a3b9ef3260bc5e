"""What became of editions: which came, of which stories they told, which messages may be missing.

Knows nothing of what is still to be sent, nor of Telegram.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.books import Books
from bot.people import Clock
from bot.render import Part
from bot.render.packing import unpacked

SCHEMA: tuple[str, ...] = (
    # made: when it was written, which may be before it was due
    """CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        person BIGINT NOT NULL,
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        made TEXT,
        state TEXT NOT NULL CHECK (state IN ('due', 'leased', 'sending', 'sent', 'uncertain', 'skipped')),
        UNIQUE (person, day))""",
    "CREATE INDEX deliveries_open ON deliveries (state) WHERE state IN ('due', 'leased', 'sending')",
    # stories: the numbers of those the part tells of
    """CREATE TABLE delivery_parts (
        delivery INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'uncertain', 'lost')),
        stories TEXT NOT NULL,
        part TEXT,
        PRIMARY KEY (delivery, number))""",
    """CREATE TABLE told_stories (
        person BIGINT NOT NULL,
        story INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (person, story))""",
    # what the buttons of editions showed, before kept_stories
    """CREATE TABLE whole_stories (
        id BIGINT PRIMARY KEY,
        owner TEXT NOT NULL,
        part TEXT NOT NULL,
        created TEXT NOT NULL)""",
    "CREATE INDEX whole_stories_created ON whole_stories (created)",
    "DROP TABLE whole_stories",
    "ALTER TABLE deliveries RENAME COLUMN person TO reader",
    "ALTER TABLE told_stories RENAME COLUMN person TO reader",
    # why: what became of it, where it was skipped. ended: when that, or its last part, was settled
    "ALTER TABLE deliveries ADD COLUMN why TEXT",
    "ALTER TABLE deliveries ADD COLUMN ended TEXT",
    "CREATE INDEX deliveries_next ON deliveries (state, at)",
    "DROP INDEX deliveries_open",
    "CREATE INDEX deliveries_at ON deliveries (at)",
    # stories: now pairs, also of the number a story is kept under; below zero where it was not
    "UPDATE delivery_parts SET stories = (SELECT json_group_array(json_array(value, -value)) "
    "FROM json_each(delivery_parts.stories))",
    "ALTER TABLE told_stories RENAME TO told_before",
    """CREATE TABLE told_stories (
        reader BIGINT NOT NULL,
        story INTEGER NOT NULL,
        kept BIGINT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (reader, kept))""",
    "INSERT INTO told_stories SELECT reader, story, -story, at FROM told_before",
    "DROP TABLE told_before",
    "CREATE INDEX told_stories_kept ON told_stories (kept)",
    "CREATE INDEX told_stories_at ON told_stories (at)",
)

NOTE = -1  # the number of the part that says that others may be missing: it goes before those left
UNTOUCHED = (  # nothing of it was sent, or may have been
    "deliveries.state IN ('due', 'leased', 'sending') AND NOT EXISTS (SELECT 1 FROM delivery_parts p "
    "WHERE p.delivery = deliveries.id AND p.state <> 'waiting')"
)


@dataclass(frozen=True, slots=True)
class Past:
    """What became of an edition: when it was due and when that was settled, and of how many messages.

    ``again``: whether one that perhaps did not arrive can be sent once more.
    """

    id: int
    day: date
    at: datetime
    state: str
    why: str | None
    ended: datetime | None
    parts: int
    again: bool


class Delivered:
    """The editions of the last month as they came, and what readers know of them."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._books = Books(engine)
        self._clock = clock

    def close(self) -> None:
        """Let go of the database."""
        self._books.close()

    async def latest(self, reader: int) -> datetime | None:
        """When the latest edition that reached this reader, or may have, was written."""
        found = await self._books.rows(
            "SELECT max(coalesce(made, at)) AS at FROM deliveries "
            "WHERE reader = :reader AND state IN ('sent', 'uncertain')",
            reader=reader,
        )
        return datetime.fromisoformat(found[0].at) if found[0].at else None

    async def past(self, reader: int, most: int) -> list[Past]:
        """A reader's latest editions, newest first."""
        found = await self._books.rows(
            "SELECT d.*, (SELECT count(*) FROM delivery_parts p WHERE p.delivery = d.id "
            "AND p.state IN ('sent', 'uncertain') AND p.number <> :note) AS parts, "
            "EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery = d.id AND p.state = 'uncertain' "
            "AND p.part IS NOT NULL AND p.number <> :note) AS again "
            "FROM deliveries d WHERE reader = :reader ORDER BY d.at DESC, d.id DESC LIMIT :most",
            reader=reader, most=most, note=NOTE,
        )  # fmt: skip
        return [_past(row) for row in found]

    async def told(self, reader: int) -> dict[int, datetime]:
        """The stories this reader was told of, and as of when they were told last."""
        found = await self._books.rows(
            "SELECT story, max(at) AS at FROM told_stories WHERE reader = :reader GROUP BY story",
            reader=reader,
        )
        return {row.story: datetime.fromisoformat(row.at) for row in found}

    async def claim_uncertain(self, id: int, reader: int) -> list[Part]:
        """The parts of a reader's edition that perhaps did not arrive, each given out once."""
        whose = {"id": id, "reader": reader, "note": NOTE}

        def claim(connection: Connection) -> list[str]:
            found = connection.execute(
                text(
                    "SELECT p.number, p.part FROM delivery_parts p JOIN deliveries d ON d.id = p.delivery "
                    "WHERE d.id = :id AND d.reader = :reader AND p.state = 'uncertain' "
                    "AND p.part IS NOT NULL AND p.number <> :note ORDER BY p.number"
                ),
                whose,
            )
            parts = [row.part for row in found]
            connection.execute(
                text(
                    "UPDATE delivery_parts SET part = NULL WHERE delivery = :id AND state = 'uncertain' "
                    "AND number <> :note AND (SELECT reader FROM deliveries WHERE id = :id) = :reader"
                ),
                whose,
            )
            return parts

        return [unpacked(part) for part in await self._books.change(claim)]

    async def forget(self, reader: int) -> None:
        """Erase what was sent to a reader and what they were told of."""
        for query in (
            "DELETE FROM delivery_parts WHERE delivery IN (SELECT id FROM deliveries WHERE reader = :reader)",
            "DELETE FROM deliveries WHERE reader = :reader",
            "DELETE FROM told_stories WHERE reader = :reader",
        ):
            await self._books.run(query, reader=reader)

    async def forget_words(self, reader: int) -> None:
        """Erase what kept parts of a reader's editions say; one that waits to be sent is written anew."""
        waiting = f"reader = :reader AND deliveries.state = 'sending' AND {UNTOUCHED}"

        def write_anew(connection: Connection) -> None:
            query = text(f"UPDATE deliveries SET state = 'due' WHERE {waiting} RETURNING id")
            for row in connection.execute(query, {"reader": reader}).all():
                connection.execute(text("DELETE FROM delivery_parts WHERE delivery = :id"), {"id": row.id})

        await self._books.change(write_anew)
        await self._books.run(
            "UPDATE delivery_parts SET part = NULL WHERE state NOT IN ('waiting', 'sending') "
            "AND delivery IN (SELECT id FROM deliveries WHERE reader = :reader)",
            reader=reader,
        )


def _past(row: Row[Any]) -> Past:
    return Past(
        row.id,
        date.fromisoformat(row.day),
        datetime.fromisoformat(row.at),
        row.state,
        row.why,
        datetime.fromisoformat(row.ended) if row.ended else None,
        row.parts,
        bool(row.again),
    )
