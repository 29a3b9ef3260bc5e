"""Footnote itself, through the library that the bot holds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

from benchmarks.data import Article, write_corpus
from retrieval.corpus import read_corpus
from retrieval.embeddings import EmbeddingModel, LocalMiniLM
from retrieval.library import Library, open_library
from retrieval.types import Scope


class Footnote:
    """One library in one folder, its asynchronous calls made one at a time."""

    def __init__(self, folder: Path, model: EmbeddingModel) -> None:
        self._folder = folder
        self._model = model
        self._loop = asyncio.Runner()
        self._held = AsyncExitStack()
        self._library: Library | None = None

    def fill(self, articles: Sequence[Article]) -> int:
        """Add the articles as a corpus; those that are known already make no passages."""
        corpus = self._folder / "corpus.jsonl"
        write_corpus(corpus, articles)
        return self.add(corpus)

    def add(self, corpus: Path) -> int:
        """Add a corpus from its file."""
        self.open()
        assert self._library
        return self._loop.run(self._library.add(read_corpus(corpus))).passages

    def open(self) -> None:
        """Open the library and its index."""
        if self._library is None:
            opening = self._held.enter_async_context(open_library(self._folder, self._model))
            self._library = self._loop.run(opening)
            self._loop.run(self._library.prepare())

    def search(self, question: str, k: int, until: date | None = None) -> list[str]:
        """The documents of the hits, those of a hit's siblings behind its own."""
        assert self._library
        hits = self._loop.run(self._library.search(question, Scope(), k=k, as_of=until))
        return [passage.document.id for hit in hits for passage in (hit.passage, *hit.siblings)]

    def close(self) -> None:
        """Let go of the library."""
        self._loop.run(self._held.aclose())
        self._loop.close()


def make(folder: Path) -> Footnote:
    """Footnote with its default model, in a folder."""
    return Footnote(folder, LocalMiniLM())
