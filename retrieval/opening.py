"""Takes the data folder for this process and opens its index, when something first needs them.

Knows nothing of questions, or of what is stored and why.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.cutting import renew_words
from retrieval.embeddings import EmbeddingModel
from retrieval.index import Index, lock
from retrieval.indexing import Indexer
from retrieval.search import Search


@dataclass(frozen=True, slots=True)
class Opened:
    """What is opened only when something is searched or changed, because it takes seconds."""

    held: FileLock
    index: Index
    indexer: Indexer
    search: Search


class Opening:
    """The index of one data folder, opened once by whoever asks first."""

    def __init__(
        self,
        folder: Path,
        engine: AsyncEngine,
        writing: Engine,
        model: EmbeddingModel,
        chroma_url: str | None,
    ) -> None:
        self._folder = folder
        self._engine = engine
        self._writing = writing
        self._model = model
        self._chroma_url = chroma_url
        self._turn = asyncio.Lock()
        self._opened: Opened | None = None

    async def ready(self) -> Opened:
        """What is open. Raises LibraryBusy when another process has the folder, IndexFault as Index does."""
        async with self._turn:
            if self._opened is None:
                self._opened = await self._open()
            return self._opened

    async def close(self) -> None:
        """Let go of the index and the folder."""
        if self._opened:
            self._opened.search.close()
            await asyncio.to_thread(self._opened.index.close)
            self._opened.held.release()
            self._opened = None

    async def _open(self) -> Opened:
        held = lock(self._folder)
        try:
            index = await asyncio.to_thread(Index, self._folder / "chroma", self._chroma_url)
        except BaseException:
            held.release()
            raise
        await asyncio.to_thread(renew_words, self._writing)
        indexer = Indexer(self._engine, index, self._model)
        return Opened(held, index, indexer, Search(self._engine, index, indexer, self._model))
