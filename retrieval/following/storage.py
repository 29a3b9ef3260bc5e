"""Keeps what is known of sources and their items in the database. Knows nothing of the network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retrieval.database import bound, execute, rows
from retrieval.errors import NotFound
from retrieval.fetch import Validators
from retrieval.following import schedule
from retrieval.following.types import Source

SCHEMA: tuple[str, ...] = (
    # place: what all addresses of one source have in common. body: a digest of the last answer.
    # allow, deny: JSON lists. gap, every: seconds. moved_to: where the last looks were sent for good.
    """CREATE TABLE sources (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL,
        kind TEXT NOT NULL,
        url TEXT NOT NULL,
        place TEXT NOT NULL,
        title TEXT NOT NULL,
        home TEXT,
        language TEXT,
        etag TEXT,
        last_modified TEXT,
        validated_url TEXT,
        body TEXT,
        every INTEGER,
        added TEXT NOT NULL,
        looked TEXT,
        next_look TEXT,
        failing_since TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        told INTEGER NOT NULL DEFAULT 0,
        paused INTEGER NOT NULL DEFAULT 0,
        gone INTEGER NOT NULL DEFAULT 0,
        moved_to TEXT,
        moved_since TEXT,
        allow TEXT NOT NULL DEFAULT '[]',
        deny TEXT NOT NULL DEFAULT '[]',
        in_briefings INTEGER NOT NULL DEFAULT 1,
        UNIQUE (owner, place))""",
    "CREATE INDEX sources_due ON sources (next_look)",
    # moment: when it was published, else first seen; none where neither is known. document: none where it
    # was not kept; it may have been removed since.
    """CREATE TABLE items (
        source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
        key TEXT NOT NULL,
        digest TEXT NOT NULL,
        stamp TEXT,
        state TEXT NOT NULL CHECK (state IN ('kept', 'summary', 'filtered', 'passed')),
        tries INTEGER NOT NULL,
        document INTEGER,
        moment TEXT,
        seen TEXT NOT NULL,
        PRIMARY KEY (source, key)) WITHOUT ROWID""",
    "CREATE INDEX items_by_document ON items (document)",
    "CREATE INDEX items_by_moment ON items (source, moment)",
    """CREATE TABLE fetches (
        owner TEXT NOT NULL, day TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (owner, day))""",
    "CREATE TABLE limits_told (owner TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (owner, day))",
    """CREATE TABLE robots (
        site TEXT PRIMARY KEY, read TEXT NOT NULL, status TEXT NOT NULL, rules TEXT NOT NULL)""",
)

_FIELDS = (
    "number, owner, kind, url, title, home, language, etag, last_modified, validated_url, body, every, "
    "added, next_look, failing_since, failures, reason, told, paused, gone, moved_to, moved_since, allow, "
    "deny, in_briefings"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is kept of one source."""

    number: int
    owner: str
    kind: str
    url: str
    title: str
    added: datetime
    home: str | None = None
    language: str | None = None
    validators: Validators | None = None
    body: str | None = None
    every: timedelta | None = None
    next_look: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    reason: str | None = None
    told: bool = False
    paused: bool = False
    gone: bool = False
    moved_to: str | None = None
    moved_since: datetime | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    in_briefings: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of an item that was seen: a digest of what it said, and what became of it.

    ``state`` is ``"kept"``, ``"summary"`` (its page was to be read and could not be, ``tries`` times),
    ``"filtered"`` by words or ``"passed"`` over. ``stamp`` is when it said that it was updated.
    """

    key: str
    digest: str
    state: str
    tries: int = 0
    stamp: datetime | None = None
    document: int | None = None
    moment: datetime | None = None


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
                        "next_look": _written(entry.next_look),
                    },
                )
                numbers += [int(row.number) for row in added]
        return numbers

    async def held_at(self, owner: str, place: str) -> Entry | None:
        """The source of an owner at a place, or None."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM sources WHERE owner = :owner AND place = :place",
            owner=owner,
            place=place,
        )
        return _entry(found[0]) if found else None

    async def count(self, owner: str) -> int:
        """How many sources an owner follows."""
        (found,) = await rows(
            self._engine, "SELECT count(*) AS total FROM sources WHERE owner = :owner", owner=owner
        )
        return int(found.total)

    async def everybodys(self) -> list[Entry]:
        """The sources of all owners."""
        found = await rows(self._engine, f"SELECT {_FIELDS} FROM sources ORDER BY owner, number")
        return [_entry(row) for row in found]

    async def owned(self, owner: str) -> list[Entry]:
        """The sources of an owner, in the order they were added."""
        found = await rows(
            self._engine, f"SELECT {_FIELDS} FROM sources WHERE owner = :owner ORDER BY number", owner=owner
        )
        return [_entry(row) for row in found]

    async def entry(self, number: int, owner: str) -> Entry:
        """One source. Raises NotFound unless it is this owner's."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM sources WHERE number = :number AND owner = :owner",
            number=number,
            owner=owner,
        )
        if not found:
            raise NotFound("That source is not among those you follow any more.")
        return _entry(found[0])

    async def entries(self, numbers: Sequence[int]) -> list[Entry]:
        """Those of the sources that are still there, the longest due first."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM sources WHERE number IN :numbers ORDER BY next_look, number",
            numbers=list(numbers),
        )
        return [_entry(row) for row in found]

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
                {name: _column(value) for name, value in values.items()}
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
                _moment(row.stamp),
                row.document,
                _moment(row.moment),
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
        lately = {row.source: (_moment(row.last), int(row.lately or 0)) for row in found}
        return [source_of(entry, *lately.get(entry.number, (None, 0)), now) for entry in entries]


def source_of(entry: Entry, last_item: datetime | None, items_this_week: int, now: datetime) -> Source:
    """A source as people see it."""
    return Source(
        number=entry.number,
        owner=entry.owner,
        kind=entry.kind,
        url=entry.url,
        title=entry.title,
        home=entry.home,
        language=entry.language,
        state=schedule.state(
            paused=entry.paused,
            gone=entry.gone,
            failing=entry.failing_since is not None,
            last_item=last_item,
            added=entry.added,
            now=now,
        ),
        reason=entry.reason,
        failing_since=entry.failing_since,
        last_item=last_item,
        items_this_week=items_this_week,
        next_look=None if entry.paused or entry.gone else entry.next_look,
        allow=entry.allow,
        deny=entry.deny,
        in_briefings=entry.in_briefings,
    )


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
            "stamp": _written(item.stamp),
            "state": item.state,
            "tries": item.tries,
            "document": item.document,
            "moment": _written(item.moment),
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
            [{name: _column(value) for name, value in change.items()} for change in changes],
        )


def _column(value: object) -> object:
    """A value as it is stored."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def _entry(row: Row[Any]) -> Entry:
    validators = Validators(row.validated_url, row.etag, row.last_modified) if row.validated_url else None
    return Entry(
        number=row.number,
        owner=row.owner,
        kind=row.kind,
        url=row.url,
        title=row.title,
        added=datetime.fromisoformat(row.added),
        home=row.home,
        language=row.language,
        validators=validators,
        body=row.body,
        every=timedelta(seconds=row.every) if row.every else None,
        next_look=_moment(row.next_look),
        failing_since=_moment(row.failing_since),
        failures=row.failures,
        reason=row.reason,
        told=bool(row.told),
        paused=bool(row.paused),
        gone=bool(row.gone),
        moved_to=row.moved_to,
        moved_since=_moment(row.moved_since),
        allow=tuple(json.loads(row.allow)),
        deny=tuple(json.loads(row.deny)),
        in_briefings=bool(row.in_briefings),
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
