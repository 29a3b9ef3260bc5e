"""The one object the bot and the commands hold: add, search, ask, show and remove documents.

Knows nothing of Telegram, terminals or settings.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import database, documents, forgetting, indexing, saving
from retrieval.copies import schema as copies
from retrieval.copies.versions import Version, versions
from retrieval.cutting import renew_words
from retrieval.documents import Arrivals, Documents, Holdings
from retrieval.embeddings import EmbeddingModel, LocalMiniLM, MultilingualE5
from retrieval.errors import NotFound, Unreadable
from retrieval.gate.support_meaning import Reader
from retrieval.indexing import Progress, unseen
from retrieval.opening import Opening
from retrieval.saving import Saved
from retrieval.search import Found
from retrieval.stories.belonging import told_together
from retrieval.types import SHARED, Answer, Document, Draft, Exchange, Hit, Passage, Scope
from retrieval.writing import Asking, Means, Writer, answering, further

Clock = Callable[[], datetime]

_DECISIONS = ("CREATE TABLE decisions (name TEXT PRIMARY KEY)",)
_SAVED_AT_ONCE = 32  # documents of one transaction
_READ = 24  # hits an answer is made from

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the documents that were to be added.

    ``unreadable`` holds a sentence for each that could not be read; ``passages`` counts the new ones.
    ``documents`` holds what each readable draft is now, in their order.
    """

    added: tuple[Document, ...] = ()
    replaced: tuple[Document, ...] = ()
    unchanged: tuple[Document, ...] = ()
    unreadable: tuple[str, ...] = ()
    passages: int = 0
    documents: tuple[Document, ...] = ()


