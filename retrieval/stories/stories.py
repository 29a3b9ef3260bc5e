"""Keeps which document belongs to which story, in the database, from one start to the next.

Knows nothing of how likeness is judged. Each owner's documents make stories of their own, so that nobody's
documents bear on what another sees.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count, islice
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import vectors
from retrieval.database import rows
from retrieval.documents import FIELDS, document_of
from retrieval.embeddings import EmbeddingModel, Vectors
from retrieval.stories.grouping import HELD, Grouping
from retrieval.stories.keeping import Change, New, keep
from retrieval.stories.traits import traits_of, unpacked
from retrieval.types import SHARED, Document, Scope

_OPENING = 3  # passages of a document whose meaning counts
_READ = 500  # documents looked at together
_AT_ONCE = 25  # documents of one transaction
_OWNERS = 8  # whose open stories are kept in memory

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Story:
    """Documents about one event over time, the earliest first. ``number`` stays while the story goes on."""

    number: int
    documents: tuple[Document, ...]

    @property
    def newest(self) -> date | None:
        """The day of its newest document."""
        return max((day for document in self.documents if (day := document.day)), default=None)


class Stories:
    """The stories of everybody's documents, in one database; ``model`` made the vectors there."""

    def __init__(self, engine: AsyncEngine, model: EmbeddingModel) -> None:
        self._engine = engine
        self._model = model.id
        self._turn = asyncio.Lock()
        # an owner's open stories, with how many documents there were in all when they were read
        self._open: OrderedDict[str, tuple[int, Grouping]] = OrderedDict()

    async def add(self, documents: Iterable[Document], now: datetime | None = None) -> int:
        """Put documents into stories, in the order of their days; returns how many were new or changed.

        Those whose passages have no vectors yet are left for a later call. ``now`` is the moment (UTC) that
        is kept with them.
        """
        now = now or datetime.now(UTC)
        owned: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            owned[document.owner].append(document)
        placed = 0
        async with self._turn:
            for owner, theirs in owned.items():
                ordered = iter(sorted(theirs, key=_order))
                while some := [each.number for each in islice(ordered, _READ)]:
                    fresh = iter(await self._fresh(owner, some))
                    while next_ones := list(islice(fresh, _AT_ONCE)):
                        await self._place(owner, next_ones, now)
                        placed += len(next_ones)
        return placed

    async def story_of(self, document: Document) -> Story | None:
        """The story that a document belongs to; None while it was not added."""
        found = await rows(
            self._engine, "SELECT story FROM story_documents WHERE document = :number", number=document.number
        )
        return await self.story(found[0].story, Scope((document.owner,))) if found else None

    async def story(self, number: int, scope: Scope) -> Story | None:
        """A story by its number, also by that of one it was merged with; None where none is in scope."""
        while True:
            found = await rows(
                self._engine, "SELECT merged_into FROM stories WHERE number = :number", number=number
            )
            if not found or found[0].merged_into is None:
                break
            number = found[0].merged_into
        return next(iter(await self._told("s.story = :number", scope, number=number)), None)

    async def telling(self, documents: Sequence[Document], scope: Scope) -> list[Story]:
        """The stories of a scope that hold any of these documents, whole; the newest first.

        An event that is told both by what everybody reads and by somebody's own documents is one story to
        whoever may read both, under the number that it has for everybody; nobody else learns of it.
        """
        numbers = [document.number for document in documents]
        moved: set[int] = set()
        for at in range(0, len(numbers), _READ):
            query = "SELECT DISTINCT story FROM story_documents WHERE document IN :numbers"
            found = await rows(self._engine, query, numbers=numbers[at : at + _READ])
            moved |= {row.story for row in found}
        one = await self._akin(scope)
        moved = {one.get(number, number) for number in moved}
        moved |= {mine for mine, theirs in one.items() if theirs in moved}
        whole: dict[int, list[Document]] = defaultdict(list)
        for at in range(0, len(moved), _READ):
            some = sorted(moved)[at : at + _READ]
            for story in await self._told("s.story IN :numbers", scope, numbers=some):
                whole[one.get(story.number, story.number)] += story.documents
        told = [Story(number, tuple(sorted(held, key=_order))) for number, held in whole.items()]
        return sorted(told, key=lambda story: (story.newest or date.min, story.number), reverse=True)

    async def placed_after(self, moment: datetime | None, scope: Scope) -> frozenset[int]:
        """The documents of a scope that were put into a story, with the text they have, after a moment."""
        if moment is None:
            return frozenset()
        found = await rows(
            self._engine,
            "SELECT document FROM story_documents WHERE owner IN :owners AND placed > :moment",
            owners=scope.owners,
            moment=moment.astimezone(UTC).isoformat(),
        )
        return frozenset(row.document for row in found)

    async def _akin(self, scope: Scope) -> dict[int, int]:
        """The stories of somebody's own documents that tell of an event which everybody reads of."""
        own = [owner for owner in scope.owners if owner != SHARED]
        if not own or SHARED not in scope.owners:
            return {}
        found: dict[int, int] = {}
        async with self._turn:
            everybody = await self._grouping(SHARED)
            for owner in own:
                theirs = await self._grouping(owner)
                found |= await asyncio.to_thread(_akin, theirs, everybody)
        return found

    async def _told(self, condition: str, scope: Scope, **values: Any) -> list[Story]:
        found = await rows(
            self._engine,
            f"SELECT number, {_FIELDS}, s.story FROM story_documents s JOIN documents d ON number = document "
            f"WHERE d.owner IN :owners AND {condition} ORDER BY s.day, number",
            owners=scope.owners,
            **values,
        )
        told: dict[int, list[Document]] = defaultdict(list)
        for row in found:
            told[row.story].append(document_of(row))
        return [Story(number, tuple(documents)) for number, documents in told.items()]

    async def _fresh(self, owner: str, numbers: Sequence[int]) -> list[New]:
        """Those of an owner's documents that are new or changed and have vectors, by their days."""
        found = await rows(
            self._engine,
            f"SELECT number, {_FIELDS}, d.content_hash, d.text, s.story "
            "FROM documents d LEFT JOIN story_documents s ON s.document = number WHERE d.owner = :owner "
            "AND number IN :numbers "
            "AND (s.document IS NULL OR s.content_hash != d.content_hash OR s.model != :model)",
            owner=owner,
            model=self._model,
            numbers=list(numbers),
        )
        meanings = await self._meanings([row.number for row in found])
        known = [row for row in found if row.number in meanings]
        fresh = await asyncio.to_thread(lambda: [_read(row, meanings[row.number]) for row in known])
        return sorted(fresh, key=lambda each: (each.traits.day, each.document.number))

    async def _meanings(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """The sum of the vectors of each document's first passages, as far as all of these have one."""
        found = await rows(
            self._engine,
            "SELECT document, vector FROM (SELECT document, digest, row_number() OVER "
            '(PARTITION BY document ORDER BY "start") AS place FROM passages WHERE document IN :numbers) p '
            "LEFT JOIN vectors v ON v.digest = p.digest AND v.model = :model WHERE place <= :opening",
            numbers=list(numbers),
            model=self._model,
            opening=_OPENING,
        )
        stored: dict[int, list[bytes | None]] = defaultdict(list)
        for row in found:
            stored[row.document].append(row.vector)
        whole = {document: [each for each in listed if each] for document, listed in stored.items()}
        return {
            document: vectors.unpacked(listed).sum(axis=0)
            for document, listed in whole.items()
            if len(listed) == len(stored[document])
        }

    async def _place(self, owner: str, some: Sequence[New], now: datetime) -> None:
        """Place some documents in one transaction; where it fails, what was in memory is read anew."""
        grouping = await self._grouping(owner)
        try:
            async with self._engine.begin() as connection:
                query = "SELECT seq FROM sqlite_sequence WHERE name = 'stories'"
                last = await connection.execute(text(query))
                first = (last.scalar() or 0) + 1
                placed = await asyncio.to_thread(_placed, grouping, some, first)
                await keep(connection, owner, self._model, some, placed, now)
        except BaseException:
            self._open.pop(owner, None)
            raise
        self._open[owner] = await self._held(owner), grouping
        _log.info("stories.placed", documents=len(some), new=len(placed.new), merged=len(placed.merged))

    async def _grouping(self, owner: str) -> Grouping:
        """An owner's open stories; read anew where documents went since, or too many are in memory."""
        held, grouping = self._open.get(owner, (None, Grouping()))
        if held is None or held != await self._held(owner) or len(grouping.stories) > 2 * HELD:
            grouping = Grouping()
            found = await rows(
                self._engine,
                "SELECT document, story, day, traits FROM story_documents "
                "WHERE owner = :owner AND model = :model ORDER BY day DESC, document DESC LIMIT :most",
                owner=owner,
                model=self._model,
                most=HELD,
            )
            for row in reversed(found):
                grouping.restore(row.document, row.story, unpacked(row.traits, row.day))
        self._open[owner] = await self._held(owner), grouping
        self._open.move_to_end(owner)
        while len(self._open) > _OWNERS:
            self._open.popitem(last=False)
        return grouping

    async def _held(self, owner: str) -> int:
        query = "SELECT count(*) FROM story_documents WHERE owner = :owner"
        return int((await rows(self._engine, query, owner=owner))[0][0])


def _akin(own: Grouping, everybody: Grouping) -> dict[int, int]:
    """Which stories of somebody's own tell what a story of everybody's does."""
    found = {number: everybody.akin(own.newest(number)) for number in own.numbers()}
    return {number: story for number, story in found.items() if story is not None}


def _placed(grouping: Grouping, some: Sequence[New], first: int) -> Change:
    """Place some documents; new stories are numbered from ``first`` on."""
    numbers = count(first)
    new: list[int] = []

    def another() -> int:
        new.append(next(numbers))
        return new[-1]

    stories: dict[int, int] = {}
    merged: dict[int, int] = {}
    for each in some:
        number = each.document.number
        if each.story is not None:
            grouping.restore(number, each.story, each.traits)
            stories[number] = grouping.stories[number]
        else:
            placed = grouping.place(number, each.traits, another)
            stories |= placed.moved
            merged |= placed.merged
    return Change(stories, new, merged)


_FIELDS = ", ".join(f"d.{field.strip()}" for field in FIELDS.split(","))


def _read(row: Row[Any], meaning: Vectors) -> New:
    document = document_of(row)
    traits = traits_of(document.title, row.text, meaning, _day(document))
    return New(document, row.content_hash, row.story, traits)


def _order(document: Document) -> tuple[int, int]:
    return _day(document), document.number


def _day(document: Document) -> int:
    """The day a document came out; a date in the future is somebody's mistake."""
    moments = [each for each in (document.published, document.fetched) if each]
    return min(moments, default=datetime.max).date().toordinal()
