"""The ledger of corrections: what readers were told, what of it was corrected to whom, each once.

Knows nothing of Telegram or of how a correction is found. A correction is claimed before it is sent; one that
may have arrived is never sent again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.people import Clock
from bot.render import Part
from bot.render.packing import packed, unpacked
from retrieval.database import execute, rows
from retrieval.types import Quote

SCHEMA: tuple[str, ...] = (
    # state uncertain: it may have arrived. part: the message, until that is settled
    """CREATE TABLE corrections (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        reader BIGINT NOT NULL,
        due TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'uncertain', 'lost')),
        part TEXT,
        created TEXT NOT NULL)""",
    "CREATE INDEX corrections_open ON corrections (due) WHERE state IN ('waiting', 'sending')",
    # statement: what was told and is now said instead, as a key. said, now: the documents that are quoted
    """CREATE TABLE corrected_statements (
        reader BIGINT NOT NULL,
        statement TEXT NOT NULL,
        correction INTEGER NOT NULL REFERENCES corrections (id) ON DELETE CASCADE,
        said INTEGER NOT NULL,
        now INTEGER NOT NULL,
        quote TEXT NOT NULL,
        PRIMARY KEY (reader, statement))""",
    "CREATE INDEX corrected_statements_of ON corrected_statements (correction)",
    # looked: the moment by which all that came from an owner was looked at
    "CREATE TABLE corrections_looked (owner TEXT PRIMARY KEY, looked TEXT NOT NULL)",
    # what somebody asked for and got; what editions told by themselves is in told_stories
    """CREATE TABLE shown_stories (
        reader BIGINT NOT NULL,
        story INTEGER NOT NULL,
        kept BIGINT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (reader, kept))""",
    "CREATE INDEX shown_stories_at ON shown_stories (at)",
    # told: the words of the statement, for pages that show it to others
    "ALTER TABLE corrected_statements ADD COLUMN told TEXT NOT NULL DEFAULT ''",
)

TOLD = timedelta(days=14)  # what was told longer ago is not corrected
_KEPT = timedelta(days=30)
_HEARD = """(SELECT reader, story, kept, at FROM told_stories
    UNION ALL SELECT reader, story, kept, at FROM shown_stories)"""


@dataclass(frozen=True, slots=True)
class Telling:
    """A reader was told a story, which is kept under a number, as it stood at a moment (UTC)."""

    reader: int
    kept: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Wrong:
    """A statement that somebody was told, the quote it rests on, and what is said instead now."""

    told: str
    said: Quote
    now: Quote


@dataclass(frozen=True, slots=True)
class Righted:
    """A statement that somebody was told, and the words that correct it, of the document of this number."""

    told: str
    document: int
    words: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A correction that is to be sent."""

    id: int
    reader: int
    part: Part