@asynccontextmanager
async def open_library(
    folder: Path,
    model: EmbeddingModel,
    *,
    chroma_url: str | None = None,
    writer: Writer | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> AsyncIterator[Library]:
    """The library in a data folder, made on first use, and let go of at the end.

    ``chroma_url`` names a Chroma server to use in place of the folder's own index. ``writer`` writes the
    answers; without one they are the sources' own sentences. ``clock`` tells the time in UTC. The folder is
    taken for this process when something is first searched or changed.
    """
    engine = database.connect(folder / "footnote.sqlite")
    library = Library(folder, engine, model, chroma_url, writer, clock)
    try:
        await database.apply(engine, "documents", documents.SCHEMA)
        await database.apply(engine, "copies", copies.SCHEMA)
        await database.apply(engine, "index", indexing.SCHEMA)
        await database.apply(engine, "decisions", _DECISIONS)
        yield library
    finally:
        await library.close()
        await engine.dispose()


class Library:
    """Documents, their index and the questions put to them, in one data folder."""

    def __init__(
        self,
        folder: Path,
        engine: AsyncEngine,
        model: EmbeddingModel,
        chroma_url: str | None,
        writer: Writer | None,
        clock: Clock,
    ) -> None:
        """Made by :func:`open_library`."""
        self.engine = engine
        self._model = model
        self._writer = writer
        self._clock = clock
        self._documents = Documents(engine)
        self._writing = database.writing(engine)
        self._index = Opening(folder, engine, self._writing, model, chroma_url)

    @property
    def model(self) -> EmbeddingModel:
        """What its passages are embedded with."""
        return self._model

    @property
    def writer(self) -> Writer | None:
        """What writes its answers; None where they are the sources' own sentences."""
        return self._writer

    async def prepare(self) -> None:
        """Take the folder for this process and open the index, as other calls do when they need it.

        Raises LibraryBusy when another process has the folder, IndexFault when the index does not open.
        """
        await self._index.ready()

    async def check(self) -> None:
        """Ask the index questions whose answers are known; what does not answer is built anew by ``fill``."""
        await (await self._index.ready()).indexer.check()

    async def add(
        self,
        drafts: Iterable[Draft | Unreadable],
        owner: str = SHARED,
        *,
        reading: Callable[[int], None] = lambda count: None,
        progress: Progress = unseen,
    ) -> AddReport:
        """Store documents for an owner and index them; those that could not be read are reported.

        ``drafts`` may block while it reads. ``reading`` is told how many were dealt with, ``progress`` how
        many passages were indexed. What was stored when a process died is indexed by the next.
        """
        await self._index.ready()
        iterator = iter(drafts)
        saved: list[Saved] = []
        unreadable: list[str] = []
        while some := await asyncio.to_thread(lambda: list(islice(iterator, _SAVED_AT_ONCE))):
            unreadable += [str(each) for each in some if isinstance(each, Unreadable)]
            good = [each for each in some if isinstance(each, Draft)]
            saved += await self._save(good, owner)
            reading(len(saved) + len(unreadable))
        await self.fill(progress, owner)
        report = AddReport(
            added=tuple(each.document for each in saved if each.outcome == "added"),
            replaced=tuple(each.document for each in saved if each.outcome == "replaced"),
            unchanged=tuple(each.document for each in saved if each.outcome == "unchanged"),
            unreadable=tuple(unreadable),
            passages=sum(each.passages for each in saved),
            documents=tuple(each.document for each in saved),
        )
        _log.info(
            "library.added",
            added=len(report.added),
            replaced=len(report.replaced),
            unchanged=len(report.unchanged),
            unreadable=len(report.unreadable),
        )
        return report

    async def _save(self, drafts: Sequence[Draft], owner: str) -> list[Saved]:
        indexer = (await self._index.ready()).indexer
        saved = await asyncio.to_thread(saving.save, self._writing, drafts, owner, self._clock())
        await indexer.forget(owner, [number for each in saved for number in each.gone])
        return saved

    async def fill(self, progress: Progress = unseen, owner: str | None = None) -> int:
        """Index what is stored but not yet indexed, of one owner or of all; returns the passages."""
        return await (await self._index.ready()).indexer.fill(owner, progress)

    async def reindex(self, progress: Progress = unseen) -> int:
        """Build both indexes anew from the database while the old ones answer; returns the passages."""
        indexer = (await self._index.ready()).indexer
        await asyncio.to_thread(renew_words, self._writing, all_of_them=True)
        return await indexer.rebuild(progress)

    async def search(
        self, question: str, scope: Scope, *, k: int = 10, as_of: date | None = None
    ) -> list[Hit]:
        """The best ``k`` passages for a question, best first; ``as_of`` hides what was published later."""
        return list((await self._find(question, scope, k, as_of)).hits)

    async def ask(
        self,
        question: str,
        scope: Scope,
        *,
        as_of: date | None = None,
        asker: str = SHARED,
        history: Sequence[Exchange] = (),
        about: Sequence[int] = (),
    ) -> Answer:
        """What the documents in scope say to a question, each statement cited, or that they don't say.

        Parameters as in :meth:`answering`.
        """
        growing = self.answering(question, scope, as_of=as_of, asker=asker, history=history, about=about)
        return [answer async for answer in growing][-1]

    async def answering(
        self,
        question: str,
        scope: Scope,
        *,
        as_of: date | None = None,
        asker: str = SHARED,
        history: Sequence[Exchange] = (),
        about: Sequence[int] = (),
    ) -> AsyncGenerator[Answer, None]:
        """The answer as it grows, statement by checked statement; the last one is complete.

        ``asker`` is whose budget a model is paid from. ``history`` is the conversation so far, oldest first.
        ``about`` are the numbers of passages that the question is about, which are looked at first.
        Closing the iterator ends a model's work.
        """
        today = as_of or self._clock().date()
        asking = Asking(question, scope, today, asker, tuple(history), await self._passages(about, scope))
        growing = answering(
            asking, lambda words: self._find(words, scope, _READ, as_of), self._writer, self.means
        )
        async with aclosing(growing) as answers:
            async for answer in answers:
                yield answer

    async def further(self, matter: str, documents: Iterable[int], scope: Scope) -> tuple[str, ...]:
        """What could be asked next of a matter that these documents tell of: what other stories say of it."""
        known = await told_together(self.engine, documents)
        today = self._clock().date()
        return await further(matter, known, lambda words: self._find(words, scope, _READ, None), today)

    async def _passages(self, numbers: Iterable[int], scope: Scope) -> tuple[Passage, ...]:
        """The passages of these numbers that are still held and in scope."""
        found = []
        for number in numbers:
            try:
                found.append(await self._documents.passage(number, scope))
            except NotFound:
                continue
        return tuple(found)

    @cached_property
    def means(self) -> Means:
        """What the embedding model lends to the checks: they know the scores of these two."""
        model = self._model
        similar = self._likeness if isinstance(model, MultilingualE5) else None
        return Means(similar, Reader(model) if isinstance(model, LocalMiniLM) else None)

    def _likeness(self, one: str, other: str) -> float:
        """How alike two texts are in meaning, as the cosine of their vectors."""
        return float(self._model.question(one) @ self._model.question(other))

    async def _find(self, question: str, scope: Scope, k: int, as_of: date | None) -> Found:
        search = (await self._index.ready()).search
        return await search.find(question, scope, k=k, now=self._clock(), as_of=as_of)

    async def arrivals(self, scope: Scope, moment: datetime | None = None) -> Arrivals:
        """How many documents a scope holds, and when they last came or changed, also before a moment."""
        return await self._documents.arrivals(scope, moment)

    async def holdings(self, scope: Scope) -> Holdings:
        """Count what a scope holds."""
        return await self._documents.holdings(scope)

    async def documents(self, scope: Scope, *, limit: int | None = None, offset: int = 0) -> list[Document]:
        """The documents of a scope, newest first, undated ones last."""
        return await self._documents.listed(scope, limit, offset)

    async def show(self, id: str, scope: Scope) -> tuple[Document, str]:
        """A document and its stored text, by the id people see. Raises NotFound."""
        return await self._documents.named(id, scope)

    async def document(self, number: int, scope: Scope) -> Document:
        """A document by its number. Raises NotFound, also where its owner is out of scope."""
        return await self._documents.numbered(number, scope)

    async def passage(self, number: int, scope: Scope) -> Passage:
        """A passage by its number, as it was cited; ``replaced`` is set where its source has changed since.

        Raises NotFound, also where its owner is out of scope.
        """
        return await self._documents.cited(number, scope)

    async def versions(self, document: Document) -> list[Version]:
        """What a document said before it changed, as far as that is kept; newest first."""
        return await versions(self.engine, document.number)

    async def siblings(self, document: Document, scope: Scope) -> list[Document]:
        """The other documents of a scope whose text is nearly the same, the earliest first."""
        return await self._documents.copies(document, scope)

    async def remove(self, number: int, owner: str) -> Document:
        """Erase a document with everything derived from it. Raises NotFound unless this owner has it."""
        indexer = (await self._index.ready()).indexer
        removed = await asyncio.to_thread(saving.remove, self._writing, number, owner)
        await indexer.forget(owner, removed.gone)
        _log.info("library.removed", document=number)
        return removed.document

    async def forget(self, owner: str) -> None:
        """Erase all that is kept of an owner: documents, sources, stories, what was written of them."""
        indexer = (await self._index.ready()).indexer
        await asyncio.to_thread(forgetting.forget_sources, self._writing, owner)
        await indexer.drop(owner)
        while await asyncio.to_thread(saving.remove_some, self._writing, owner, _SAVED_AT_ONCE):
            pass
        await asyncio.to_thread(forgetting.forget, self._writing, owner)
        _log.info("library.forgotten")

    async def wants_sample(self) -> bool:
        """Whether the library is empty, of anybody's documents, and the sample was never declined."""
        held = await database.rows(
            self.engine,
            "SELECT 1 FROM documents UNION ALL SELECT 1 FROM decisions WHERE name = 'no sample' LIMIT 1",
        )
        return not held

    async def decline_sample(self) -> None:
        """Remember that the sample library is not wanted."""
        await database.execute(self.engine, "INSERT OR IGNORE INTO decisions VALUES ('no sample')")

    async def remove_samples(self) -> int:
        """Erase the sample library, for good; returns how many documents it held."""
        await self.decline_sample()
        samples = await self._documents.samples()
        for document in samples:
            await self.remove(document.number, document.owner)
        return len(samples)

    async def close(self) -> None:
        """Let go of the index and the folder."""
        await self._index.close()
        self._writing.dispose()
