"""The editions that are made, on their way part by part, each part sent at most once.

Knows nothing of Telegram, nor of what is still to be made. What a message says is kept until it is surely
sent; where that is unknown, for as long as it may be asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from bot.delivered import NOTE, Delivered
from bot.render import Part
from bot.render.packing import packed, unpacked

OPEN = ("due", "leased", "sending")


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


class Parcels(Delivered):
    """What is being sent, and what was."""

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
        return [replace(delivery_of(row), doubtful=bool(row.doubtful)) for row in found]

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
            settled(connection, id, number, state)
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
            id=id, open=OPEN, why=why, now=self._clock().isoformat(),
        )  # fmt: skip
        await self._books.run("UPDATE delivery_parts SET part = NULL WHERE delivery = :id", id=id)


def _note(connection: Connection, id: int, part: Part) -> None:
    connection.execute(
        text("INSERT OR IGNORE INTO delivery_parts VALUES (:id, :note, 'waiting', '[]', :part)"),
        {"id": id, "note": NOTE, "part": packed(part)},
    )


def settled(connection: Connection, id: int, number: int, state: str) -> None:
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


def delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(row.id, row.reader, date.fromisoformat(row.day), datetime.fromisoformat(row.at))
