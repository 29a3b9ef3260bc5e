"""Plain BM25 (bm25s) over the passages that Footnote stored, with their titles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer

from benchmarks.data import Article, day_number, stored


class BM25:
    """English stems without stop words, bm25s's own parameters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stemmer = Stemmer.Stemmer("english")

    def fill(self, articles: Sequence[Article]) -> int:
        """Index the passages that Footnote made of the articles."""
        about, texts = [], []
        for each in stored(self._folder.parent / "footnote"):
            about.append((each.document, day_number(each.published)))
            texts.append(f"{each.title}\n{each.text}")
        index = bm25s.BM25()
        index.index(self._tokens(texts), show_progress=False)
        index.save(str(self._folder / "bm25"))
        (self._folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        return len(texts)

    def open(self) -> None:
        """Load the index."""
        about = json.loads((self._folder / "about.json").read_text(encoding="utf-8"))
        self._ids = [id for id, _ in about]
        self._days = np.array([day for _, day in about])
        self._index = bm25s.BM25.load(str(self._folder / "bm25"))

    def search(self, question: str, k: int, until: date | None = None) -> list[str]:
        """The documents of the passages that say most of the question's rare words."""
        seen = self._days <= day_number(until) if until else None
        found, _ = self._index.retrieve(
            self._tokens([question]), k=min(k, len(self._ids)), show_progress=False, weight_mask=seen
        )
        return [self._ids[place] for place in found[0] if seen is None or seen[place]]

    def close(self) -> None:
        """It has nothing to let go of."""

    def _tokens(self, texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)


def make(folder: Path) -> BM25:
    """Plain BM25 in a folder beside Footnote's."""
    return BM25(folder)
