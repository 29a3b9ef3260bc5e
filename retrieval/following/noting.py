"""Notes in the database what looks at sources found, within one transaction. Knows nothing of the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import bound
from retrieval.following import schedule
from retrieval.following.entries import Known, column, written


async def counted_lately(
    connection: AsyncConnection, numbers: Sequence[int], now: datetime
) -> dict[int, int]:
    """How many items each source had in the last week."""
    query = (
        "SELECT source, count(*) AS total FROM items "
        "WHERE source IN :numbers AND moment > :week AND moment <= :now GROUP BY source"
    )
    values = {
        "numbers": list(numbers),
        "week": (now - schedule.WEEK).isoformat(),
        "now": now.isoformat(),
    }
    found = await connection.execute(bound(query, values), values)
    return {int(row.source): int(row.total) for row in found}


async def note_items(connection: AsyncConnection, number: int, items: Iterable[Known], now: datetime) -> None:
    """Remember what became of items; when one was first seen stays."""
    values = [
        {
            "source": number,
            "key": item.key,
            "digest": item.digest,
            "stamp": written(item.stamp),
            "state": item.state,
            "tries": item.tries,
            "document": item.document,
            "moment": written(item.moment),
            "seen": now.isoformat(),
        }
        for item in items
    ]
    if values:
        await connection.execute(
            text(
                "INSERT INTO items (source, key, digest, stamp, state, tries, document, moment, seen) "
                "VALUES (:source, :key, :digest, :stamp, :state, :tries, :document, :moment, :seen) "
                "ON CONFLICT (source, key) DO UPDATE SET digest = excluded.digest, stamp = excluded.stamp, "
                "state = excluded.state, tries = excluded.tries, document = excluded.document, "
                "moment = coalesce(moment, excluded.moment)"
            ),
            values,
        )


async def note_sources(connection: AsyncConnection, changes: Sequence[Mapping[str, object]]) -> None:
    """Set columns of sources; each change names its ``number`` and all change the same columns."""
    if changes:
        names = [name for name in changes[0] if name != "number"]
        settings = ", ".join(f"{name} = :{name}" for name in names)
        await connection.execute(
            text(f"UPDATE sources SET {settings} WHERE number = :number"),
            [{name: column(value) for name, value in change.items()} for change in changes],
        )
