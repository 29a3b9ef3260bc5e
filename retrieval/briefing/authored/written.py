"""Keeps what a model wrote of stories, once for all who may read their documents, and what that cost.

What is written of a document goes with it: it is erased when the document is removed or changed. Knows
nothing of models or of how a story is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import database
from retrieval.briefing.telling import Telling
from retrieval.briefing.types import Cost
from retrieval.types import Document, Quote
from retrieval.writing.sayings import Saying

# Applied after the documents' own schema, on which it hangs.
SCHEMA: tuple[str, ...] = (
    # version: of the story; owner: whose it is, or everybody's. told: what passed, perhaps nothing
    """CREATE TABLE written_stories (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        version TEXT NOT NULL, length TEXT NOT NULL, language TEXT NOT NULL, owner TEXT NOT NULL,
        told TEXT NOT NULL, made TEXT NOT NULL,
        UNIQUE (version, length, language, owner))""",
    "CREATE INDEX written_stories_made ON written_stories (made)",
    # in the order of its key: SQLite's own check takes any other for damage
    """CREATE TABLE written_from (
        document INTEGER NOT NULL,
        written INTEGER NOT NULL REFERENCES written_stories (number) ON DELETE CASCADE,
        PRIMARY KEY (document, written)) WITHOUT ROWID""",
    """CREATE TRIGGER written_stories_removed AFTER DELETE ON documents BEGIN
        DELETE FROM written_stories WHERE number IN
            (SELECT written FROM written_from WHERE document = OLD.number); END""",
    """CREATE TRIGGER written_stories_replaced AFTER UPDATE OF content_hash ON documents
        WHEN OLD.content_hash <> NEW.content_hash BEGIN
        DELETE FROM written_stories WHERE number IN
            (SELECT written FROM written_from WHERE document = OLD.number); END""",
    # what each writing cost, without a word of it
    """CREATE TABLE story_costs (
        story INTEGER NOT NULL, version TEXT NOT NULL, length TEXT NOT NULL, language TEXT NOT NULL,
        owner TEXT NOT NULL, at TEXT NOT NULL, calls INTEGER NOT NULL, read INTEGER NOT NULL,
        written INTEGER NOT NULL, money REAL NOT NULL, seconds REAL NOT NULL)""",
    "CREATE INDEX story_costs_version ON story_costs (version)",
    "CREATE INDEX story_costs_at ON story_costs (at)",
)

_KEPT = timedelta(days=30)
_KEY = "version = :version AND length = :length AND language = :language AND owner = :owner"
_SUMS = (
    "count(DISTINCT CASE WHEN story > 0 THEN version END) AS stories, coalesce(sum(calls), 0) AS calls, "
    "coalesce(sum(read), 0) AS read, coalesce(sum(written), 0) AS written, coalesce(sum(money), 0.0) AS money"
)


@dataclass(frozen=True, slots=True)
class Key:
    """What is written once: a version of a story, in a length and a language, for an owner or everybody."""

    version: str
    length: str
    language: str
    owner: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a story: its statements that passed, and how many did not."""

    telling: Telling
    withheld: int


@dataclass(frozen=True, slots=True)
class Spending:
    """What stories cost that were written on a UTC day, and how many they were."""

    stories: int
    cost: Cost


def version_of(documents: Iterable[tuple[Document, str]], fresh: Iterable[int], model: str) -> str:
    """What names a state of a story: its documents with their content hashes, which are new, who writes."""
    new = frozenset(fresh)
    told = sorted((each.number, content, each.number in new) for each, content in documents)
    return hashlib.sha256(json.dumps([model, told]).encode()).hexdigest()


