"""Libraries for tests: real Chroma, real SQLite, the real model or a quick one with a memory."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from retrieval.embeddings import EmbeddingModel, LocalMiniLM, Vectors
from retrieval.library import Library, open_library
from retrieval.terms import terms
from retrieval.types import Draft

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINILM = LocalMiniLM()


class WordModel:
    """Vectors of hashed words: quick, deterministic, and it remembers what it was asked to embed."""

    def __init__(self, id: str = "words", dimensions: int = 64) -> None:
        self.id = id
        self.embedded: list[str] = []
        self._dimensions = dimensions

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        for start in range(0, len(texts), 8):
            batch = texts[start : start + 8]
            self.embedded.extend(batch)
            yield range(start, start + len(batch)), np.stack([self.question(text) for text in batch])

    def question(self, text: str) -> Vectors:
        vector = np.full(self._dimensions, 0.01, dtype=np.float32)
        for term in terms(text):
            vector[int(hashlib.sha256(term.encode()).hexdigest(), 16) % self._dimensions] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


@asynccontextmanager
async def library_in(folder: Path, model: EmbeddingModel | None = None) -> AsyncIterator[Library]:
    """A library that is closed at the end; its clock stands still."""
    async with open_library(folder, model or WordModel(), clock=lambda: NOW) as library:
        yield library


def draft(key: str, text: str, *, title: str = "", **about: object) -> Draft:
    """A document as it is read from a file of this name."""
    return Draft(key=key, title=title or key, text=text, source=key, **about)  # type: ignore[arg-type]
