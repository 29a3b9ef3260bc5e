"""Brings what the database holds into the vector index and keeps the two in step. Knows nothing of questions.

A passage is embedded once: its vector is kept in the database under a digest of what was embedded, so a
rebuild, a second copy or a change elsewhere in its document costs no model time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.cutting import embedded
from retrieval.database import execute, rows
from retrieval.embeddings import EmbeddingModel
from retrieval.errors import IndexFault
from retrieval.index import Index
from retrieval.vectors import Vectorized, unpacked

SCHEMA: tuple[str, ...] = (
    "CREATE TABLE collections (owner TEXT PRIMARY KEY, name TEXT NOT NULL, model TEXT NOT NULL)",
)

Progress = Callable[[int, int], None]  # (passages done, passages in all)


def unseen(_done: int, _total: int) -> None:
    """The progress nobody asked for."""


_AT_ONCE = (
    512  # passages of one turn, sorted by length: batches hold texts of one length, others wait seconds
)
_COUNT = "SELECT count(*) FROM passages p JOIN documents d ON d.number = p.document WHERE d.owner = :owner "

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Pending:
    """A passage that is to be put into the index."""

    number: int
    digest: str
    content: str


@dataclass(frozen=True, slots=True)
class _Round:
    """Passages that belong into a collection, by number, with their stored vectors."""

    collection: str
    numbers: list[int]
    vectors: list[bytes]


class Indexer:
    """One embedding model and one index, kept in step with the database by one process."""

    def __init__(self, engine: AsyncEngine, index: Index, model: EmbeddingModel) -> None:
        self._engine = engine
        self._index = index
        self._model = model
        self._vectorized = Vectorized(engine, model)
        self._turn = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._sound_ones: dict[str, str] = {}  # owner → collection

    async def collections(self, owners: Iterable[str]) -> dict[str, str]:
        """The sound collection of each owner that has one, by owner."""
        named = {owner: await self._current(owner) for owner in owners}
        return {owner: name for owner, name in named.items() if name}

    async def fill(self, owner: str | None = None, progress: Progress = unseen) -> int:
        """Index what is not yet indexed, of one owner or of all; returns the number of passages.

        Several may be filling at once: they take turns, so that a short one need not wait for a long one.
        """
        owners = [owner] if owner else await self._owners()
        total = 0
        for each in owners:
            total += await self._value(_COUNT + "AND p.indexed = 0", owner=each)
        done = 0
        for each in owners:
            done += await self._fill(each, partial(_later, progress, done, total))
        return done

    async def _fill(self, owner: str, progress: Callable[[int], None]) -> int:
        """Index what an owner has waiting, round by round: one is put away while the next is embedded."""
        done, last = 0, 0
        putting: asyncio.Future[None] = asyncio.ensure_future(asyncio.sleep(0))
        try:
            while round := await self._round(owner, last, partial(_further, progress, done)):
                await putting
                putting = asyncio.ensure_future(self._put_away(round))
                done, last = done + len(round.numbers), round.numbers[-1]
        finally:
            await putting
        return done

    async def _round(self, owner: str, last: int, progress: Callable[[int], None]) -> _Round | None:
        """The next passages that wait, those after number ``last``, with their vectors."""
        async with self._turn:
            if await self._current(owner) is None:
                await self._switch(owner, await asyncio.to_thread(self._make), 0)
            pending = await self._pending(owner, "p.indexed = 0 AND p.number > :last", last=last)
            name = await self._current(owner)
            return await self._embedded(name, pending, progress) if pending and name else None

    async def _put_away(self, round: _Round) -> None:
        """Put passages into the index and note that; what was removed meanwhile is taken out again.

        Nothing is noted where another collection has taken the place of this one.
        """
        await asyncio.to_thread(self._index.put, round.collection, round.numbers, unpacked(round.vectors))
        await execute(
            self._engine,
            "UPDATE passages SET indexed = 1 WHERE number IN :numbers "
            "AND EXISTS (SELECT 1 FROM collections WHERE name = :name)",
            numbers=round.numbers,
            name=round.collection,
        )
        found = await rows(
            self._engine, "SELECT number FROM passages WHERE number IN :numbers", numbers=round.numbers
        )
        removed = set(round.numbers) - {row.number for row in found}
        await asyncio.to_thread(self._index.delete, round.collection, removed)

    async def rebuild(self, progress: Progress = unseen) -> int:
        """Build every collection anew; the old ones answer until the new one is whole. Returns passages."""
        await self._vectorized.forget_other_sizes()
        done = 0
        total = await self._value("SELECT count(*) FROM passages")
        for owner in await self._owners():
            new, last = await asyncio.to_thread(self._make), 0
            while pending := await self._pending(owner, "p.number > :last", last=last):
                round = await self._embedded(new, pending, partial(_later, progress, done, total))
                await asyncio.to_thread(self._index.put, new, round.numbers, unpacked(round.vectors))
                last = pending[-1].number
                done += len(pending)
            async with self._turn:
                await self._switch(owner, new, last)
        wanted = {row.name for row in await rows(self._engine, "SELECT name FROM collections")}
        await asyncio.to_thread(self._tidy, wanted)
        return done

    async def forget(self, owner: str, numbers: Sequence[int]) -> None:
        """Take passages that no longer exist out of the index, or leave that to the next start's check."""
        try:
            if numbers and (name := await self._current(owner)):
                await asyncio.to_thread(self._index.delete, name, numbers)
        except IndexFault as fault:
            _log.warning("index.behind", passages=len(numbers), reason=str(fault))

    async def drop(self, owner: str) -> None:
        """Delete an owner's collection, or leave that to the next `reindex`."""
        found = await self._first("SELECT name FROM collections WHERE owner = :owner", owner=owner)
        self._sound_ones.pop(owner, None)
        await execute(self._engine, "DELETE FROM collections WHERE owner = :owner", owner=owner)
        try:
            if found:
                await asyncio.to_thread(self._index.drop, str(found.name))
        except IndexFault as fault:
            _log.warning("index.behind", reason=str(fault))

    async def check(self) -> None:
        """Ask every owner's collection a question whose answer is known, and mend what does not answer."""
        for owner in await self._owners():
            await self._current(owner)

    async def _current(self, owner: str) -> str | None:
        """The name of an owner's collection if it is sound and of this model; looked at once a process."""
        if name := self._sound_ones.get(owner):
            return name
        row = await self._first("SELECT name, model FROM collections WHERE owner = :owner", owner=owner)
        if row is None:
            return None
        if row.model != self._model.id:
            _log.warning("index.model_changed", collection=row.name, was=row.model, now=self._model.id)
            return None
        async with self._looking:  # whoever would fill a collection waits until it was looked at
            if owner not in self._sound_ones and not await self._sound(owner, row.name):
                _log.warning("index.unsound", collection=row.name)
                await execute(self._engine, "DELETE FROM collections WHERE owner = :owner", owner=owner)
                return None
            self._sound_ones[owner] = str(row.name)
        return self._sound_ones[owner]

    async def _sound(self, owner: str, name: str) -> bool:
        """Whether a collection is there and answers; passages it lacks are marked, strangers taken out."""
        if name not in await asyncio.to_thread(self._index.names):
            return False
        expected = await self._value(_COUNT + "AND p.indexed = 1", owner=owner)
        if await asyncio.to_thread(self._index.count, name) != expected:
            await self._reconcile(owner, name)
        known = await self._first(
            "SELECT p.number, v.vector FROM passages p JOIN documents d ON d.number = p.document "
            "JOIN vectors v ON v.digest = p.digest AND v.model = :model "
            "WHERE d.owner = :owner AND p.indexed = 1 ORDER BY p.number DESC LIMIT 1",
            owner=owner,
            model=self._model.id,
        )
        return known is None or await asyncio.to_thread(
            self._index.answers, name, known.number, unpacked([known.vector])[0]
        )

    async def _reconcile(self, owner: str, name: str) -> None:
        held = await asyncio.to_thread(self._index.numbers, name)
        found = await rows(
            self._engine,
            "SELECT p.number FROM passages p JOIN documents d ON d.number = p.document "
            "WHERE d.owner = :owner AND p.indexed = 1",
            owner=owner,
        )
        expected = {row.number for row in found}
        _log.warning(
            "index.reconciled", collection=name, strays=len(held - expected), lost=len(expected - held)
        )
        await asyncio.to_thread(self._index.delete, name, held - expected)
        await execute(
            self._engine,
            "UPDATE passages SET indexed = 0 WHERE number IN :numbers",
            numbers=list(expected - held),
        )

    def _make(self) -> str:
        name = f"footnote-{secrets.token_hex(8)}"  # it does not tell whose it is
        self._index.make(name)
        return name

    async def _switch(self, owner: str, name: str, last: int) -> None:
        """Let ``name``, which holds the passages up to number ``last``, answer for an owner from now on."""
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO collections VALUES (:owner, :name, :model) "
                    "ON CONFLICT (owner) DO UPDATE SET name = excluded.name, model = excluded.model"
                ),
                {"owner": owner, "name": name, "model": self._model.id},
            )
            await connection.execute(
                text(
                    "UPDATE passages SET indexed = (number <= :last) "
                    "WHERE document IN (SELECT number FROM documents WHERE owner = :owner)"
                ),
                {"owner": owner, "last": last},
            )
        self._sound_ones.pop(owner, None)

    def _tidy(self, wanted: set[str]) -> None:
        for name in self._index.names() - wanted:
            if name.startswith("footnote-"):
                self._index.drop(name)

    async def _embedded(
        self, collection: str, pending: Sequence[_Pending], progress: Callable[[int], None]
    ) -> _Round:
        known = await self._vectorized.of({each.digest: each.content for each in pending}, progress)
        return _Round(collection, [each.number for each in pending], [known[each.digest] for each in pending])

    async def _pending(self, owner: str, condition: str, **values: object) -> list[_Pending]:
        found = await rows(
            self._engine,
            "SELECT p.number, p.digest, d.title, p.text "
            "FROM passages p JOIN documents d ON d.number = p.document "
            f"WHERE d.owner = :owner AND {condition} ORDER BY p.number LIMIT {_AT_ONCE}",
            owner=owner,
            **values,
        )
        return [_Pending(row.number, row.digest, embedded(row.title, row.text)) for row in found]

    async def _owners(self) -> list[str]:
        return [
            row.owner
            for row in await rows(self._engine, "SELECT DISTINCT owner FROM documents ORDER BY owner")
        ]

    async def _first(self, query: str, **values: Any) -> Row[Any] | None:
        found = await rows(self._engine, query, **values)
        return found[0] if found else None

    async def _value(self, query: str, **values: Any) -> Any:
        return (await rows(self._engine, query, **values))[0][0]


def _further(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)


def _later(progress: Progress, before: int, total: int, done: int) -> None:
    """Report the progress of one round within all of them."""
    progress(before + done, total)
