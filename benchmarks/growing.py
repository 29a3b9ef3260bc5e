"""Adds to or searches a growing library in a process of its own: `python -m benchmarks.growing ACTION …`.

Knows nothing of how the library is to grow.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings

from benchmarks.data import Asked, articles, questions, stored
from benchmarks.measured import folder_mb, memory, seconds, times
from benchmarks.recombine import Vectors, vector_of
from benchmarks.systems.footnote import Footnote
from benchmarks.worker import took
from retrieval.cutting import embedded
from retrieval.embeddings import LocalMiniLM
from retrieval.passages import sentences

_BATCH = 64
_PASSES = 2  # over all questions, when they are timed


class Prepared:
    """Real vectors for real passages, mixed ones for passages mixed of them; no model is run."""

    id = LocalMiniLM.id  # so that a question's real vector may be asked of the same collection

    def __init__(self, library: Path) -> None:
        self._known: dict[str, int] = {}
        self._sentences: dict[str, int] = {}
        vectors = []
        for row, each in enumerate(stored(library)):
            self._known[embedded(each.title, each.text)] = row
            for span in sentences(each.text):
                self._sentences.setdefault(each.text[span.start : span.end], row)
            vectors.append(each.vector)
        self._vectors: Vectors = np.stack(vectors)

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        """The vectors of texts. Raises LookupError for one that is made of nothing known."""
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            yield range(start, start + len(batch)), np.stack([self._vector(text) for text in batch])

    def question(self, text: str) -> Vectors:
        """The vector of a known text, which no question is."""
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        if (row := self._known.get(text)) is not None:
            exact: Vectors = self._vectors[row]
            return exact
        found = vector_of(text.partition("\n")[2], self._sentences, self._vectors)
        if found is None:
            raise LookupError(f"nothing of this passage is known: {text[:100]}")
        return found


def add(folder: Path, library: Path, corpus: Path) -> dict[str, Any]:
    """Add a corpus to the library in a folder, with vectors from another library."""
    made = Footnote(folder, Prepared(library))
    made.open()
    result = {"add_s": round(seconds(lambda: made.add(corpus)), 1), "peak_mb": memory()["peak_mb"]}
    made.close()
    return result | {"disk_mb": folder_mb(folder)}


def search(folder: Path, asked: Sequence[Asked]) -> dict[str, Any]:
    """Search the library in a folder with the real model, warm."""
    model = LocalMiniLM()
    made = Footnote(folder, model)
    made.open()
    shuffled = random.Random(7).sample(asked, len(asked))
    dated = [each for each in shuffled if each.until]
    took(made, shuffled)
    result = times("search", took(made, shuffled * _PASSES)) | {"rss_mb": memory()["rss_mb"]}
    took(made, dated, dated=True)
    result |= times("dated", took(made, dated * _PASSES, dated=True))
    made.close()
    return result | times("floor", _floor(folder, model, shuffled * _PASSES))


def _floor(folder: Path, model: LocalMiniLM, asked: Sequence[Asked]) -> list[float]:
    """The seconds to embed each question and ask Chroma once for the nearest ten."""
    client: Any = chromadb.PersistentClient(
        str(folder / "chroma"), settings=Settings(anonymized_telemetry=False)
    )
    (collection,) = client.list_collections()
    listed = []
    for each in asked:
        started = time.perf_counter()
        vector = model.question(each.question)[np.newaxis]
        collection.query(query_embeddings=vector, n_results=10, include=["distances"])
        listed.append(time.perf_counter() - started)
    client.close()
    return listed


def main() -> None:
    """``add FOLDER LIBRARY CORPUS RESULT`` or ``search FOLDER DATA RESULT``."""
    action, folder, *rest, out = sys.argv[1:]
    if action == "add":
        result = add(Path(folder), Path(rest[0]), Path(rest[1]))
    else:
        data = Path(rest[0])
        held = {each.id for each in articles(data / "corpus.jsonl")}
        result = search(Path(folder), questions(data, held))
    Path(out).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
