"""Says which story documents belong to by now. Knows nothing of how they came there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval import database
from retrieval.stories.keeping import SCHEMA


async def told_together(engine: AsyncEngine, documents: Iterable[int]) -> frozenset[int]:
    """The documents of the stories that some documents belong to, and these themselves."""
    given = frozenset(documents)
    held = await stories_of(engine, given)
    found = await database.rows(
        engine,
        "SELECT document FROM story_documents WHERE story IN :stories",
        stories=sorted(set(held.values())),
    )
    return given | {row.document for row in found}


async def stories_of(engine: AsyncEngine, documents: Iterable[int]) -> dict[int, int]:
    """The number of the story of each of some documents, of those that were put into one."""
    await database.apply(engine, "stories", SCHEMA)
    found = await database.rows(
        engine,
        "SELECT document, story FROM story_documents WHERE document IN :documents",
        documents=sorted(set(documents)),
    )
    return {row.document: row.story for row in found}
