"""Fills a library with labelled stories, groups them in time order and judges that. Measures no times."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.copying import NOW, opened
from retrieval import database, saving, stories
from retrieval.cutting import embedded
from retrieval.documents import Documents
from retrieval.embeddings import EmbeddingModel
from retrieval.stories import Stories
from retrieval.types import SHARED, Draft, Scope
from retrieval.vectors import Vectorized

_OPENING = 3  # passages whose meaning counts; the others are not embedded here


@dataclass(frozen=True, slots=True)
class Article:
    """A labelled article; ``label`` names its story."""

    draft: Draft
    label: str


def read(file: Path, half: int | None = None) -> list[Article]:
    """The articles of a file of stories by their dates; a story is whole in half 0 or 1."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if half is None or sum(map(ord, row["cluster"])) % 2 == half:
                host = urlsplit(row["url"]).netloc
                published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
                about = {"publisher": host, "url": row["url"], "published": published}
                draft = Draft(row["id"], row["title"], row["text"], host, given_id=row["id"], **about)
                found.append(Article(draft, row["cluster"]))
    return sorted(found, key=lambda each: (each.draft.published or NOW, each.draft.key))


@asynccontextmanager
async def fill(
    articles: Sequence[Article], folder: Path, model: EmbeddingModel
) -> AsyncIterator[AsyncEngine]:
    """A database that holds the articles, with the vectors that grouping needs and no stories."""
    engine = await opened(folder)
    await database.apply(engine, "stories", stories.SCHEMA)
    await database.execute(engine, "DELETE FROM story_documents")
    writing = database.writing(engine)
    for first in range(0, len(articles), 32):
        saving.save(writing, [each.draft for each in articles[first : first + 32]], SHARED, NOW)
    writing.dispose()
    found = await database.rows(
        engine,
        "SELECT digest, title, text FROM (SELECT p.digest, d.title, p.text, row_number() OVER "
        '(PARTITION BY p.document ORDER BY p."start") AS place FROM passages p '
        "JOIN documents d ON d.number = p.document) WHERE place <= :opening",
        opening=_OPENING,
    )
    wanted = {row.digest: embedded(row.title, row.text) for row in found}
    await Vectorized(engine, model).of(wanted, lambda _done: None)
    try:
        yield engine
    finally:
        await engine.dispose()


async def place(articles: Sequence[Article], engine: AsyncEngine, model: EmbeddingModel) -> dict[str, int]:
    """Put the articles into stories one at a time, as they came out; the story of each by its key."""
    grouping = Stories(engine, model)
    held = {each.id: each for each in await Documents(engine).listed(Scope())}
    for article in articles:
        await grouping.add([held[article.draft.key]])
    found = await database.rows(
        engine, "SELECT d.id, s.story FROM story_documents s JOIN documents d ON d.number = s.document"
    )
    return {row.id: int(row.story) for row in found}


def judge(articles: Sequence[Article], placed: dict[str, int]) -> dict[str, float]:
    """B-cubed (Bagga & Baldwin, 1998) and pairwise precision, recall and F1, to three places."""
    labels, groups = defaultdict(set), defaultdict(set)
    for each in articles:
        labels[each.label].add(each.draft.key)
        groups[placed[each.draft.key]].add(each.draft.key)
    precisions, recalls = [], []
    for each in articles:
        mine, theirs = groups[placed[each.draft.key]], labels[each.label]
        precisions.append(len(mine & theirs) / len(mine))
        recalls.append(len(mine & theirs) / len(theirs))
    together = {pair for each in groups.values() for pair in combinations(sorted(each), 2)}
    truly = {pair for each in labels.values() for pair in combinations(sorted(each), 2)}
    right = len(together & truly)
    cubed = sum(precisions) / len(articles), sum(recalls) / len(articles)
    pairs = right / max(1, len(together)), right / max(1, len(truly))
    figures = {"articles": len(articles), "labelled": len(labels), "stories": len(groups)}
    for name, (precision, recall) in (("b_cubed", cubed), ("pairwise", pairs)):
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        shares = {"precision": precision, "recall": recall, "f1": f1}
        figures |= {f"{name}_{kind}": round(share, 3) for kind, share in shares.items()}
    return figures
