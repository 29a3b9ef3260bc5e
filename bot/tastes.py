"""Keeps what readers think of stories: followed or muted, more or less of their like. Knows no briefing.

A story is known by a document of it, so that it is found again when stories merge or go on under another
number. Of two opposite opinions of one story the newer one holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.people import Clock
from retrieval.database import execute, rows
from retrieval.types import SHARED

if TYPE_CHECKING:
    from retrieval.briefing import Piece

FOLLOW, MUTE, MORE, LESS = OPINIONS = ("follow", "mute", "more", "less")

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE tastes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        reader BIGINT NOT NULL,
        document INTEGER NOT NULL,
        opinion TEXT NOT NULL CHECK (opinion IN ('follow', 'mute', 'more', 'less')),
        headline TEXT NOT NULL,
        at TEXT NOT NULL)""",
    "CREATE INDEX tastes_reader ON tastes (reader)",
)

_OPPOSITE = {FOLLOW: MUTE, MUTE: FOLLOW, MORE: LESS, LESS: MORE}
_MOST = 200  # opinions of one kind that a reader has; the oldest make room


@dataclass(frozen=True, slots=True)
class Taste:
    """An opinion of a story, which is known by a ``document`` and shown by its ``headline`` of then."""

    id: int
    document: int
    opinion: str
    headline: str


class Tastes:
    """What every reader thinks."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def of(self, reader: int) -> list[Taste]:
        """All opinions of a reader, the newest first."""
        found = await rows(
            self._engine,
            "SELECT id, document, opinion, headline FROM tastes WHERE reader = :reader ORDER BY id DESC",
            reader=reader,
        )
        return [Taste(row.id, row.document, row.opinion, row.headline) for row in found]

    async def documents(self, reader: int) -> dict[str, tuple[int, ...]]:
        """The documents of a reader's stories by opinion, the same for whoever thinks the same."""
        held = await self.of(reader)
        return {
            opinion: tuple(sorted({each.document for each in held if each.opinion == opinion}))
            for opinion in OPINIONS
        }

    async def on(self, reader: int, piece: Piece) -> frozenset[str]:
        """What a reader thinks of a story."""
        return frozenset(each.opinion for each in await self._of_story(reader, piece))

    async def set(self, reader: int, piece: Piece, opinion: str, *, held: bool) -> None:
        """Let a reader hold an opinion of a story, or hold it no more; done twice it is done once."""
        kinds = (opinion, _OPPOSITE[opinion]) if held else (opinion,)
        gone = [each.id for each in await self._of_story(reader, piece) if each.opinion in kinds]
        async with self._engine.begin() as connection:
            for id in gone:
                await connection.execute(text("DELETE FROM tastes WHERE id = :id"), {"id": id})
            if held:
                await connection.execute(
                    text(
                        "INSERT INTO tastes (reader, document, opinion, headline, at) "
                        "VALUES (:reader, :document, :opinion, :headline, :at)"
                    ),
                    {
                        "reader": reader,
                        "document": _known_by(piece),
                        "opinion": opinion,
                        "headline": piece.headline,
                        "at": self._clock().isoformat(),
                    },
                )
                await connection.execute(
                    text(
                        "DELETE FROM tastes WHERE reader = :reader AND opinion = :opinion AND id NOT IN "
                        "(SELECT id FROM tastes WHERE reader = :reader AND opinion = :opinion "
                        "ORDER BY id DESC LIMIT :most)"
                    ),
                    {"reader": reader, "opinion": opinion, "most": _MOST},
                )

    async def drop(self, reader: int, id: int) -> Taste | None:
        """Undo an opinion of this reader; what it was."""
        found = next((each for each in await self.of(reader) if each.id == id), None)
        if found:
            await execute(self._engine, "DELETE FROM tastes WHERE id = :id", id=id)
        return found

    async def forget_words(self, documents: Iterable[int]) -> None:
        """Erase the opinions of anybody that rest on documents which are no longer held."""
        await execute(
            self._engine, "DELETE FROM tastes WHERE document IN :documents", documents=list(documents)
        )

    async def forget(self, reader: int) -> None:
        """Erase what a reader thinks."""
        await execute(self._engine, "DELETE FROM tastes WHERE reader = :reader", reader=reader)

    async def _of_story(self, reader: int, piece: Piece) -> list[Taste]:
        """A reader's opinions of the story that a piece tells, whichever of its documents they rest on."""
        from retrieval.stories.belonging import stories_of

        held = await self.of(reader)
        cited = {citation.document.number for citation in piece.citations}
        places = await stories_of(self._engine, {*cited, *(each.document for each in held)}) if held else {}
        told = {places[number] for number in cited if number in places} | {piece.story}
        return [each for each in held if each.document in cited or places.get(each.document) in told]


def _known_by(piece: Piece) -> int:
    """The document by which a story is known: the one that its headline is of, a person's own before others.

    So what is kept of it goes with the document.
    """
    documents = [citation.document for citation in piece.citations]
    own = [each for each in documents if each.owner != SHARED] or documents
    return next((each for each in own if piece.headline in " ".join(each.title.split())), own[0]).number
