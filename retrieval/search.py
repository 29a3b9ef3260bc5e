"""Finds the passages that answer a question: by meaning and by words, then ranked together.

Knows nothing of how answers are written or shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import keywords, questions, ranking
from retrieval.database import blocking
from retrieval.documents import Extent, extent, passages
from retrieval.embeddings import EmbeddingModel, Vectors
from retrieval.index import Index
from retrieval.indexing import Indexer
from retrieval.types import Hit, Passage, Scope, end_of

_EACH = 100  # candidates by words and by meaning, from each owner in scope
_WIDER = 8  # times as many by meaning, where most are hidden because they were published later


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
        self._embedding = ThreadPoolExecutor(thread_name_prefix="question")

    def close(self) -> None:
        """Let go of the threads and the database's file."""
        self._embedding.shutdown()
        self._engine.dispose()

    async def find(
        self, question: str, scope: Scope, *, k: int, now: datetime, as_of: date | None = None
    ) -> Found:
        """The best ``k`` passages of a scope; ``as_of`` a day hides what was published after it."""
        collections = await self._indexer.collections(scope.owners)
        return await asyncio.to_thread(self._find, question, scope, collections, k, now, as_of)

    def _find(
        self,
        question: str,
        scope: Scope,
        collections: Mapping[str, str],
        k: int,
        now: datetime,
        as_of: date | None,
    ) -> Found:
        moment = end_of(as_of) if as_of else now
        vector = self._embedding.submit(self._model.question, question) if collections else None
        with self._engine.connect() as connection:
            seen = extent(connection, scope, moment)
            asked = questions.understand(question, seen.publishers)
            frequencies, worded = _by_words(connection, scope, asked, end_of(as_of) if as_of else None)
            similar = self._by_meaning(collections, vector.result(), _EACH) if vector else {}
            candidates = _visible(connection, [*similar, *worded], scope, as_of)
            if vector and as_of and len(candidates) < min(_EACH // 2, len(similar)):
                similar = self._by_meaning(collections, vector.result(), _EACH * _WIDER)
                candidates = _visible(connection, [*similar, *worded], scope, as_of)
            words = _words(connection, candidates.values())
        ranked = ranking.rank(
            asked,
            [_candidate(each, words[each.number], similar, moment) for each in candidates.values()],
            frequencies,
            seen.passages,
            as_of=moment,
            k=k,
        )
        return Found(tuple(_hit(each, candidates, similar) for each in ranked), frequencies, seen)

    def _by_meaning(self, collections: Mapping[str, str], vector: Vectors, limit: int) -> dict[int, float]:
        """The passages nearest to the question in each collection, with their cosines."""
        return {
            number: cosine
            for name in collections.values()
            for number, cosine in self._index.nearest(name, vector, limit)
        }


def _by_words(
    connection: Connection, scope: Scope, asked: questions.Question, until: datetime | None
) -> tuple[dict[str, int], list[int]]:
    """How many passages of the scope hold each term, and the passages that hold them best."""
    summed: dict[str, int] = dict.fromkeys(asked.terms, 0)
    found: list[int] = []
    for owner in scope.owners:
        counts = keywords.frequencies(connection, owner, asked.terms)
        for term, count in counts.items():
            summed[term] += count
        moment = until.astimezone(UTC).isoformat() if until else None
        found += keywords.find(connection, owner, ranking.prune(counts), _EACH, moment)
    return summed, found


def _visible(
    connection: Connection, numbers: Iterable[int], scope: Scope, as_of: date | None
) -> dict[int, Passage]:
    """The passages of these numbers that are in scope and were published by the end of ``as_of``."""
    found = passages(connection, set(numbers), scope)
    return {
        each.number: each
        for each in found
        if as_of is None or each.document.published is None or each.document.published <= end_of(as_of)
    }


def _words(connection: Connection, found: Iterable[Passage]) -> dict[int, keywords.Words]:
    by_owner: dict[str, list[int]] = {}
    for each in found:
        by_owner.setdefault(each.document.owner, []).append(each.number)
    return {
        number: words
        for owner, numbers in by_owner.items()
        for number, words in keywords.stored(connection, owner, numbers).items()
    }


def _candidate(
    passage: Passage, words: keywords.Words, similar: Mapping[int, float], now: datetime
) -> ranking.Candidate:
    document = passage.document
    # a date in the future is somebody's mistake, and no reason to hide or to prefer a document
    published = min(document.published, now) if document.published else None
    return ranking.Candidate(
        passage.number,
        document.number,
        words.title,
        words.body,
        published,
        document.publisher,
        similar.get(passage.number),
    )


def _hit(ranked: ranking.Ranked, found: Mapping[int, Passage], similar: Mapping[int, float]) -> Hit:
    siblings: Sequence[Passage] = [found[number] for number in ranked.siblings]
    return Hit(found[ranked.number], ranked.score, similar.get(ranked.number), tuple(siblings))
