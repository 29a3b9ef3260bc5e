"""The ledger of editions: one for each reader and local date, claimed once, each part sent at most once.

Knows nothing of Telegram or of how an edition is made. What a message says is kept until it is surely sent;
where that is unknown, for as long as it may be asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.dues import Due
from bot.people import Clock
from bot.render import Part
from bot.render.packing import packed, unpacked
from retrieval.database import execute, rows

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
)

_KEPT = timedelta(days=30)
_STALE = timedelta(hours=20)  # an edition that could not be sent for so long is left to the next one
_OPEN = ("due", "leased", "sending")
_UNTOUCHED = (  # nothing of it was sent, or may have been
    "deliveries.state IN ('due', 'leased', 'sending') AND NOT EXISTS (SELECT 1 FROM delivery_parts p "
    "WHERE p.delivery = deliveries.id AND p.state <> 'waiting')"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An edition on its way: whose, of which local date, due at which moment (UTC)."""

    id: int
    reader: int
    day: date
    at: datetime
    state: str


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


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message of an edition, and the stories it tells of."""

    part: Part
    stories: tuple[int, ...] = ()


class Deliveries:
    """What was sent, is being sent and is to be sent."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def claim(self, reader: int, due: Due) -> bool:
        """Whether this call, and no other ever, opened the edition of this local date.

        It takes the place of an earlier one of which nothing was sent.
        """
        async with self._engine.begin() as connection:
            made = await connection.execute(
                text(
                    "INSERT OR IGNORE INTO deliveries (reader, day, at, state) "
                    "VALUES (:reader, :day, :at, 'due')"
                ),
                {"reader": reader, "day": due.day.isoformat(), "at": due.at.isoformat()},
            )
            if made.rowcount:
                await connection.execute(
                    text(
                        "UPDATE deliveries SET state = 'skipped', why = 'replaced', ended = :now "
                        f"WHERE reader = :reader AND day <> :day AND {_UNTOUCHED}"
                    ),
                    {"reader": reader, "day": due.day.isoformat(), "now": self._clock().isoformat()},
                )
        return made.rowcount == 1

    async def recover(self) -> list[Delivery]:
        """After a start: what was being made is made anew, and what was just being sent became uncertain.

        Returns the editions of which a message may or may not have arrived.
        """
        cut = await rows(
            self._engine,
            "SELECT DISTINCT d.* FROM deliveries d JOIN delivery_parts p ON p.delivery = d.id "
            "WHERE p.state = 'sending'",
        )
        await execute(self._engine, "UPDATE deliveries SET state = 'due' WHERE state = 'leased'")
        await execute(self._engine, "UPDATE delivery_parts SET state = 'uncertain' WHERE state = 'sending'")
        return [_delivery(row) for row in cut]

    async def open(self) -> list[Delivery]:
        """The editions that are not finished, earliest first; those that waited too long are closed."""
        now = self._clock()
        await execute(
            self._engine,
            "UPDATE deliveries SET state = CASE WHEN EXISTS (SELECT 1 FROM delivery_parts p "
            "WHERE p.delivery = deliveries.id AND p.state IN ('sent', 'uncertain')) "
            "THEN 'uncertain' ELSE 'skipped' END, why = 'late', ended = :now "
            "WHERE state IN :open AND at < :oldest",
            open=_OPEN,
            now=now.isoformat(),
            oldest=(now - _STALE).isoformat(),
        )
        found = await rows(
            self._engine, "SELECT * FROM deliveries WHERE state IN :open ORDER BY at, id", open=_OPEN
        )
        return [_delivery(row) for row in found]

    async def lease(self, id: int) -> bool:
        """Whether the caller is the one to make this edition."""
        async with self._engine.begin() as connection:
            taken = await connection.execute(
                text("UPDATE deliveries SET state = 'leased' WHERE id = :id AND state = 'due'"), {"id": id}
            )
        return taken.rowcount == 1

    async def release(self, id: int) -> None:
        """Let an edition that could not be made be tried again."""
        await execute(
            self._engine, "UPDATE deliveries SET state = 'due' WHERE id = :id AND state = 'leased'", id=id
        )

    async def ready(self, id: int, parcels: Sequence[Parcel], made: datetime) -> None:
        """Keep an edition that was written at a moment, to be sent part by part."""
        async with self._engine.begin() as connection:
            found = await connection.execute(
                text(
                    "UPDATE deliveries SET state = 'sending', made = :made "
                    "WHERE id = :id AND state = 'leased'"
                ),
                {"id": id, "made": made.isoformat()},
            )
            for number, parcel in enumerate(parcels) if found.rowcount else ():
                await connection.execute(
                    text("INSERT INTO delivery_parts VALUES (:id, :number, 'waiting', :stories, :part)"),
                    {
                        "id": id,
                        "number": number,
                        "stories": json.dumps(parcel.stories),
                        "part": packed(parcel.part),
                    },
                )

    async def next_part(self, id: int) -> tuple[int, Part] | None:
        """The next part to send, from now on the caller's; None where none is left."""
        async with self._engine.begin() as connection:
            found = await connection.execute(
                text(
                    "UPDATE delivery_parts SET state = 'sending' WHERE delivery = :id AND number = "
                    "(SELECT min(number) FROM delivery_parts WHERE delivery = :id AND state = 'waiting') "
                    "RETURNING number, part"
                ),
                {"id": id},
            )
            row = found.first()
        return (row.number, unpacked(row.part)) if row else None

    async def settle(self, id: int, number: int, state: str) -> None:
        """Say what became of a part: waiting (surely not sent), sent, uncertain or lost."""
        place = {"id": id, "number": number}
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE delivery_parts SET state = :state, part = CASE WHEN :state IN ('sent', 'lost') "
                    "THEN NULL ELSE part END WHERE delivery = :id AND number = :number"
                ),
                place | {"state": state},
            )
            if state in ("sent", "uncertain"):
                await connection.execute(
                    text(
                        "INSERT OR REPLACE INTO told_stories SELECT d.reader, told.value, d.made "
                        "FROM deliveries d JOIN delivery_parts p ON p.delivery = d.id, "
                        "json_each(p.stories) AS told WHERE d.id = :id AND p.number = :number"
                    ),
                    place,
                )

    async def finish(self, id: int) -> None:
        """Close an edition: sent, or uncertain where one of its parts is. What is outdated is dropped."""
        oldest = (self._clock() - _KEPT).isoformat()
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE deliveries SET state = CASE WHEN EXISTS (SELECT 1 FROM delivery_parts "
                    "WHERE delivery = :id AND state = 'uncertain') THEN 'uncertain' ELSE 'sent' END, "
                    "ended = :now WHERE id = :id AND state = 'sending'"
                ),
                {"id": id, "now": self._clock().isoformat()},
            )
            for query in (
                "DELETE FROM delivery_parts WHERE delivery IN (SELECT id FROM deliveries WHERE at < :oldest)",
                "DELETE FROM told_stories WHERE at < :oldest",
            ):
                await connection.execute(text(query), {"oldest": oldest})

    async def skip(self, id: int, why: str) -> None:
        """Close an edition of which nothing more is to be sent, saying why: a name such as ``quiet``."""
        await execute(
            self._engine,
            "UPDATE deliveries SET state = 'skipped', why = :why, ended = :now "
            "WHERE id = :id AND state IN :open",
            id=id, open=_OPEN, why=why, now=self._clock().isoformat(),
        )  # fmt: skip
        await execute(self._engine, "UPDATE delivery_parts SET part = NULL WHERE delivery = :id", id=id)

    async def latest(self, reader: int) -> datetime | None:
        """When the latest edition that reached this reader, or may have, was written."""
        found = await rows(
            self._engine,
            "SELECT max(coalesce(made, at)) AS at FROM deliveries "
            "WHERE reader = :reader AND state IN ('sent', 'uncertain')",
            reader=reader,
        )
        return datetime.fromisoformat(found[0].at) if found[0].at else None

    async def past(self, reader: int, most: int) -> list[Past]:
        """A reader's latest editions, newest first."""
        found = await rows(
            self._engine,
            "SELECT d.*, (SELECT count(*) FROM delivery_parts p WHERE p.delivery = d.id "
            "AND p.state IN ('sent', 'uncertain')) AS parts, EXISTS (SELECT 1 FROM delivery_parts p "
            "WHERE p.delivery = d.id AND p.state = 'uncertain' AND p.part IS NOT NULL) AS again "
            "FROM deliveries d WHERE reader = :reader ORDER BY d.at DESC, d.id DESC LIMIT :most",
            reader=reader,
            most=most,
        )
        return [_past(row) for row in found]

    async def told(self, reader: int) -> dict[int, datetime]:
        """The stories this reader was told of, and as of when."""
        found = await rows(
            self._engine, "SELECT story, at FROM told_stories WHERE reader = :reader", reader=reader
        )
        return {row.story: datetime.fromisoformat(row.at) for row in found}

    async def claim_uncertain(self, id: int, reader: int) -> list[Part]:
        """The parts of a reader's edition that perhaps did not arrive, each given out once."""
        async with self._engine.begin() as connection:
            found = await connection.execute(
                text(
                    "SELECT p.number, p.part FROM delivery_parts p JOIN deliveries d ON d.id = p.delivery "
                    "WHERE d.id = :id AND d.reader = :reader AND p.state = 'uncertain' "
                    "AND p.part IS NOT NULL ORDER BY p.number"
                ),
                {"id": id, "reader": reader},
            )
            parts = [unpacked(row.part) for row in found]
            await connection.execute(
                text(
                    "UPDATE delivery_parts SET part = NULL WHERE delivery = :id AND state = 'uncertain' "
                    "AND (SELECT reader FROM deliveries WHERE id = :id) = :reader"
                ),
                {"id": id, "reader": reader},
            )
        return parts

    async def forget(self, reader: int) -> None:
        """Erase what was sent to a reader and what they were told of."""
        for query in (
            "DELETE FROM delivery_parts WHERE delivery IN (SELECT id FROM deliveries WHERE reader = :reader)",
            "DELETE FROM deliveries WHERE reader = :reader",
            "DELETE FROM told_stories WHERE reader = :reader",
        ):
            await execute(self._engine, query, reader=reader)

    async def forget_words(self, reader: int) -> None:
        """Erase what kept parts of a reader's editions say; one that waits to be sent is written anew."""
        waiting = f"reader = :reader AND deliveries.state = 'sending' AND {_UNTOUCHED}"
        async with self._engine.begin() as connection:
            found = await connection.execute(
                text(f"UPDATE deliveries SET state = 'due' WHERE {waiting} RETURNING id"), {"reader": reader}
            )
            for row in found.all():
                await connection.execute(
                    text("DELETE FROM delivery_parts WHERE delivery = :id"), {"id": row.id}
                )
        await execute(
            self._engine,
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


def _delivery(row: object) -> Delivery:
    found = row._mapping  # type: ignore[attr-defined]
    return Delivery(
        found["id"],
        found["reader"],
        date.fromisoformat(found["day"]),
        datetime.fromisoformat(found["at"]),
        found["state"],
    )
