"""Plain Chroma over the vectors that Footnote stored: embed the question, ask once.

This is the least that any search by meaning costs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings

from benchmarks.data import Article, day_number, stored
from retrieval.embeddings import LocalMiniLM

_ROUND = 1_000  # vectors added at once


class Chroma:
    """One collection with the day of each passage beside its vector."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = LocalMiniLM()
        self._client: Any = chromadb.PersistentClient(
            str(folder / "chroma"), settings=Settings(anonymized_telemetry=False)
        )
        self._passages = self._client.get_or_create_collection(
            "passages", configuration={"hnsw": {"space": "ip"}}, embedding_function=None
        )

    def fill(self, articles: Sequence[Article]) -> int:
        """Put in the vectors of the passages that Footnote made of the articles."""
        held = stored(self._folder.parent / "footnote")
        ids: list[str] = []
        while some := list(islice(held, _ROUND)):
            self._passages.upsert(
                ids=[str(len(ids) + place) for place in range(len(some))],
                embeddings=np.stack([each.vector for each in some]),
                metadatas=[{"published": day_number(each.published)} for each in some],
            )
            ids += [each.document for each in some]
        (self._folder / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
        return len(ids)

    def open(self) -> None:
        """Load which document each passage is of."""
        self._ids = json.loads((self._folder / "ids.json").read_text(encoding="utf-8"))

    def search(self, question: str, k: int, until: date | None = None) -> list[str]:
        """The documents of the nearest passages."""
        seen: Any = {"published": {"$lte": day_number(until)}} if until else None
        found = self._passages.query(
            query_embeddings=self._model.question(question)[np.newaxis],
            n_results=k,
            where=seen,
            include=["distances"],
        )
        return [self._ids[int(id)] for id in found["ids"][0]]

    def close(self) -> None:
        """Let go of the folder's files."""
        self._client.close()


def make(folder: Path) -> Chroma:
    """Plain Chroma in a folder beside Footnote's."""
    return Chroma(folder)
