"""Finds the passages that answer a question: by meaning and by words, then ranked together.

Knows nothing of how answers are written or shown.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import keywords, questions
from retrieval.database import blocking
from retrieval.documents import Extent, extent, passages
from retrieval.embeddings import EmbeddingModel, Vectors
from retrieval.errors import IndexFault, ModelFault
from retrieval.index import Index
from retrieval.indexing import Indexer
from retrieval.ranking import Ranking, prune
from retrieval.types import Hit, Passage, Scope, end_of
from retrieval.variety import Candidate, Ranked

_WORDED, _NEAR = 60, 40  # candidates by words and by meaning, from each owner in scope
_WIDER = 8  # times as many by meaning, where most are hidden because they were published later
_PATIENCE = 20  # seconds for a question's vector; then words alone must do

_log = structlog.get_logger()


_Similar = dict[str, dict[int, float]]  # owner → passage number → cosine


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brings home: hits, best first, and how common the question's terms are.

    ``frequencies`` counts the passages that hold each term, of ``extent.passages`` in all.
    """

    hits: tuple[Hit, ...]
    frequencies: Mapping[str, int]
    extent: Extent


class Search:
    """Questions to one library, over one index and one embedding model."""

    def __init__(self, engine: AsyncEngine, index: Index, indexer: Indexer, model: EmbeddingModel) -> None:
        self._engine = blocking(engine)
        self._index = index
        self._indexer = indexer
        self._model = model
        # threads of its own: those that many kinds of work share come to each search with cold caches
        self._words = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="words")
        self._meaning = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="meaning")

    def close(self) -> None:
        """Let go of the threads and the database's file."""
        self._words.shutdown()
        self._meaning.shutdown()
        self._engine.dispose()

    async def find(
        self, question: str, scope: Scope, *, k: int, now: datetime, as_of: date | None = None
    ) -> Found:
        """The best ``k`` passages of a scope; ``as_of`` a day hides what was published after it.

        Where the index or the embedding model fails, words alone answer, and the log says so.
        """
        try:
            collections = await self._indexer.collections(scope.owners)
        except IndexFault as fault:
            collections = {}
            _log.warning("search.words_only", reason=str(fault))
        work = partial(self._find, question, scope, collections, k, now, as_of)
        return await asyncio.get_running_loop().run_in_executor(self._words, work)

    def _find(
        self,
        question: str,
        scope: Scope,
        collections: Mapping[str, str],
        k: int,
        now: datetime,
        as_of: date | None,
    ) -> Found:
        until = end_of(as_of) if as_of else None
        meaning = self._meaning.submit(self._by_meaning, question, collections)
        with self._engine.connect() as connection:
            seen = extent(connection, scope, until or now)
            asked = questions.understand(question, seen.publishers)
            frequencies, worded = _by_words(connection, scope, asked, until)
            ranking = Ranking(asked, frequencies, seen.passages)
            ranking.weigh(_candidates(connection, worded, until, now))
            vector, similar = self._waited(meaning)
            ranking.weigh(_candidates(connection, _without(similar, ranking.weighed), until, now))
            if vector is not None and _mostly_hidden(similar, ranking.weighed):
                similar = self._nearest(collections, vector, _NEAR * _WIDER)
                ranking.weigh(_candidates(connection, _without(similar, ranking.weighed), until, now))
            cosines = {number: cosine for found in similar.values() for number, cosine in found.items()}
            ranked = ranking.best(cosines, as_of=until or now, k=k)
            numbers = [number for each in ranked for number in (each.number, *each.siblings)]
            shown = {each.number: each for each in passages(connection, numbers, scope)}
        hits = tuple(_hit(each, shown, cosines) for each in ranked if each.number in shown)
        return Found(hits, frequencies, seen)

    def _by_meaning(self, question: str, collections: Mapping[str, str]) -> tuple[Vectors | None, _Similar]:
        """The question's vector, and what is nearest to it in each owner's collection."""
        if not collections:
            return None, {}
        vector = self._model.question(question)
        return vector, self._nearest(collections, vector, _NEAR)

    def _nearest(self, collections: Mapping[str, str], vector: Vectors, limit: int) -> _Similar:
        return {owner: dict(self._index.nearest(name, vector, limit)) for owner, name in collections.items()}

    def _waited(self, meaning: Future[tuple[Vectors | None, _Similar]]) -> tuple[Vectors | None, _Similar]:
        try:
            return meaning.result(_PATIENCE)
        except (IndexFault, ModelFault, TimeoutError) as fault:
            _log.warning("search.words_only", reason=str(fault) or "the embedding model takes too long")
            return None, {}


def _by_words(
    connection: Connection, scope: Scope, asked: questions.Question, until: datetime | None
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """How many passages of the scope hold each term, and the best of each owner that hold them."""
    summed: dict[str, int] = dict.fromkeys(asked.terms, 0)
    found: dict[str, list[int]] = {}
    moment = until.astimezone(UTC).isoformat() if until else None
    for owner in scope.owners:
        counts = keywords.frequencies(connection, owner, asked.terms)
        for term, count in counts.items():
            summed[term] += count
        found[owner] = keywords.find(connection, owner, prune(counts), _WORDED, moment)
    return summed, found


def _candidates(
    connection: Connection, numbers: Mapping[str, Iterable[int]], until: datetime | None, now: datetime
) -> Iterator[Candidate]:
    """What ranking needs of each owner's passages, those left out that were published after ``until``."""
    moment = until.astimezone(UTC).isoformat() if until else None
    for owner, wanted in numbers.items():
        for each in keywords.stored(connection, owner, list(wanted)):
            if moment is None or each.published is None or each.published <= moment:
                # a date in the future is somebody's mistake, and no reason to hide or to prefer a document
                published = (
                    min(datetime.fromisoformat(each.published), until or now) if each.published else None
                )
                told = (each.number, each.document, each.title, each.body)
                yield Candidate(*told, published, each.publisher, group=each.group)


def _without(similar: _Similar, known: Collection[int]) -> dict[str, list[int]]:
    return {owner: [number for number in found if number not in known] for owner, found in similar.items()}


def _mostly_hidden(similar: _Similar, visible: Collection[int]) -> bool:
    """Whether most of what is near was published too late to be seen."""
    found = [number for each in similar.values() for number in each]
    return sum(number in visible for number in found) < len(found) / 2


def _hit(ranked: Ranked, found: Mapping[int, Passage], similar: Mapping[int, float]) -> Hit:
    siblings: Sequence[Passage] = [found[number] for number in ranked.siblings]
    return Hit(found[ranked.number], ranked.score, similar.get(ranked.number), tuple(siblings))
