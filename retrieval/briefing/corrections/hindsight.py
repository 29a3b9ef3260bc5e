"""Looks back at stories that were told when documents came that bear on them: what of it was wrong?

Reads the documents; what counts as a correction is decided elsewhere. Knows nothing of readers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import database
from retrieval.briefing import held
from retrieval.briefing.corrections.came import Came, Correction, Telling
from retrieval.briefing.corrections.correcting import corrections
from retrieval.briefing.types import Piece
from retrieval.copies.versions import versions
from retrieval.cutting import digest
from retrieval.database import rows
from retrieval.documents import FIELDS, document_of
from retrieval.stories import SCHEMA, Stories
from retrieval.types import Document, Scope, Statement

_MOST = 500  # documents of one look; of what comes in bulk the newest
_FIELDS = ", ".join(f"d.{field.strip()}" for field in FIELDS.split(","))
_FORMER = timedelta(14)  # how far back a document's older versions are compared


@dataclass(frozen=True, slots=True)
class News:
    """A story's ``numbers``, also those of stories that were merged into it, and what came for it.

    ``placed`` says of each of these documents when it became known as part of the story.
    """

    numbers: frozenset[int]
    came: tuple[Came, ...]
    placed: Mapping[int, datetime]


@dataclass(frozen=True, slots=True)
class Mended:
    """A statement that was told, and the correction of a quote it rests on.

    ``key`` is the same wherever the same was told and is now said instead.
    """

    statement: Statement
    correction: Correction

    @property
    def key(self) -> str:
        """What tells it from other corrections, without their words."""
        return digest(f"{self.statement.text}\n{self.correction.value.casefold()}")[:32]


class Hindsight:
    """Finds what came, and what it corrects, in one database; ``stories`` are those of its briefings."""

    def __init__(self, engine: AsyncEngine, stories: Stories) -> None:
        self._engine = engine
        self._stories = stories

    async def news(
        self, owner: str, scope: Scope, told: Collection[int], since: datetime, now: datetime
    ) -> list[News]:
        """The ``told`` stories of a scope for which documents of an owner came or changed since a moment.

        ``now`` is the moment that is kept with those that were not looked at before.
        """
        await database.apply(self._engine, "stories", SCHEMA)
        new = await self._new(owner, since)
        if not new:
            return []
        await self._stories.add(new, now)
        placed = await self._placed(new)
        known = {each.number: each for each in new if each.number in placed}
        found = []
        for story in await self._stories.telling(list(known.values()), scope):
            numbers = await self._numbers(story.number, story.documents)
            if not numbers.isdisjoint(told):
                theirs = [known[each.number] for each in story.documents if each.number in known]
                found.append(News(numbers, tuple(await self._came(theirs)), placed))
        return found

    async def _new(self, owner: str, since: datetime) -> list[Document]:
        """What is not in a story yet, or with another text, or was put into one since."""
        found = await rows(
            self._engine,
            f"SELECT number, {_FIELDS} FROM documents d LEFT JOIN story_documents s ON s.document = number "
            "WHERE d.owner = :owner AND (s.document IS NULL OR s.content_hash <> d.content_hash "
            "OR s.placed > :since) ORDER BY d.fetched DESC, number DESC LIMIT :most",
            owner=owner,
            since=since.astimezone(UTC).isoformat(),
            most=_MOST,
        )
        return [document_of(row) for row in found]

    async def _placed(self, documents: Sequence[Document]) -> dict[int, datetime]:
        found = await rows(
            self._engine,
            "SELECT document, placed FROM story_documents WHERE document IN :numbers AND placed IS NOT NULL",
            numbers=[each.number for each in documents],
        )
        return {row.document: datetime.fromisoformat(row.placed) for row in found}

    async def _came(self, documents: Sequence[Document]) -> list[Came]:
        passages = await held.passages(self._engine, documents)
        texts = await held.texts(self._engine, documents)
        return [
            Came(each, passages[each.number], texts.get(each.number, ""), await self._former(each))
            for each in documents
        ]

    async def _former(self, document: Document) -> str:
        """What a document said before it was changed for the first time in the last weeks, or ""."""
        older = await versions(self._engine, document.number)
        fetched = document.fetched
        changed = [each for each in older if fetched is None or each.replaced > fetched - _FORMER]
        return changed[-1].text if changed else ""

    async def _numbers(self, story: int, documents: Sequence[Document]) -> frozenset[int]:
        """Every number that a story of these documents was ever told under."""
        found = await rows(
            self._engine,
            "WITH RECURSIVE told (number) AS (SELECT story FROM story_documents WHERE document IN :documents "
            "UNION SELECT s.number FROM stories s JOIN told t ON s.merged_into = t.number) "
            "SELECT number FROM told",
            documents=[each.number for each in documents],
        )
        return frozenset({story, *(row.number for row in found)})


async def mended(pieces: Iterable[Piece], news: News) -> list[Mended]:
    """What the news correct of what these pieces state, each statement once for each quote it rests on."""
    return await asyncio.to_thread(_mended, list(pieces), news)


def tellings(piece: Piece) -> Iterator[tuple[Statement, Telling]]:
    """What a piece states, with each quote it rests on."""
    by_number = {citation.number: citation for citation in piece.citations}
    stated = (*piece.statements, *(event.statement for event in piece.timeline))
    for statement in dict.fromkeys(stated):
        for number in statement.citations:
            yield statement, Telling(by_number[number].quote, piece.around.get(number, ("", "")))


def _mended(pieces: Sequence[Piece], news: News) -> list[Mended]:
    stated: dict[Telling, dict[str, Statement]] = {}
    known: dict[tuple[int, str], Telling] = {}
    for piece in pieces:
        for statement, telling in tellings(piece):
            telling = known.setdefault((telling.quote.document.number, telling.quote.text), telling)
            stated.setdefault(telling, {}).setdefault(statement.text, statement)
    by_quote = {telling.quote: list(each.values()) for telling, each in stated.items()}
    return [
        Mended(statement, correction)
        for correction in corrections(stated, news.came)
        for statement in by_quote[correction.said]
        if _says(statement, correction)
    ]


def _says(statement: Statement, correction: Correction) -> bool:
    """Whether a statement says what is corrected: one that a model wrote may leave it out."""
    if statement.check == "verbatim" or correction.before in ("", "yes", "no"):
        return True
    return correction.before.casefold() in statement.text.casefold()