class Corrections:
    """What is to be corrected, is being and was."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def looked(self, owner: str) -> datetime:
        """The moment by which everything of an owner was looked at; what is older is too old to matter."""
        oldest = self._clock() - TOLD
        found = await rows(
            self._engine, "SELECT looked FROM corrections_looked WHERE owner = :owner", owner=owner
        )
        return max(datetime.fromisoformat(found[0].looked), oldest) if found else oldest

    async def look(self, owner: str, moment: datetime) -> None:
        """Remember that everything of an owner up to a moment was looked at."""
        await execute(
            self._engine,
            "INSERT OR REPLACE INTO corrections_looked VALUES (:owner, :moment)",
            owner=owner,
            moment=moment.isoformat(),
        )

    async def stories(self, reader: int | None = None) -> frozenset[int]:
        """The stories that anybody, or this reader, was told of in the last weeks."""
        found = await rows(
            self._engine,
            f"SELECT DISTINCT story FROM {_HEARD} WHERE at >= :oldest "
            "AND (:reader IS NULL OR reader = :reader)",
            oldest=(self._clock() - TOLD).isoformat(),
            reader=reader,
        )
        return frozenset(row.story for row in found)

    async def told(self, stories: Collection[int], reader: int | None = None) -> list[Telling]:
        """Who was told of these stories in the last weeks, asked or not, or whether this reader was."""
        found = await rows(
            self._engine,
            f"SELECT reader, kept, at FROM {_HEARD} WHERE at >= :oldest AND kept > 0 "
            "AND story IN (SELECT value FROM json_each(:stories)) AND (:reader IS NULL OR reader = :reader) "
            "ORDER BY at, reader",
            oldest=(self._clock() - TOLD).isoformat(),
            stories=json.dumps(list(stories)),
            reader=reader,
        )
        return [Telling(row.reader, row.kept, datetime.fromisoformat(row.at)) for row in found]

    async def show(self, reader: int, stories: Iterable[tuple[int, int]]) -> None:
        """Remember what a reader asked for and got: of each story its number and where it is kept."""
        now = self._clock()
        oldest = (now - TOLD).isoformat()
        await execute(self._engine, "DELETE FROM shown_stories WHERE at < :oldest", oldest=oldest)
        await execute(
            self._engine,
            "INSERT OR REPLACE INTO shown_stories SELECT :reader, json_extract(value, '$[0]'), "
            "json_extract(value, '$[1]'), :now FROM json_each(:stories)",
            reader=reader,
            stories=json.dumps(list(stories)),
            now=now.isoformat(),
        )

    async def known(self, reader: int, statements: Collection[str]) -> frozenset[str]:
        """Those of some statements that were corrected to this reader, or are about to be."""
        found = await rows(
            self._engine,
            "SELECT statement FROM corrected_statements WHERE reader = :reader AND statement IN :statements",
            reader=reader,
            statements=list(statements),
        )
        return frozenset(row.statement for row in found)

    async def claim(self, reader: int, statements: Mapping[str, Wrong], part: Part, due: datetime) -> bool:
        """Keep a message that corrects statements, by their keys, to be sent when it is due.

        False where one of them was claimed before.
        """
        async with self._engine.begin() as connection:
            if await _any_known(connection, reader, statements):
                return False
            made = await connection.execute(
                text(
                    "INSERT INTO corrections (reader, due, state, part, created) "
                    "VALUES (:reader, :due, 'waiting', :part, :now) RETURNING id"
                ),
                {
                    "reader": reader,
                    "due": due.isoformat(),
                    "part": packed(part),
                    "now": self._clock().isoformat(),
                },
            )
            id = made.scalar_one()
            for statement, wrong in statements.items():
                await connection.execute(
                    text(
                        "INSERT INTO corrected_statements VALUES "
                        "(:reader, :statement, :correction, :said, :now, :quote, :told)"
                    ),
                    {
                        "reader": reader,
                        "statement": statement,
                        "correction": id,
                        "said": wrong.said.document.number,
                        "now": wrong.now.document.number,
                        "quote": wrong.now.text,
                        "told": wrong.told,
                    },
                )
        return True

    async def due(self) -> list[Waiting]:
        """What is to be sent now, oldest first; what is too old is dropped."""
        now = self._clock()
        await execute(
            self._engine,
            "DELETE FROM corrections WHERE created < :oldest",
            oldest=(now - _KEPT).isoformat(),
        )
        found = await rows(
            self._engine,
            "SELECT id, reader, part FROM corrections WHERE state = 'waiting' AND due <= :now "
            "ORDER BY due, id",
            now=now.isoformat(),
        )
        return [Waiting(row.id, row.reader, unpacked(row.part)) for row in found]

    async def begin(self, id: int) -> bool:
        """Whether the caller, and nobody else, is to send this one now."""
        async with self._engine.begin() as connection:
            taken = await connection.execute(
                text("UPDATE corrections SET state = 'sending' WHERE id = :id AND state = 'waiting'"),
                {"id": id},
            )
        return taken.rowcount == 1

    async def settle(self, id: int, state: str) -> None:
        """Say what became of one: waiting (surely not sent), sent, uncertain or lost."""
        await execute(
            self._engine,
            "UPDATE corrections SET state = :state, part = CASE WHEN :state IN ('sent', 'lost') THEN NULL "
            "ELSE part END WHERE id = :id",
            id=id,
            state=state,
        )

    async def interrupted(self) -> Sequence[Waiting]:
        """What was being sent when an earlier process died: each is given out once, and not sent again."""
        async with self._engine.begin() as connection:
            found = await connection.execute(
                text("UPDATE corrections SET state = 'uncertain' WHERE state = 'sending' RETURNING *")
            )
            return [Waiting(row.id, row.reader, unpacked(row.part)) for row in found.all()]

    async def said(self, reader: int) -> frozenset[tuple[int, str]]:
        """The documents and words that corrections told this reader, which are no news to them any more."""
        found = await rows(
            self._engine,
            "SELECT s.now, s.quote FROM corrected_statements s JOIN corrections c ON c.id = s.correction "
            "WHERE s.reader = :reader AND c.state <> 'lost'",
            reader=reader,
        )
        return frozenset((row.now, row.quote) for row in found)

    async def righted(self, reader: int) -> list[Righted]:
        """What was put right of what this reader was told, oldest first, the same once."""
        found = await rows(
            self._engine,
            "SELECT told, now, quote FROM corrected_statements WHERE reader = :reader AND told <> '' "
            "ORDER BY correction, statement",
            reader=reader,
        )
        return list(dict.fromkeys(Righted(row.told, row.now, row.quote) for row in found))

    async def forget(self, reader: int) -> None:
        """Erase what was corrected to a reader, and what they asked for."""
        for table in ("corrected_statements", "corrections", "shown_stories"):
            await execute(self._engine, f"DELETE FROM {table} WHERE reader = :reader", reader=reader)

    async def forget_words(self, documents: Iterable[int]) -> None:
        """Erase the corrections that rest on documents that are no longer held."""
        gone = json.dumps(list(documents))
        listed = "(SELECT value FROM json_each(:gone))"
        await execute(
            self._engine,
            "DELETE FROM corrections WHERE id IN (SELECT correction FROM corrected_statements "
            f"WHERE said IN {listed} OR now IN {listed})",
            gone=gone,
        )


async def _any_known(connection: AsyncConnection, reader: int, statements: Collection[str]) -> bool:
    found = await connection.execute(
        text(
            "SELECT 1 FROM corrected_statements WHERE reader = :reader "
            "AND statement IN (SELECT value FROM json_each(:statements)) LIMIT 1"
        ),
        {"reader": reader, "statements": json.dumps(list(statements))},
    )
    return found.first() is not None
