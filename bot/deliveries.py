"""The ledger of editions: one for each reader and local date, claimed once, then made.

Knows nothing of Telegram or of how an edition is made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import Connection, text

from bot.delivered import SCHEMA, UNTOUCHED
from bot.dues import Due
from bot.parcels import OPEN, Delivery, Parcels, delivery_of, settled
from bot.render import Part
from bot.render.packing import packed

__all__ = ["SCHEMA", "Deliveries", "Delivery", "Parcel"]

_KEPT = timedelta(days=30)
_STALE = timedelta(hours=20)  # an edition that could not be sent for so long is left to the next one
_SPREAD = 20  # seconds


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message of an edition, and the stories it tells of: of each its number and where it is kept."""

    part: Part
    stories: tuple[tuple[int, int], ...] = ()


class Deliveries(Parcels):
    """What is to be made and sent, with what is on its way and what was."""

    async def claim(self, reader: int, due: Due) -> bool:
        """Whether this call, and no other ever, opened the edition of this local date.

        It takes the place of an earlier one of which nothing was sent. It goes out some seconds after its
        moment, for each reader as many: what is due to many at once does not all come at the full minute.
        """
        at = due.at + timedelta(seconds=crc32(str(reader).encode()) % _SPREAD)
        whose = {"reader": reader, "day": due.day.isoformat()}

        def claim(connection: Connection) -> bool:
            made = connection.execute(
                text(
                    "INSERT OR IGNORE INTO deliveries (reader, day, at, state) "
                    "VALUES (:reader, :day, :at, 'due')"
                ),
                whose | {"at": at.isoformat()},
            )
            if made.rowcount:
                connection.execute(
                    text(
                        "UPDATE deliveries SET state = 'skipped', why = 'replaced', ended = :now "
                        f"WHERE reader = :reader AND day <> :day AND {UNTOUCHED}"
                    ),
                    whose | {"now": self._clock().isoformat()},
                )
            return made.rowcount == 1

        return await self._books.change(claim)

    async def recover(self) -> int:
        """After a start: what was being made is made anew, and what was just being sent became uncertain.

        Returns how many messages may or may not have arrived.
        """

        def recover(connection: Connection) -> int:
            connection.execute(text("UPDATE deliveries SET state = 'due' WHERE state = 'leased'"))
            cut = text("SELECT delivery, number FROM delivery_parts WHERE state = 'sending'")
            doubtful = [(row.delivery, row.number) for row in connection.execute(cut)]
            for id, number in doubtful:
                settled(connection, id, number, "uncertain")
            return len(doubtful)

        return await self._books.change(recover)

    async def close_late(self) -> None:
        """Close the editions that waited too long."""
        now = self._clock()
        await self._books.run(
            "UPDATE deliveries SET state = CASE WHEN EXISTS (SELECT 1 FROM delivery_parts p "
            "WHERE p.delivery = deliveries.id AND p.state IN ('sent', 'uncertain')) "
            "THEN 'uncertain' ELSE 'skipped' END, why = 'late', ended = :now "
            "WHERE state IN :open AND at < :oldest",
            open=OPEN,
            now=now.isoformat(),
            oldest=(now - _STALE).isoformat(),
        )

    async def prune(self) -> None:
        """Drop what is older than a month."""
        oldest = (self._clock() - _KEPT).isoformat()
        for query in (
            "DELETE FROM deliveries WHERE at < :oldest",
            "DELETE FROM told_stories WHERE at < :oldest",
        ):
            await self._books.run(query, oldest=oldest)

    async def unwritten(self, most: int) -> list[Delivery]:
        """The editions that nobody has begun to make, earliest first."""
        found = await self._books.rows(
            "SELECT * FROM deliveries WHERE state = 'due' ORDER BY at, id LIMIT :most",
            most=most,
        )
        return [delivery_of(row) for row in found]

    async def lease(self, id: int) -> bool:
        """Whether the caller is the one to make this edition."""
        query = text("UPDATE deliveries SET state = 'leased' WHERE id = :id AND state = 'due'")
        return await self._books.change(lambda found: found.execute(query, {"id": id}).rowcount == 1)

    async def release(self, id: int) -> None:
        """Let an edition that could not be made be tried again."""
        await self._books.run(
            "UPDATE deliveries SET state = 'due' WHERE id = :id AND state = 'leased'", id=id
        )

    async def ready(self, id: int, parcels: Sequence[Parcel], made: datetime) -> None:
        """Keep an edition that was written at a moment, to be sent part by part."""
        kept = [
            {
                "id": id,
                "number": number,
                "stories": json.dumps(parcel.stories),
                "part": packed(parcel.part),
            }
            for number, parcel in enumerate(parcels)
        ]

        def ready(connection: Connection) -> None:
            found = connection.execute(
                text(
                    "UPDATE deliveries SET state = 'sending', made = :made "
                    "WHERE id = :id AND state = 'leased'"
                ),
                {"id": id, "made": made.isoformat()},
            )
            if found.rowcount:
                connection.execute(
                    text("INSERT INTO delivery_parts VALUES (:id, :number, 'waiting', :stories, :part)"), kept
                )

        await self._books.change(ready)
