"""The ledger of editions: one for each reader and local date, claimed once, each part sent at most once.

Knows nothing of Telegram or of how an edition is made. What a message says is kept until it is surely sent;
where that is unknown, for as long as it may be asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Row, text

from bot.delivered import NOTE, SCHEMA, UNTOUCHED, Delivered
from bot.dues import Due
from bot.render import Part
from bot.render.packing import packed, unpacked

__all__ = ["SCHEMA", "Deliveries", "Delivery", "Parcel"]

_KEPT = timedelta(days=30)
_STALE = timedelta(hours=20)  # an edition that could not be sent for so long is left to the next one
_OPEN = ("due", "leased", "sending")
_SPREAD = 20  # seconds


@dataclass(frozen=True, slots=True)
class Delivery:
    """An edition on its way: whose, of which local date, due at which moment (UTC).

    ``doubtful``: something of it may be missing, and that was not said.
    """

    id: int
    reader: int
    day: date
    at: datetime
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message of an edition, and the stories it tells of: of each its number and where it is kept."""

    part: Part
    stories: tuple[tuple[int, int], ...] = ()


class Deliveries(Delivered):
    """What is to be sent and is being sent, and what was."""

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
                _settle(connection, id, number, "uncertain")
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
            open=_OPEN,
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
        return [_delivery(row) for row in found]

    async def sendable(self, most: int) -> list[Delivery]:
        """The editions that are made and not yet sent whole, those to be sent first in front."""
        found = await self._books.rows(
            "SELECT d.*, EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery = d.id "
            "AND p.state = 'uncertain') AND NOT EXISTS (SELECT 1 FROM delivery_parts p "
            "WHERE p.delivery = d.id AND p.number = :note) AS doubtful "
            "FROM deliveries d WHERE state = 'sending' ORDER BY at, id LIMIT :most",
            most=most,
            note=NOTE,
        )
        return [replace(_delivery(row), doubtful=bool(row.doubtful)) for row in found]

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

    async def next_part(self, id: int) -> tuple[int, Part] | None:
        """The next part to send, from now on the caller's; None where none is left."""
        query = text(
            "UPDATE delivery_parts SET state = 'sending' WHERE delivery = :id AND number = "
            "(SELECT min(number) FROM delivery_parts WHERE delivery = :id AND state = 'waiting') "
            "RETURNING number, part"
        )
        row = await self._books.change(lambda found: found.execute(query, {"id": id}).first())
        return (row.number, unpacked(row.part)) if row else None

    async def settle(self, id: int, number: int, state: str, note: Part | None = None) -> bool:
        """Say what became of a part: waiting (surely not sent), sent, uncertain or lost.

        ``note`` is sent after one that is uncertain. Returns whether parts are left; where none is, the
        edition is closed.
        """

        def settle(connection: Connection) -> bool:
            _settle(connection, id, number, state)
            if state == "uncertain" and note:
                _note(connection, id, note)
            left = text("SELECT 1 FROM delivery_parts WHERE delivery = :id AND state = 'waiting' LIMIT 1")
            if connection.execute(left, {"id": id}).first():
                return True
            self._finish(connection, id)
            return False

        return await self._books.change(settle)

    async def note(self, id: int, part: Part) -> None:
        """Send this part next; it says that others may be missing."""
        await self._books.change(lambda connection: _note(connection, id, part))

    async def finish(self, id: int) -> None:
        """Close an edition of which no part is left."""
        await self._books.change(lambda connection: self._finish(connection, id))

    def _finish(self, connection: Connection, id: int) -> None:
        """Sent, or uncertain where one of the parts is."""
        connection.execute(
            text(
                "UPDATE deliveries SET state = CASE WHEN EXISTS (SELECT 1 FROM delivery_parts "
                "WHERE delivery = :id AND state = 'uncertain') THEN 'uncertain' ELSE 'sent' END, "
                "ended = :now WHERE id = :id AND state = 'sending'"
            ),
            {"id": id, "now": self._clock().isoformat()},
        )

    async def skip(self, id: int, why: str) -> None:
        """Close an edition of which nothing more is to be sent, saying why: a name such as ``quiet``."""
        await self._books.run(
            "UPDATE deliveries SET state = 'skipped', why = :why, ended = :now "
            "WHERE id = :id AND state IN :open",
            id=id, open=_OPEN, why=why, now=self._clock().isoformat(),
        )  # fmt: skip
        await self._books.run("UPDATE delivery_parts SET part = NULL WHERE delivery = :id", id=id)


def _note(connection: Connection, id: int, part: Part) -> None:
    connection.execute(
        text("INSERT OR IGNORE INTO delivery_parts VALUES (:id, :note, 'waiting', '[]', :part)"),
        {"id": id, "note": NOTE, "part": packed(part)},
    )


def _settle(connection: Connection, id: int, number: int, state: str) -> None:
    """What surely came, or may have, counts as told."""
    place = {"id": id, "number": number}
    connection.execute(
        text(
            "UPDATE delivery_parts SET state = :state, part = CASE WHEN :state IN ('sent', 'lost') "
            "THEN NULL ELSE part END WHERE delivery = :id AND number = :number"
        ),
        place | {"state": state},
    )
    if state in ("sent", "uncertain"):
        connection.execute(
            text(
                "INSERT OR REPLACE INTO told_stories "
                "SELECT d.reader, json_extract(told.value, '$[0]'), "
                "json_extract(told.value, '$[1]'), d.made "
                "FROM deliveries d JOIN delivery_parts p ON p.delivery = d.id, "
                "json_each(p.stories) AS told WHERE d.id = :id AND p.number = :number"
            ),
            place,
        )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.id, row.reader, date.fromisoformat(row.day), datetime.fromisoformat(row.at))
