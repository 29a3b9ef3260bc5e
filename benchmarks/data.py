"""Reads a data set: a folder with corpus.jsonl and queries*.jsonl. Knows nothing of systems or measures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.passages import split

NEWS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "news"


@dataclass(frozen=True, slots=True)
class Article:
    """One row of a corpus; ``published`` is a day in ISO form, or empty."""

    id: str
    title: str
    text: str
    url: str
    published: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the documents that answer it, and the last day whose documents may be read."""

    set: str
    question: str
    relevant: tuple[str, ...]
    until: date | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as Footnote stored it, with its vector."""

    document: str
    title: str
    text: str
    url: str
    published: str
    vector: NDArray[np.float32]


def articles(corpus: Path, passages: int | None = None) -> list[Article]:
    """The articles of a corpus, from the first on until they make ``passages`` passages."""
    found: list[Article] = []
    made = 0
    for row in _rows(corpus):
        article = Article(
            row["id"],
            row.get("title") or "",
            row["text"],
            row.get("url") or "",
            (row.get("published") or "")[:10],
        )
        found.append(article)
        made += len(split(article.text)) if passages else 0
        if passages and made >= passages:
            break
    return found


def questions(folder: Path, held: set[str]) -> list[Asked]:
    """Every question of a folder that a held document answers; as of the day after it was asked."""
    found = []
    for file in sorted(folder.glob("queries*.jsonl")):
        for row in _rows(file):
            relevant = tuple(id for id in row["relevant"] if id in held)
            asked = row.get("asked")
            until = date.fromisoformat(asked) + timedelta(days=1) if asked else None
            if relevant:
                found.append(Asked(file.stem, row["question"], relevant, until))
    return found


def stored(library: Path) -> Iterator[Stored]:
    """The passages and vectors in Footnote's data folder, in the order they were stored."""
    connection = sqlite3.connect(f"file:{library / 'footnote.sqlite'}?mode=ro", uri=True)
    try:
        found = connection.execute(
            "SELECT d.id, d.title, p.text, coalesce(d.url, ''), coalesce(d.published, ''), v.vector "
            "FROM passages p JOIN documents d ON d.number = p.document JOIN vectors v ON v.digest = p.digest "
            "ORDER BY p.number"
        )
        for id, title, text, url, published, vector in found:
            numbers = np.frombuffer(vector, np.float16).astype(np.float32)
            yield Stored(id, title, text, url, published[:10], numbers)
    finally:
        connection.close()


def day_number(day: date | str | None) -> int:
    """A day as a number that compares; 0 for no day, which is never too late."""
    return int(str(day).replace("-", "")) if day else 0


def write_corpus(file: Path, chosen: Sequence[Article]) -> None:
    """Write articles as a corpus that :func:`articles` and Footnote read."""
    with file.open("w", encoding="utf-8") as out:
        for each in chosen:
            row = {name: getattr(each, name) for name in Article.__slots__ if getattr(each, name)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