class WrittenStories:
    """The stories of one database that a model wrote."""

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._clock = clock

    async def open(self) -> None:
        """Make the tables on first use."""
        await database.apply(self._engine, "written_stories", SCHEMA)

    async def hashes(self, documents: Iterable[Document]) -> dict[int, str]:
        """The content hash of each document that is held, by its number."""
        found = await database.rows(
            self._engine,
            "SELECT number, content_hash FROM documents WHERE number IN :numbers",
            numbers=[each.number for each in documents],
        )
        return {row.number: row.content_hash for row in found}

    async def find(self, key: Key, documents: Mapping[int, Document]) -> Kept | None:
        """What was written under a key; ``documents`` are those of the story, by their numbers."""
        found = await database.rows(
            self._engine, f"SELECT told FROM written_stories WHERE {_KEY}", **_values(key)
        )
        return _unpacked(json.loads(found[0].told), documents) if found else None

    async def keep(self, key: Key, kept: Kept, hashes: Mapping[int, str]) -> None:
        """Keep what was written from documents of these content hashes, unless one has changed since.

        What is older than a month is dropped.
        """
        now = self._clock()
        async with self._engine.begin() as connection:
            values = {"oldest": (now - _KEPT).isoformat()}
            await connection.execute(text("DELETE FROM written_stories WHERE made < :oldest"), values)
            await connection.execute(text("DELETE FROM story_costs WHERE at < :oldest"), values)
            held = await connection.execute(
                database.bound(
                    "SELECT number, content_hash FROM documents WHERE number IN :numbers",
                    {"numbers": list(hashes)},
                ),
                {"numbers": list(hashes)},
            )
            if {row.number: row.content_hash for row in held} != dict(hashes):
                return
            made = await connection.execute(
                text(
                    "INSERT OR REPLACE INTO written_stories (version, length, language, owner, told, made) "
                    "VALUES (:version, :length, :language, :owner, :told, :made) RETURNING number"
                ),
                {**_values(key), "told": json.dumps(_packed(kept)), "made": now.isoformat()},
            )
            number = made.scalar_one()
            await connection.execute(
                text("INSERT INTO written_from (written, document) VALUES (:written, :document)"),
                [{"written": number, "document": document} for document in hashes],
            )

    async def book(self, key: Key, story: int, cost: Cost, seconds: float) -> None:
        """Note what writing a story cost, also where nothing came of it."""
        await database.execute(
            self._engine,
            "INSERT INTO story_costs VALUES (:story, :version, :length, :language, :owner, :at, :calls, "
            ":read, :written, :money, :seconds)",
            **_values(key), story=story, at=self._clock().isoformat(), calls=cost.calls, read=cost.read,
            written=cost.written, money=cost.money, seconds=seconds,
        )  # fmt: skip

    async def cost(self, key: Key) -> Cost:
        """What was spent so far on what a key names."""
        found = await database.rows(
            self._engine, f"SELECT {_SUMS} FROM story_costs WHERE {_KEY}", **_values(key)
        )
        return _cost(found[0])

    async def spent(self, day: date) -> Spending:
        """What was spent on stories on a UTC day."""
        await self.open()
        found = await database.rows(
            self._engine, f"SELECT {_SUMS} FROM story_costs WHERE at LIKE :day", day=f"{day.isoformat()}%"
        )
        return Spending(found[0].stories, _cost(found[0]))

    async def pace(self) -> float | None:
        """The seconds that the latest stories took on average, where any was written."""
        await self.open()
        found = await database.rows(
            self._engine,
            "SELECT avg(seconds) AS seconds FROM (SELECT seconds FROM story_costs WHERE story > 0 "
            "ORDER BY at DESC LIMIT 20)",
        )
        seconds: float | None = found[0].seconds
        return seconds


def _cost(row: Any) -> Cost:
    return Cost(row.calls, row.read, row.written, row.money)


def _values(key: Key) -> dict[str, Any]:
    return {"version": key.version, "length": key.length, "language": key.language, "owner": key.owner}


def _packed(kept: Kept) -> dict[str, Any]:
    telling = kept.telling
    return {
        "headline": telling.headline,
        "bullets": _sayings(telling.bullets),
        "lead": _sayings(telling.lead),
        "sections": [[question, _sayings(sayings)] for question, sayings in telling.sections],
        "bottom_line": _sayings(telling.bottom_line),
        "withheld": kept.withheld,
    }


def _sayings(sayings: Iterable[Saying]) -> list[Any]:
    return [[each.text, each.check, [_quote(quote) for quote in each.quotes]] for each in sayings]


def _quote(quote: Quote) -> list[Any]:
    return [quote.document.number, quote.passage, quote.start, quote.end, quote.text]


def _unpacked(told: Mapping[str, Any], documents: Mapping[int, Document]) -> Kept:
    def sayings(rows: Iterable[Any]) -> tuple[Saying, ...]:
        return tuple(
            Saying(words, tuple(Quote(documents[each[0]], *each[1:]) for each in quotes), check)
            for words, check, quotes in rows
        )

    telling = Telling(
        told["headline"],
        sayings(told["bullets"]),
        sayings(told["lead"]),
        tuple((question, sayings(rows)) for question, rows in told["sections"]),
        sayings(told["bottom_line"]),
    )
    return Kept(telling, told["withheld"])
