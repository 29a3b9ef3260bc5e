"""Reads and changes what is kept of sources in the database. Knows nothing of the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.database import execute, rows
from retrieval.errors import NotFound
from retrieval.following import schedule
from retrieval.following.entries import FIELDS, Entry, Known, column, entry_of, moment, source_of, written
from retrieval.following.types import Source


class Storage:
    """The sources of every owner."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, entry: Entry, place: str) -> int | None:
        """Keep a new source, due at its ``next_look``; its number, or None where its place is held."""
        return next(iter(await self.add_all([(entry, place)])), None)

    async def add_all(self, entries: Iterable[tuple[Entry, str]]) -> list[int]:
        """Keep new sources with their places, in one transaction; those whose place is held are left out."""
        numbers = []
        async with self._engine.begin() as connection:
            for entry, place in entries:
                added = await connection.execute(
                    text(
                        "INSERT OR IGNORE INTO sources (owner, kind, url, place, title, home, language, "
                        "added, next_look) VALUES (:owner, :kind, :url, :place, :title, :home, :language, "
                        ":added, :next_look) RETURNING number"
                    ),
                    {
                        "owner": entry.owner,
                        "kind": entry.kind,
                        "url": entry.url,
                        "place": place,
                        "title": entry.title,
                        "home": entry.home,
                        "language": entry.language,
                        "added": entry.added.isoformat(),
                        "next_look": written(entry.next_look),
                    },
                )
                numbers += [int(row.number) for row in added]
        return numbers

    async def held_at(self, owner: str, place: str) -> Entry | None:
        """The source of an owner at a place, or None."""
        found = await rows(
            self._engine,
            f"SELECT {FIELDS} FROM sources WHERE owner = :owner AND place = :place",
            owner=owner,
            place=place,
        )
        return entry_of(found[0]) if found else None

    async def count(self, owner: str) -> int:
        """How many sources an owner follows."""
        (found,) = await rows(
            self._engine, "SELECT count(*) AS total FROM sources WHERE owner = :owner", owner=owner
        )
        return int(found.total)

    async def everybodys(self) -> list[Entry]:
        """The sources of all owners."""
        found = await rows(self._engine, f"SELECT {FIELDS} FROM sources ORDER BY owner, number")
        return [entry_of(row) for row in found]

    async def owned(self, owner: str) -> list[Entry]:
        """The sources of an owner, in the order they were added."""
        found = await rows(
            self._engine, f"SELECT {FIELDS} FROM sources WHERE owner = :owner ORDER BY number", owner=owner
        )
        return [entry_of(row) for row in found]

    async def entry(self, number: int, owner: str) -> Entry:
        """One source. Raises NotFound unless it is this owner's."""
        found = await rows(
            self._engine,
            f"SELECT {FIELDS} FROM sources WHERE number = :number AND owner = :owner",
            number=number,
            owner=owner,
        )
        if not found:
            raise NotFound("That source is not among those you follow any more.")
        return entry_of(found[0])

    async def entries(self, numbers: Sequence[int]) -> list[Entry]:
        """Those of the sources that are still there, the longest due first."""
        found = await rows(
            self._engine,
            f"SELECT {FIELDS} FROM sources WHERE number IN :numbers ORDER BY next_look, number",
            numbers=list(numbers),
        )
        return [entry_of(row) for row in found]

    async def due(self, now: datetime, *, everything: bool, owner: str | None, limit: int = -1) -> list[int]:
        """The numbers of the sources to look at now, the longest due first."""
        moment = "next_look IS NOT NULL" if everything else "next_look <= :now"
        whose = "AND owner = :owner" if owner else ""
        values = {"now": now.isoformat(), "owner": owner, "limit": limit}
        found = await rows(
            self._engine,
            f"SELECT number FROM sources WHERE {moment} AND NOT paused AND NOT gone {whose} "
            "ORDER BY next_look, number LIMIT :limit",
            **values,
        )
        return [int(row.number) for row in found]

    async def change(self, number: int, owner: str, **values: object) -> None:
        """Set columns of a source. Raises NotFound unless it is this owner's."""
        settings = ", ".join(f"{name} = :{name}" for name in values)
        async with self._engine.begin() as connection:
            changed = await connection.execute(
                text(f"UPDATE sources SET {settings} WHERE number = :number_ AND owner = :owner_"),
                {name: column(value) for name, value in values.items()}
                | {"number_": number, "owner_": owner},
            )
        if not changed.rowcount:
            raise NotFound("That source is not among those you follow any more.")

    async def drop(self, number: int, owner: str) -> None:
        """Forget a source and its items. Raises NotFound unless it is this owner's."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(
                text("DELETE FROM sources WHERE number = :number AND owner = :owner"),
                {"number": number, "owner": owner},
            )
        if not gone.rowcount:
            raise NotFound("That source is not among those you follow any more.")

    async def postpone(self, owner: str, until: datetime) -> None:
        """Look at none of an owner's sources before a moment."""
        await execute(
            self._engine,
            "UPDATE sources SET next_look = :until WHERE owner = :owner AND next_look < :until",
            owner=owner,
            until=until.isoformat(),
        )

    async def known(self, number: int) -> dict[str, Known]:
        """The items of a source that were seen, by key."""
        found = await rows(
            self._engine,
            "SELECT key, digest, state, tries, stamp, document, moment FROM items WHERE source = :number",
            number=number,
        )
        return {
            row.key: Known(
                row.key,
                row.digest,
                row.state,
                row.tries,
                moment(row.stamp),
                row.document,
                moment(row.moment),
            )
            for row in found
        }

    async def forget_filtered(self, number: int) -> None:
        """Let the items that were filtered out be weighed anew."""
        await execute(
            self._engine, "DELETE FROM items WHERE source = :number AND state = 'filtered'", number=number
        )

    async def own_documents(self, number: int) -> list[int]:
        """The numbers of the documents that a source brought and no other one of its owner did."""
        found = await rows(
            self._engine,
            "SELECT DISTINCT i.document FROM items i JOIN sources s ON s.number = i.source "
            "JOIN documents d ON d.number = i.document AND d.owner = s.owner WHERE i.source = :number "
            "AND NOT EXISTS (SELECT 1 FROM items o JOIN sources t ON t.number = o.source "
            "WHERE o.document = i.document AND o.source <> i.source AND t.owner = s.owner)",
            number=number,
        )
        return [int(row.document) for row in found]

    async def newest_documents(self, number: int, most: int) -> list[int]:
        """The numbers of a source's newest documents that are still held."""
        found = await rows(
            self._engine,
            "SELECT i.document FROM items i JOIN documents d ON d.number = i.document "
            "WHERE i.source = :number ORDER BY coalesce(d.published, i.seen) DESC, i.document LIMIT :most",
            number=number,
            most=most,
        )
        return [int(row.document) for row in found]

    async def sources(self, entries: Sequence[Entry], now: datetime) -> list[Source]:
        """Entries as people see them, with how much each had lately."""
        found = await rows(
            self._engine,
            "SELECT source, max(moment) AS last, sum(moment > :week) AS lately FROM items "
            "WHERE source IN :numbers AND state IN ('kept', 'summary') GROUP BY source",
            numbers=[entry.number for entry in entries],
            week=(now - schedule.WEEK).isoformat(),
        )
        lately = {row.source: (moment(row.last), int(row.lately or 0)) for row in found}
        return [source_of(entry, *lately.get(entry.number, (None, 0)), now) for entry in entries]
